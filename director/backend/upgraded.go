package backend

import (
	"context"
	"errors"
	"io"
	"time"
)

// An upgradedConn is a connection whose protocol was switched. It ends when
// neither side has said anything for the pipe timeout, and with the request's
// context: net/http no longer looks after it.
type upgradedConn struct {
	io.ReadWriteCloser
	exchange *exchange
	timeout  time.Duration
	idle     *time.Timer
	forget   func() bool
}

func (x *exchange) upgraded(conn io.ReadWriteCloser) *upgradedConn {
	c := &upgradedConn{
		ReadWriteCloser: conn, exchange: x,
		timeout: time.Duration(x.backend.config.PipeTimeout),
	}
	cut := func() { conn.Close() }
	c.idle = time.AfterFunc(c.timeout, cut)
	c.forget = context.AfterFunc(x.asked, cut)
	return c
}

func (c *upgradedConn) Read(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Read(p)
	c.moved(n)
	c.exchange.backend.tallies.pipeIn.Add(uint64(n))
	return n, err
}

func (c *upgradedConn) Write(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Write(p)
	c.moved(n)
	c.exchange.backend.tallies.pipeOut.Add(uint64(n))
	return n, err
}

// moved starts the pipe timeout anew, unless it has passed.
func (c *upgradedConn) moved(n int) {
	if n > 0 && c.idle.Stop() {
		c.idle.Reset(c.timeout)
	}
}

// CloseWrite ends the direction to the backend; it fails with
// [errors.ErrUnsupported] where only both can be ended.
func (c *upgradedConn) CloseWrite() error {
	half, ok := c.ReadWriteCloser.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

func (c *upgradedConn) Close() error {
	c.idle.Stop()
	c.forget()
	defer c.exchange.end()
	return c.ReadWriteCloser.Close()
}
