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

// The endings. docs of the API list them.
var (
	endShutdown = ending{code: websocket.CloseGoingAway, text: "the server is shutting down"}
	endPolicy   = ending{code: websocket.ClosePolicyViolation, text: "clients only listen"}
	endSlow     = ending{code: websocket.CloseTryAgainLater, text: "too much was waiting", resync: "slow"}
	endEpoch    = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "epoch"}
	endMissed   = ending{code: websocket.CloseNormalClosure, text: "load the page again", resync: "gap"}
	endBroken   = ending{code: websocket.CloseInternalServerErr, text: "load the page again", resync: "error"}
)

// A client is one websocket. One goroutine reads it, one writes it; others put
// messages into its queue, or write as much as can be written without waiting.
type client struct {
	conn  *websocket.Conn
	batch *batchConn
	wake  chan struct{} // has one element when the writer has something to do

	mu     sync.Mutex // guards the fields below
	queue  []*message
	bytes  int
	ending *ending
	// writing says that somebody writes to the connection: the client's writer,
	// or whoever pumps. Only one may.
	writing bool
	pingDue bool
}

func newClient(conn *websocket.Conn, batch *batchConn) *client {
	return &client{conn: conn, batch: batch, wake: make(chan struct{}, 1)}
}

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
		_ = c.batch.SetWriteDeadline(time.Now().Add(closeWait))
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
	if ping || end != nil || !c.batch.try() {
		c.putBack(queue, ping)
		return
	}
	left := false
	for _, m := range queue {
		if c.conn.WritePreparedMessage(m.prepared) != nil {
			left = true // the writer finds out and ends
			c.cut()
			break
		}
	}
	c.done(c.batch.tried() || left)
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
				continue // whoever writes signals afterwards
			}
			if c.send(queue, ping) != nil {
				return
			}
			if end != nil {
				c.sayGoodbye(*end)
				return
			}
			c.done(false)
		}
	}
}

// send writes all that waits in as few writes to the network as possible.
func (c *client) send(queue []*message, ping bool) error {
	deadline := time.Now().Add(writeWait)
	_ = c.conn.SetWriteDeadline(deadline) // only remembers it
	if len(queue) > 1 {
		c.batch.hold()
	}
	for _, m := range queue {
		if err := c.conn.WritePreparedMessage(m.prepared); err != nil {
			return err
		}
	}
	if ping {
		if err := c.conn.WriteControl(websocket.PingMessage, nil, deadline); err != nil {
			return err
		}
	}
	if err := c.batch.SetWriteDeadline(deadline); err != nil {
		return err
	}
	if err := c.batch.flush(); err != nil {
		return err
	}
	// One that has passed would stop whoever pumps.
	return c.batch.SetWriteDeadline(time.Time{})
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
