package backend

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// A timedBody fails when the backend is silent for too long within a body, and
// ends the request when it is closed. The time that the reader takes between
// two reads does not count.
type timedBody struct {
	io.ReadCloser
	timeout time.Duration
	timer   *time.Timer
	late    atomic.Bool // the timer fired
	cancel  context.CancelCauseFunc
}

func newTimedBody(inner io.ReadCloser, timeout time.Duration, cancel context.CancelCauseFunc) *timedBody {
	b := &timedBody{ReadCloser: inner, timeout: timeout, cancel: cancel}
	b.timer = time.AfterFunc(timeout, func() {
		b.late.Store(true)
		cancel(context.DeadlineExceeded)
	})
	b.timer.Stop()
	return b
}

func (b *timedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.timeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && err != io.EOF && b.late.Load() {
		err = fmt.Errorf("no byte for %s: %w", b.timeout, context.DeadlineExceeded)
	}
	return n, err
}

func (b *timedBody) Close() error {
	b.timer.Stop()
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}

// An upgradedConn is a connection whose protocol was switched. Its two ends may
// be silent for as long as they like.
type upgradedConn struct {
	io.ReadWriteCloser
	cancel context.CancelCauseFunc
}

func (c *upgradedConn) Close() error {
	defer c.cancel(nil)
	return c.ReadWriteCloser.Close()
}
