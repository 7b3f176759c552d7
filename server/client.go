package server

import (
	"encoding/json"
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

// The endings. docs of the API list them.
var (
	endShutdown = ending{code: websocket.CloseGoingAway, text: "the server is shutting down"}
	endPolicy   = ending{code: websocket.ClosePolicyViolation, text: "clients only listen"}
	endSlow     = ending{code: websocket.CloseTryAgainLater, text: "too much was waiting", resync: "slow"}
	endEpoch    = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "epoch"}
	endMissed   = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "gap"}
	endBroken   = ending{code: websocket.CloseInternalServerErr, text: "load the page again", resync: "error"}
)

// A client is one websocket. One goroutine reads it, one writes it; everybody
// else only puts messages into its queue.
type client struct {
	conn  *websocket.Conn
	batch *batchConn
	wake  chan struct{} // has one element when the writer has something to do

	mu     sync.Mutex // guards the fields below
	queue  []*message
	bytes  int
	ending *ending
}

func newClient(conn *websocket.Conn, batch *batchConn) *client {
	return &client{conn: conn, batch: batch, wake: make(chan struct{}, 1)}
}

// offer puts a message into the queue. It never waits: a client for which too
// much waits already is sent away. One message always fits, whatever its size.
func (c *client) offer(m *message) {
	c.mu.Lock()
	switch {
	case c.ending != nil:
	case c.bytes > 0 && c.bytes+m.size > maxQueue:
		c.endLocked(endSlow)
		// The writer may be stuck: it gets a last moment.
		_ = c.batch.SetWriteDeadline(time.Now().Add(closeWait))
	default:
		c.queue = append(c.queue, m)
		c.bytes += m.size
	}
	c.mu.Unlock()
	c.signal()
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
		c.queue = c.queue[:min(len(c.queue), 1)]
	}
}

// signal wakes the writer. It never waits.
func (c *client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (c *client) take() ([]*message, *ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.queue
	c.queue, c.bytes = nil, 0
	return queue, c.ending
}

// write is the writer. It returns when the connection is of no more use, having
// said so to the other side.
func (c *client) write() {
	ping := time.NewTicker(pingPeriod)
	defer ping.Stop()
	for {
		select {
		case <-ping.C:
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)) != nil {
				return
			}
		case <-c.wake:
			queue, end := c.take()
			if c.send(queue) != nil {
				return
			}
			if end != nil {
				c.sayGoodbye(*end)
				return
			}
		}
	}
}

// send writes all that waits in as few writes to the network as possible.
func (c *client) send(queue []*message) error {
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeWait)) // only remembers it
	if len(queue) > 1 {
		c.batch.hold()
	}
	for _, m := range queue {
		if err := c.conn.WritePreparedMessage(m.prepared); err != nil {
			return err
		}
	}
	return c.batch.flush()
}

func (c *client) sayGoodbye(end ending) {
	deadline := time.Now().Add(closeWait)
	if end.resync != "" {
		_ = c.conn.SetWriteDeadline(deadline)
		text, _ := json.Marshal(map[string]string{"t": "resync", "reason": end.resync}) // strings can be encoded
		if c.conn.WriteMessage(websocket.TextMessage, text) != nil {
			return
		}
	}
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(end.code, end.text), deadline)
}

// read is the reader. It returns when the other side has closed the connection
// or it was cut. There is no limit on what is read, because nothing is: the
// header of a message is enough to know that it may not be there. After that
// the reader goes on, since a connection that is closed while something is left
// to be read is reset, and the reason would be lost.
func (c *client) read() {
	alive := func(string) error { return c.conn.SetReadDeadline(time.Now().Add(pongWait)) }
	_ = alive("") // a connection that has no deadlines has ended
	c.conn.SetPongHandler(alive)
	c.conn.SetPingHandler(func(string) error {
		c.end(endPolicy)
		return nil
	})
	// The writer answers a close frame with its own.
	c.conn.SetCloseHandler(func(int, string) error { return nil })
	for {
		if _, _, err := c.conn.NextReader(); err != nil {
			c.end(ending{code: websocket.CloseNormalClosure})
			return
		}
		c.end(endPolicy)
	}
}

// cut closes the connection without a word.
func (c *client) cut() { _ = c.batch.Close() }

// serve runs the client until the connection has ended.
func (c *client) serve() {
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		c.read()
	}()
	c.write()
	patience := time.AfterFunc(closeWait, c.cut)
	defer patience.Stop()
	<-reading
	c.cut()
}
