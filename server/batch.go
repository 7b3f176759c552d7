package server

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// maxBatch bounds what is collected before it is written after all.
const maxBatch = 64 << 10

// A batchConn can collect what is written to it, so that frames that wait for a
// client leave in one write. Or it can be told not to wait: then it writes what
// the network takes at once, and collects the rest.
type batchConn struct {
	net.Conn
	raw syscall.RawConn // nil for a connection that cannot be written to at once

	mu      sync.Mutex // guards the fields below
	holding bool
	trying  bool
	held    []byte
}

// try makes Write not wait until tried is called. It reports whether that can be
// done now: not while something is held. Nobody else may be writing.
func (c *batchConn) try() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trying = c.raw != nil && !c.holding
	return c.trying
}

// tried reports whether something is held that has to be flushed.
func (c *batchConn) tried() (left bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trying = false
	return c.holding
}

// SetWriteDeadline implements [net.Conn]. What does not wait needs none.
func (c *batchConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	trying := c.trying
	c.mu.Unlock()
	if trying {
		return nil
	}
	return c.Conn.SetWriteDeadline(t)
}

// writeAtOnce writes what the network takes and holds the rest.
func (c *batchConn) writeAtOnce(p []byte) (int, error) {
	n, err := writeNow(c.raw, p)
	if err != nil {
		return n, err
	}
	if n < len(p) {
		c.mu.Lock()
		c.holding = true
		c.held = append(c.held, p[n:]...)
		c.mu.Unlock()
	}
	return len(p), nil
}

// hold makes Write collect until flush.
func (c *batchConn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = true
}

// Write implements [net.Conn].
func (c *batchConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if !c.holding {
		trying := c.trying
		c.mu.Unlock()
		if trying {
			return c.writeAtOnce(p)
		}
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	var full []byte
	if len(c.held) >= maxBatch && !c.trying {
		full, c.held = c.held, nil
	}
	c.mu.Unlock()
	if full != nil {
		if _, err := c.Conn.Write(full); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// flush writes what was collected.
func (c *batchConn) flush() error {
	c.mu.Lock()
	held := c.held
	c.holding, c.held = false, nil
	c.mu.Unlock()
	if len(held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(held)
	return err
}

// A hijacker gives a websocket a batchConn to write to, and finds the connection
// below whatever middleware has wrapped around the writer.
type hijacker struct {
	http.ResponseWriter
	batch *batchConn
}

// Hijack implements [http.Hijacker].
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.batch = &batchConn{Conn: conn}
	if direct, ok := conn.(syscall.Conn); ok {
		h.batch.raw, _ = direct.SyscallConn() // without it, the client's writer does it
	}
	return h.batch, rw, nil
}
