package server

import (
	"time"

	"github.com/gorilla/websocket"
)

// A socketWire is the websocket of a client.
type socketWire struct {
	conn  *websocket.Conn
	batch *batchConn
}

func (s *socketWire) try() bool { return s.batch.try() }

func (s *socketWire) writeAtOnce(queue []*message) (left bool) {
	for _, m := range queue {
		if s.conn.WritePreparedMessage(m.prepared) != nil {
			left = true // the writer finds out and ends
			s.cut()
			break
		}
	}
	return s.batch.tried() || left
}

// send writes all that waits in as few writes to the network as possible.
func (s *socketWire) send(queue []*message, ping bool) error {
	deadline := time.Now().Add(writeWait)
	_ = s.conn.SetWriteDeadline(deadline) // only remembers it
	if len(queue) > 1 {
		s.batch.hold()
	}
	for _, m := range queue {
		if err := s.conn.WritePreparedMessage(m.prepared); err != nil {
			return err
		}
	}
	if ping {
		if err := s.conn.WriteControl(websocket.PingMessage, nil, deadline); err != nil {
			return err
		}
	}
	if err := s.batch.SetWriteDeadline(deadline); err != nil {
		return err
	}
	if err := s.batch.flush(); err != nil {
		return err
	}
	// A deadline that has passed would stop client.pump.
	return s.batch.SetWriteDeadline(time.Time{})
}

func (s *socketWire) sayGoodbye(end ending) {
	deadline := time.Now().Add(closeWait)
	if end.resync != "" {
		_ = s.conn.SetWriteDeadline(deadline)
		if s.conn.WriteMessage(websocket.TextMessage, end.message()) != nil {
			return
		}
	}
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(end.code, end.text), deadline)
}

func (s *socketWire) hurry() { _ = s.batch.SetWriteDeadline(time.Now().Add(closeWait)) }

func (s *socketWire) cut() { _ = s.batch.Close() }

// read is the reader. It returns when the other side has closed the connection
// or it was cut. There is no limit on what is read, because nothing is: the
// header of a message is enough to know that it may not be there. After that
// the reader goes on, since a connection that is closed while something is left
// to be read is reset, and the reason would be lost.
func (s *socketWire) read(c *client) {
	alive := func(string) error { return s.conn.SetReadDeadline(time.Now().Add(pongWait)) }
	_ = alive("") // a connection that has no deadlines has ended
	s.conn.SetPongHandler(alive)
	s.conn.SetPingHandler(func(string) error {
		c.end(endPolicy)
		return nil
	})
	// The writer answers a close frame with its own.
	s.conn.SetCloseHandler(func(int, string) error { return nil })
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			c.end(ending{code: websocket.CloseNormalClosure})
			return
		}
		c.end(endPolicy)
	}
}

func (s *socketWire) serve(c *client) {
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		s.read(c)
	}()
	c.write()
	patience := time.AfterFunc(closeWait, s.cut)
	defer patience.Stop()
	<-reading
	s.cut()
}
