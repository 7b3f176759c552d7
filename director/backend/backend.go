package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// ErrBusy reports that a backend has as many requests as it may have.
var ErrBusy = errors.New("busy")

// A Backend is the implementation of a leaf director. Give it to
// [director.VCL.Add], once.
type Backend struct {
	config Config
	self   *director.Director

	network, address string
	transport        atomic.Pointer[http.Transport] // nil before the first request
	connections      atomic.Int64

	mu        sync.Mutex         // guards the field below
	stopProbe context.CancelFunc // nil while no probe runs
}

var (
	_ director.Implementation = (*Backend)(nil)
	_ director.Binder         = (*Backend)(nil)
	_ director.Describer      = (*Backend)(nil)
	_ director.RoundTripper   = (*Backend)(nil)
	_ director.Finisher       = (*Backend)(nil)
	_ director.Eventer        = (*Backend)(nil)
	_ director.Dumper         = (*Backend)(nil)
)

// New returns a backend, or a [FieldError] that says what is wrong with c.
func New(c Config) (*Backend, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	b := &Backend{config: c, network: "unix", address: c.Path}
	if c.Path == "" {
		b.network, b.address = "tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	}
	return b, nil
}

// pool returns the connection pool. It is made at the first request, because a
// tree may have many backends that are never asked.
func (b *Backend) pool() *http.Transport {
	if t := b.transport.Load(); t != nil {
		return t
	}
	b.transport.CompareAndSwap(nil, &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, time.Duration(b.config.ConnectTimeout))
			defer cancel()
			return b.dial(ctx)
		},
		ResponseHeaderTimeout: time.Duration(b.config.FirstByteTimeout),
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       60 * time.Second,
		// What the backend sends is what the client gets.
		DisableCompression: true,
	})
	return b.transport.Load()
}

func (b *Backend) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, b.network, b.address)
}

// Type implements [director.Implementation].
func (*Backend) Type() string { return "backend" }

// Bind implements [director.Binder]. A backend with a probe starts with the
// health that the probe's initial credit gives it.
func (b *Backend) Bind(self *director.Director) {
	b.self = self
	if b.config.Probe != nil {
		b.report(newWindow(*b.config.Probe))
	}
}

// Describe implements [director.Describer].
func (b *Backend) Describe() []event.Option {
	options := []event.Option{{Name: "address", Value: b.address}}
	add := func(name, value string) { options = append(options, event.Option{Name: name, Value: value}) }
	if b.config.HostHeader != b.config.Host {
		add("host header", b.config.HostHeader)
	}
	if b.config.MaxConnections > 0 {
		add("max connections", strconv.Itoa(b.config.MaxConnections))
	}
	add("connect timeout", b.config.ConnectTimeout.String())
	add("first byte timeout", b.config.FirstByteTimeout.String())
	add("between bytes timeout", b.config.BetweenBytesTimeout.String())
	if p := b.config.Probe; p != nil {
		add("probe", fmt.Sprintf("%s every %s, timeout %s, %d of %d, status %d",
			p.URL, p.Interval, p.Timeout, p.Threshold, p.Window, p.ExpectedResponse))
	}
	return options
}

// RoundTrip implements [director.RoundTripper]. A sick backend is not asked,
// also when the request names it directly (BE-2).
func (b *Backend) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	if !b.self.Healthy() {
		return nil, director.ErrUnhealthy
	}
	if n := b.connections.Add(1); b.config.MaxConnections > 0 && n > int64(b.config.MaxConnections) {
		b.connections.Add(-1)
		return nil, fmt.Errorf("%w: %d requests are the most", ErrBusy, b.config.MaxConnections)
	}
	resp, err := b.send(req)
	if err != nil {
		b.connections.Add(-1)
	}
	return resp, err
}

// Finish implements [director.Finisher].
func (b *Backend) Finish(*director.Task) { b.connections.Add(-1) }

func (b *Backend) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	out := req.WithContext(ctx)
	out.URL = new(url.URL)
	*out.URL = *req.URL
	out.URL.Scheme, out.URL.Host = "http", b.address
	if b.network == "unix" {
		out.URL.Host = "unix" // the pool's name for it; the dialer knows the path
	}
	if out.Host == "" {
		out.Host = req.URL.Host
	}
	if out.Host == "" {
		out.Host = b.config.HostHeader
	}
	resp, err := b.pool().RoundTrip(out)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if conn, ok := resp.Body.(io.ReadWriteCloser); ok && resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = &upgradedConn{ReadWriteCloser: conn, cancel: cancel}
	} else {
		resp.Body = newTimedBody(resp.Body, time.Duration(b.config.BetweenBytesTimeout), cancel)
	}
	return resp, nil
}

// Event implements [director.Eventer].
func (b *Backend) Event(e director.Event) {
	switch e {
	case director.EventWarm:
		b.warm()
	case director.EventCold:
		b.cold()
	}
}

func (b *Backend) warm() {
	if b.config.Probe == nil {
		return
	}
	b.mu.Lock()
	if b.stopProbe != nil {
		b.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.stopProbe = cancel
	b.mu.Unlock()
	b.self.Go(func() { b.probe(ctx) })
}

func (b *Backend) cold() {
	b.mu.Lock()
	stop := b.stopProbe
	b.stopProbe = nil
	b.mu.Unlock()
	if stop != nil {
		stop()
	}
	if t := b.transport.Load(); t != nil {
		t.CloseIdleConnections()
	}
}

// Dump implements [director.Dumper].
func (b *Backend) Dump(w io.Writer) {
	for _, option := range b.Describe() {
		fmt.Fprintf(w, "  %s: %s\n", option.Name, option.Value)
	}
	fmt.Fprintf(w, "  connections: %d\n", b.connections.Load())
}
