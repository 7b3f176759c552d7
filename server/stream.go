package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// typeEvents is the media type of server-sent events.
const typeEvents = "text/event-stream"

// A streamWire sends a client its messages as server-sent events, for those that
// a websocket does not reach. Each event is one message, without a type and
// without an id: a page that comes back says what it shows, as it does on a
// websocket.
type streamWire struct {
	ctx context.Context // of the request
	w   http.ResponseWriter
	out *http.ResponseController

	mu    sync.Mutex // guards the field below
	ended bool       // the handler returns: the writer may not be used any more
}

// stream begins an event stream.
func stream(w http.ResponseWriter, r *http.Request) *streamWire {
	streamHeader(w.Header(), typeEvents)
	w.WriteHeader(http.StatusOK)
	return &streamWire{ctx: r.Context(), w: w, out: http.NewResponseController(w)}
}

// streamHeader fills the head of an answer that goes on as long as its client
// stays: a proxy in front neither keeps it nor holds its parts back.
func streamHeader(h http.Header, contentType string) {
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep events back until a buffer is full
}

// The writer waits for the network: nothing can be written at once.
func (s *streamWire) try() bool                          { return false }
func (s *streamWire) writeAtOnce([]*message) (left bool) { return true }

// send needs no sign of life: a feed has its own.
func (s *streamWire) send(queue []*message, _ bool) error {
	s.setDeadline(writeWait)
	for _, m := range queue {
		if err := s.write(m.data); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

func (s *streamWire) write(data []byte) error {
	for _, part := range [][]byte{[]byte("data: "), data, []byte("\n\n")} {
		if _, err := s.w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *streamWire) sayGoodbye(end ending) {
	if end.resync == "" {
		return
	}
	s.setDeadline(closeWait)
	if s.write(end.message()) == nil {
		_ = s.out.Flush() // it ends either way
	}
}

func (s *streamWire) hurry() { s.setDeadline(closeWait) }
func (s *streamWire) cut()   { s.setDeadline(0) }

// setDeadline gives writes that much time from now on.
func (s *streamWire) setDeadline(wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		_ = s.out.SetWriteDeadline(time.Now().Add(wait)) // not every writer has one
	}
}

func (s *streamWire) serve(c *client) {
	gone := func() { c.end(ending{}) }
	defer context.AfterFunc(s.ctx, gone)()
	c.write()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}
