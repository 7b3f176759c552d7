package server

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// maxBatch bounds what is collected before it is written after all.
const maxBatch = 64 << 10

// A batchConn can collect what is written to it, so that frames that wait for a
// client leave in one write.
type batchConn struct {
	net.Conn

	mu      sync.Mutex // guards the fields below
	holding bool
	held    []byte
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
		c.mu.Unlock()
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	var full []byte
	if len(c.held) >= maxBatch {
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
	return h.batch, rw, nil
}
