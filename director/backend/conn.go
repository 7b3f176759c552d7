package backend

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// answerGrace is how long a request that cannot be sent any more waits for an
// answer that is already there.
const answerGrace = time.Second

// A backendConn is a connection to the backend. It counts the bytes of requests
// and answers.
//
// A backend that refuses a large request answers without reading it and closes:
// then writing fails while its answer waits to be read. Net/http's transport
// would take whichever it notices first. So an error of Write is told only when
// reading has ended too, and the answer always wins.
type backendConn struct {
	net.Conn
	remote  net.Addr
	t       *tallies
	written atomic.Uint64 // bytes
	// bare is set for a request whose target net/http can only write behind a
	// scheme: see [exchange.outgoing].
	bare bool
	over chan struct{} // closed when nothing can be read any more
	once sync.Once
}

func (c *backendConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.t.bytesIn.Add(uint64(n))
	if err != nil {
		c.end()
	}
	return n, err
}

func (c *backendConn) Write(p []byte) (n int, err error) {
	if c.bare {
		c.bare = false
		n, err = c.writeBare(p)
	} else {
		n, err = c.Conn.Write(p)
	}
	c.t.bytesOut.Add(uint64(n))
	c.written.Add(uint64(n))
	if err != nil {
		c.waitForAnswer()
	}
	return n, err
}

// writeBare writes the first bytes of a request without the scheme of its
// target. For the caller, all of them were written.
func (c *backendConn) writeBare(p []byte) (int, error) {
	method, rest, ok := bytes.Cut(p, []byte(" http:"))
	if !ok {
		return c.Conn.Write(p)
	}
	if _, err := c.Conn.Write(bytes.Join([][]byte{method, rest}, []byte(" "))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (c *backendConn) waitForAnswer() {
	timer := time.NewTimer(answerGrace)
	defer timer.Stop()
	select {
	case <-c.over:
	case <-timer.C:
	}
}

func (c *backendConn) end() { c.once.Do(func() { close(c.over) }) }

func (c *backendConn) Close() error {
	c.end()
	return c.Conn.Close()
}

// CloseWrite ends the direction to the backend; it fails with
// [errors.ErrUnsupported] where only both can be ended.
func (c *backendConn) CloseWrite() error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}
