package server

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Times and sizes of a websocket.
const (
	// writeWait is the time that one write may take.
	writeWait = 10 * time.Second
	// A client is gone when nothing was heard of it for pongWait. Pings go out
	// often enough that a live one always answers in time.
	pongWait   = 60 * time.Second
	pingPeriod = 25 * time.Second
	// closeWait is the time for the other side to answer a close frame.
	closeWait = time.Second
	// maxQueue bounds the bytes that wait for one client.
	maxQueue = 1 << 20
)

// An ending is why the server ends a connection. All but those that the client
// caused or that a new connection would heal are preceded by a resync message.
type ending struct {
	code   int
	text   string
	resync string // reason of the resync message, "" for none
}

// message is what says that the page has to be loaded again.
func (e ending) message() []byte {
	text, _ := json.Marshal(map[string]string{"t": "resync", "reason": e.resync}) // strings can be encoded
	return text
}

// The endings. docs of the API list them.
var (
	endShutdown = ending{code: websocket.CloseGoingAway, text: "the server is shutting down"}
	endPolicy   = ending{code: websocket.ClosePolicyViolation, text: "clients only listen"}
	endSlow     = ending{code: websocket.CloseTryAgainLater, text: "too much was waiting", resync: "slow"}
	endEpoch    = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "epoch"}
	endMissed   = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "gap"}
	endBroken   = ending{code: websocket.CloseInternalServerErr, text: "load the page again", resync: "error"}
)

// A client is one page, or program, that listens. One goroutine writes to it;
// others put messages into its queue, or write as much as can be written without
// waiting.
type client struct {
	out  wire
	wake chan struct{} // has one element when the writer has something to do

	mu     sync.Mutex // guards the fields below
	queue  []*message
	bytes  int
	ending *ending
	// writing says that a goroutine writes to the connection: the client's writer,
	// or one in pump. Only one may.
	writing bool
	pingDue bool
}

// A wire is the connection of a client: a websocket or an event stream.
type wire interface {
	// serve runs the client until the connection has ended.
	serve(c *client)
	// try reports whether writeAtOnce, which has to follow, can be called now.
	try() bool
	// writeAtOnce writes without waiting, and reports whether send has to be
	// called for what is left, or to find out that the connection has ended.
	writeAtOnce(queue []*message) (left bool)
	// send writes everything, and a sign of life if ping is set.
	send(queue []*message, ping bool) error
	sayGoodbye(e ending)
	// hurry gives a write that is stuck a last moment.
	hurry()
	// cut ends the connection without a word.
	cut()
}

func newClient(out wire) *client { return &client{out: out, wake: make(chan struct{}, 1)} }

// offer puts a message into the queue, from where pump or a signal to the writer
// takes it. It never waits: a client for which too much waits already is sent
// away. One message always fits, whatever its size.
func (c *client) offer(m *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ending != nil:
	case c.bytes > 0 && c.bytes+m.size > maxQueue:
		c.endLocked(endSlow)
		// The writer may be stuck: it gets a last moment.
		c.out.hurry()
	default:
		c.queue = append(c.queue, m)
		c.bytes += m.size
	}
}

// end makes the writer send what waits, then the reason, and close.
func (c *client) end(e ending) {
	c.mu.Lock()
	c.endLocked(e)
	c.mu.Unlock()
	c.signal()
}

func (c *client) endLocked(e ending) {
	if c.ending != nil {
		return
	}
	c.ending = &e
	if e.resync != "" && e.resync != endEpoch.resync {
		// The page is loaded again: what leads up to that is of no use. A hello
		// that has not gone out yet is kept, since it has to be the first.
		c.queue = slices.Clone(c.queue[:min(len(c.queue), 1)])
		c.bytes = 0
	}
}

// signal wakes the writer. It never waits.
func (c *client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take empties the queue for the caller, who has to write it and then call done;
// ok is false if somebody else is writing, who sees to what waits.
func (c *client) take() (queue []*message, ping bool, end *ending, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing {
		return nil, false, nil, false
	}
	c.writing = true
	queue, ping = c.queue, c.pingDue
	c.queue, c.bytes, c.pingDue = nil, 0, false
	return queue, ping, c.ending, true
}

// done is the opposite of take. left says that the writer has something to do in
// any case.
func (c *client) done(left bool) {
	c.mu.Lock()
	c.writing = false
	left = left || len(c.queue) > 0 || c.pingDue || c.ending != nil
	c.mu.Unlock()
	if left {
		c.signal()
	}
}

// pump writes what waits in the queue without waiting for the network, and
// leaves to the writer what cannot be written at once. That saves most clients'
// writers from being woken for each message.
func (c *client) pump() {
	queue, ping, end, ok := c.take()
	if !ok {
		return
	}
	if ping || end != nil || !c.out.try() {
		c.putBack(queue, ping)
		return
	}
	c.done(c.out.writeAtOnce(queue))
}

// putBack lets the writer do what was taken from it.
func (c *client) putBack(queue []*message, ping bool) {
	c.mu.Lock()
	c.queue = append(queue, c.queue...)
	c.bytes = 0
	for _, m := range c.queue {
		c.bytes += m.size
	}
	c.pingDue = c.pingDue || ping
	c.mu.Unlock()
	c.done(true)
}

// write is the writer. It returns when the connection is of no more use, having
// said so to the other side.
func (c *client) write() {
	ping := time.NewTicker(pingPeriod)
	defer ping.Stop()
	for {
		select {
		case <-ping.C:
			c.mu.Lock()
			c.pingDue = true
			c.mu.Unlock()
			c.signal()
		case <-c.wake:
			queue, ping, end, ok := c.take()
			if !ok {
				continue // the goroutine that writes signals afterwards
			}
			if c.out.send(queue, ping) != nil {
				return
			}
			if end != nil {
				c.out.sayGoodbye(*end)
				return
			}
			c.done(false)
		}
	}
}

// cut ends the connection without a word.
func (c *client) cut() { c.out.cut() }
