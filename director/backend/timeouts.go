package backend

import (
	"cmp"
	"context"
	"time"
)

// Timeouts are those of one request (Varnish: bereq.connect_timeout and so on).
// What is 0 is as the backend's [Config] has it.
type Timeouts struct {
	Connect, FirstByte, BetweenBytes time.Duration
}

type timeoutsKey struct{}

// WithTimeouts returns a context that gives the requests made with it timeouts
// of their own, whichever backend they come to.
func WithTimeouts(ctx context.Context, t Timeouts) context.Context {
	return context.WithValue(ctx, timeoutsKey{}, t)
}

// timeouts returns what holds for a request: its own, else the backend's, which
// are Varnish's defaults where they were not given (BE-6).
func (c *Config) timeouts(ctx context.Context) Timeouts {
	own, _ := ctx.Value(timeoutsKey{}).(Timeouts)
	return Timeouts{
		Connect:      cmp.Or(own.Connect, time.Duration(c.ConnectTimeout)),
		FirstByte:    cmp.Or(own.FirstByte, time.Duration(c.FirstByteTimeout)),
		BetweenBytes: cmp.Or(own.BetweenBytes, time.Duration(c.BetweenBytesTimeout)),
	}
}
