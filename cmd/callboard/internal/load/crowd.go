package load

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// CrowdOptions say what a crowd looks at.
type CrowdOptions struct {
	// URLs are addresses of websockets, one for each view ("http://…/live?q=x").
	// Client i looks at URL i modulo their number.
	URLs []string
	// Clients is how many there are, at least one.
	Clients int
	// Compress asks for permessage-deflate, as browsers do.
	Compress bool
}

// A Crowd is a number of clients of websockets in this process. Make it with
// [Open].
type Crowd struct {
	poll    *poller
	stop    atomic.Bool
	running sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	clients []client
	views   []*view
	begun   time.Time // of the measurement; zero between measurements
	faults  faults
}

// A client is one websocket of a crowd.
type client struct {
	view   *view
	number int // among the clients of the view
	frames frameReader
	next   int // the message of the view that has to come next
	seq    uint64
	gone   bool
}

// A view is one address, and what its clients were sent since the measurement
// began.
type view struct {
	clients  int
	messages []*message
	bytes    int64 // of payloads, over all clients
}

// faults are what went wrong. The first ones are kept in words.
type faults struct {
	count int
	words []string
}

func (f *faults) add(format string, args ...any) {
	f.count++
	if len(f.words) < 5 {
		f.words = append(f.words, fmt.Sprintf(format, args...))
	}
}

// Open connects all clients and returns when each has been greeted. It fails if
// one is refused.
func Open(o CrowdOptions) (*Crowd, error) {
	poll, err := newPoller(o.Clients)
	if err != nil {
		return nil, err
	}
	c := &Crowd{poll: poll, clients: make([]client, o.Clients), views: make([]*view, len(o.URLs))}
	for i := range c.views {
		c.views[i] = &view{}
	}
	for i := range c.clients {
		v := c.views[i%len(c.views)]
		c.clients[i] = client{view: v, number: v.clients}
		v.clients++
	}
	if err := c.connect(o); err != nil {
		poll.close()
		return nil, err
	}
	c.running.Go(func() { poll.run(c.stop.Load, c.receive) })
	if late := c.waitFor(handshakeTime, func(cl *client) bool { return cl.seq > 0 }); late > 0 {
		c.Close()
		return nil, fmt.Errorf("%d of %d clients were not greeted", late, o.Clients)
	}
	return c, nil
}

// connect lets a few clients knock at a time.
func (c *Crowd) connect(o CrowdOptions) error {
	var (
		knocking sync.WaitGroup
		next     atomic.Int64
		failed   = make(chan error, 1)
	)
	for range 8 {
		knocking.Go(func() {
			for len(failed) == 0 {
				i := int(next.Add(1)) - 1
				if i >= len(c.clients) {
					return
				}
				conn, early, err := dial(o.URLs[i%len(o.URLs)], o.Compress)
				if err == nil {
					err = c.poll.add(i, conn)
				}
				if err != nil {
					select {
					case failed <- err:
					default:
					}
					return
				}
				if len(early) > 0 {
					c.receive(i, early, time.Now())
				}
			}
		})
	}
	knocking.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// Close leaves.
func (c *Crowd) Close() {
	c.stop.Store(true)
	c.running.Wait()
	c.poll.close()
}

// receive takes what has come for a client; no data is the end of its
// connection.
func (c *Crowd) receive(number int, data []byte, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cl := &c.clients[number]
	if data == nil {
		c.lostLocked(cl, "the connection ended")
		return
	}
	err := cl.frames.push(data, func(f frame) {
		switch f.op {
		case opPing:
			c.poll.write(number, answer(opPong, f.payload))
		case opClose:
			c.lostLocked(cl, fmt.Sprintf("closed: %.60q", f.payload[min(2, len(f.payload)):]))
		default:
			c.messageLocked(cl, f, at)
		}
	})
	if err != nil {
		c.lostLocked(cl, err.Error())
	}
}

func (c *Crowd) lostLocked(cl *client, why string) {
	if !cl.gone {
		cl.gone = true
		c.faults.add("a client was lost: %s", why)
	}
}

// messageLocked notes that a client got a message. While nothing is measured,
// only its sequence number matters.
func (c *Crowd) messageLocked(cl *client, f frame, at time.Time) {
	v := cl.view
	if cl.next == len(v.messages) || c.begun.IsZero() {
		m, err := decode(f)
		if err == nil && m.kind == "resync" {
			err = fmt.Errorf("a resync came: %s", m.text)
		}
		if err != nil {
			c.faults.add("%v", err)
			return
		}
		if m.seq < cl.seq {
			c.faults.add("sequence number %d came after %d", m.seq, cl.seq)
		}
		cl.seq = m.seq
		if c.begun.IsZero() {
			return
		}
		m.came = unseen(v.clients)
		v.messages = append(v.messages, m)
	}
	m := v.messages[cl.next]
	if !bytes.Equal(f.payload, m.wire) {
		c.faults.add("after sequence number %d a client got %.60q where another got %.60q", cl.seq, f.payload, m.wire)
		return
	}
	cl.next++
	cl.seq = m.seq
	v.bytes += int64(len(m.wire))
	m.came[cl.number] = int32(at.Sub(c.begun).Microseconds())
}

func unseen(clients int) []int32 {
	came := make([]int32, clients)
	for i := range came {
		came[i] = -1
	}
	return came
}

// Wait returns when every client has got everything up to the sequence number,
// and as much as the others of its view, or after the given time, and reports how
// many have not.
func (c *Crowd) Wait(seq uint64, patience time.Duration) (late int) {
	return c.waitFor(patience, func(cl *client) bool {
		return cl.seq >= seq && cl.next == len(cl.view.messages)
	})
}

func (c *Crowd) waitFor(patience time.Duration, done func(*client) bool) (late int) {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		late = 0
		c.mu.Lock()
		for i := range c.clients {
			if !c.clients[i].gone && !done(&c.clients[i]) {
				late++
			}
		}
		c.mu.Unlock()
		if late == 0 || time.Now().After(deadline) {
			return late
		}
	}
}
