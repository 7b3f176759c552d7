package director

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// A heldTask keeps what a request that was answered holds.
type heldTask struct {
	transport  *Transport
	task       *Task
	hint, leaf Hold
	// forget takes back that the end of the request's context drops what is held;
	// nil where that context has no end.
	forget func() bool
	ended  atomic.Bool
}

// drop ends the request: the leaf is told, then let go, then the hint. It may be
// called more than once, and by several goroutines.
func (h *heldTask) drop() {
	// Not a sync.Once: what Finish calls may come back here.
	if !h.ended.CompareAndSwap(false, true) {
		return
	}
	h.leaf.d.finish(h.task)
	h.leaf.d.inFlight.Add(-1)
	h.leaf.Drop()
	h.transport.end(h.hint)
}

// watch drops what is held when the context ends: not every reader closes what
// it reads.
func (h *heldTask) watch(ctx context.Context) {
	if ctx.Done() != nil {
		h.forget = context.AfterFunc(ctx, h.drop)
	}
}

// end is drop for the reader of the body.
func (h *heldTask) end() {
	if h.forget != nil {
		h.forget()
	}
	h.drop()
}

// body returns a body that ends the request with itself. One that can be
// written to, of a switched protocol, stays so.
func (h *heldTask) body(inner io.ReadCloser) io.ReadCloser {
	if conn, ok := inner.(io.ReadWriteCloser); ok {
		return &heldConn{inner: conn, held: h}
	}
	return &heldBody{inner: inner, held: h}
}

// contained turns a panic of a body, which is the leaf's code, into an error.
func (h *heldTask) contained(method string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("backend %s: panic: %v", h.leaf.d.name, r)
		h.leaf.d.ReportError(method+" of a body", *err)
	}
}

type heldBody struct {
	inner io.ReadCloser
	held  *heldTask
}

func (b *heldBody) Read(p []byte) (n int, err error) {
	defer func() {
		if err != nil {
			b.held.end()
		}
	}()
	defer b.held.contained("read", &err)
	return b.inner.Read(p)
}

func (b *heldBody) Close() (err error) {
	defer b.held.end()
	defer b.held.contained("close", &err)
	return b.inner.Close()
}

// A heldConn is both directions of an upgraded connection. Either may end
// before the other, so only Close ends the request.
type heldConn struct {
	inner io.ReadWriteCloser
	held  *heldTask
}

func (c *heldConn) Read(p []byte) (n int, err error) {
	defer c.held.contained("read", &err)
	return c.inner.Read(p)
}

func (c *heldConn) Write(p []byte) (n int, err error) {
	defer c.held.contained("write", &err)
	return c.inner.Write(p)
}

// CloseWrite ends the direction to the leaf; it fails with
// [errors.ErrUnsupported] where only both can be ended.
func (c *heldConn) CloseWrite() (err error) {
	defer c.held.contained("close", &err)
	half, ok := c.inner.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

func (c *heldConn) Close() (err error) {
	defer c.held.end()
	defer c.held.contained("close", &err)
	return c.inner.Close()
}
