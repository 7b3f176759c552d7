package backend

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
)

// A Backend is the implementation of a leaf director. Give it to
// [director.VCL.Add], once.
type Backend struct {
	config Config
	self   *director.Director

	network, address string
	dial             func(ctx context.Context, network, address string) (net.Conn, error)
	tls              *tls.Config                    // nil in the clear
	transport        atomic.Pointer[http.Transport] // nil before the first request and after COLD

	places places
	held   holdDown
	// shown is config without its secrets, whose fields are concealed; hidden is
	// what a stranger's text must not repeat.
	shown     Config
	concealed []director.Secret
	hidden    []string
	tallies   tallies
	prober    *prober // nil without a probe
}

var (
	_ director.Implementation = (*Backend)(nil)
	_ director.Binder         = (*Backend)(nil)
	_ director.Describer      = (*Backend)(nil)
	_ director.RoundTripper   = (*Backend)(nil)
	_ director.Piper          = (*Backend)(nil)
	_ director.Addresser      = (*Backend)(nil)
	_ director.Finisher       = (*Backend)(nil)
	_ director.Eventer        = (*Backend)(nil)
	_ director.Destroyer      = (*Backend)(nil)
	_ director.Dumper         = (*Backend)(nil)
)

// New returns a backend, or a [FieldError] that says what is wrong with c.
func New(c Config) (*Backend, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	b := &Backend{config: c, network: "unix", address: c.Path, dial: dial}
	if c.Path == "" {
		b.network, b.address = "tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	}
	if c.TLS != nil {
		if b.tls, err = c.TLS.load(); err != nil {
			return nil, err
		}
	}
	b.places.most, b.places.waitLimit, b.places.patience = c.MaxConnections, c.WaitLimit, time.Duration(c.WaitTimeout)
	b.shown, b.concealed, b.hidden = c.conceal()
	if c.Probe != nil {
		b.prober = newProber(b)
	}
	return b, nil
}

// Type implements [director.Implementation].
func (*Backend) Type() string { return "backend" }

// Bind implements [director.Binder]. A backend with a probe starts with the
// health that the probe's initial credit gives it.
func (b *Backend) Bind(self *director.Director) {
	b.self = self
	if b.prober != nil {
		b.prober.publish()
	}
}

// RoundTrip implements [director.RoundTripper]: health, then a place, then a
// connection (BE-2). A sick backend is not asked, also when the request names it
// directly. Errors are an [Error].
func (b *Backend) RoundTrip(t *director.Task, req *http.Request) (*http.Response, error) {
	if err := b.enter(req.Context()); err != nil {
		return nil, err
	}
	answered := false
	defer func() { // also after a panic, which the runtime contains
		if !answered {
			b.places.free()
		}
	}()
	resp, x, err := b.send(req)
	if err != nil {
		return nil, err
	}
	answered = true
	t.State = x
	return resp, nil
}

// enter takes a place for a request, which places.free gives back.
func (b *Backend) enter(ctx context.Context) error {
	err := &Error{Kind: KindUnhealthy, Err: director.ErrUnhealthy}
	if b.self.Healthy() {
		err = b.places.take(ctx, &b.tallies, b.self.Healthy)
	}
	if err != nil {
		b.tallies.countError(err)
		return err
	}
	return nil
}

// Finish implements [director.Finisher].
func (b *Backend) Finish(t *director.Task) {
	if x, ok := t.State.(*exchange); ok {
		x.remote.Store(nil) // not State: Addr may be asked in the same moment
	}
	b.places.free()
}

// Addr implements [director.Addresser].
func (b *Backend) Addr(t *director.Task) net.Addr {
	if x, ok := t.State.(*exchange); ok {
		if remote := x.remote.Load(); remote != nil {
			return *remote
		}
	}
	return nil
}

// Event implements [director.Eventer].
func (b *Backend) Event(e director.Event) {
	switch e {
	case director.EventWarm:
		if b.prober != nil {
			b.prober.warm()
		}
	case director.EventCold:
		if b.prober != nil {
			b.prober.cold()
		}
		b.closePool()
	case director.EventSick:
		if !b.self.Healthy() {
			b.places.turnAway()
		}
	case director.EventDiscard:
	}
}

// Destroy implements [director.Destroyer].
func (b *Backend) Destroy() {
	if b.prober != nil {
		b.prober.destroy()
	}
	b.closePool()
}

// closePool lets go of the pool. Connections that are in use close when they are
// done with: a pool whose idle connections were closed takes none back.
func (b *Backend) closePool() {
	if t := b.transport.Swap(nil); t != nil {
		t.CloseIdleConnections()
	}
}
