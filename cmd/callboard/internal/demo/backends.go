package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrUnknown reports a name that no backend has.
var ErrUnknown = errors.New("demo: no such backend")

// errClosed reports a start after Close.
var errClosed = errors.New("demo: the backends are closed")

// Backends are HTTP servers on loopback ports, each with a name that it puts
// into every answer. See [Backends.Addr] for where they are, and handler for
// what they answer.
type Backends struct {
	names  []string
	byName map[string]*backend
}

// A backend is one server. It keeps its port for all its life, across stops.
type backend struct {
	name    string
	addr    string
	failing atomic.Bool

	mu     sync.Mutex // guards the fields below
	run    *run       // nil while stopped
	closed bool
}

// A run is one span from start to stop.
type run struct {
	server *http.Server
	cancel context.CancelFunc // ends the requests
	served sync.WaitGroup     // the accept loop and every connection
}

// NewBackends starts one server for each name, on ports that are free.
func NewBackends(names ...string) (*Backends, error) {
	bs := &Backends{byName: make(map[string]*backend)}
	for _, name := range names {
		if bs.byName[name] != nil {
			bs.Close()
			return nil, fmt.Errorf("demo: two backends are named %q", name)
		}
		b := &backend{name: name, addr: "127.0.0.1:0"}
		if err := b.start(); err != nil {
			bs.Close()
			return nil, err
		}
		bs.names, bs.byName[name] = append(bs.names, name), b
	}
	return bs, nil
}

// Names returns the names in the order in which they were given.
func (bs *Backends) Names() []string { return slices.Clone(bs.names) }

// Addr returns host:port of a backend, "" if there is none of that name. It
// stays the same while the backend is stopped and started.
func (bs *Backends) Addr(name string) string {
	b := bs.byName[name]
	if b == nil {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addr
}

// At returns the name of the backend at host:port, "" if none is there.
func (bs *Backends) At(addr string) string {
	for _, name := range bs.names {
		if bs.Addr(name) == addr {
			return name
		}
	}
	return ""
}

// SetFailing makes a backend answer everything, /health included, with 503, or
// ends that. Its port stays open, and answers that have begun go on.
func (bs *Backends) SetFailing(name string, failing bool) error {
	b, err := bs.get(name)
	if err != nil {
		return err
	}
	b.failing.Store(failing)
	return nil
}

// Failing reports whether a backend was made failing.
func (bs *Backends) Failing(name string) bool {
	b := bs.byName[name]
	return b != nil && b.failing.Load()
}

// Stop closes the port of a backend and breaks off its answers, as if its
// process had died. It returns when both is done. Stopping a stopped one does
// nothing.
func (bs *Backends) Stop(name string) error {
	b, err := bs.get(name)
	if err != nil {
		return err
	}
	b.stop(false)
	return nil
}

// Start opens the port of a stopped backend again. It fails if another program
// has taken the port meanwhile. Starting a running one does nothing.
func (bs *Backends) Start(name string) error {
	b, err := bs.get(name)
	if err != nil {
		return err
	}
	return b.start()
}

// Running reports whether the port of a backend is open.
func (bs *Backends) Running(name string) bool {
	b := bs.byName[name]
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.run != nil
}

// Close stops all backends for good and waits until nothing of them is left.
func (bs *Backends) Close() {
	for _, b := range bs.byName {
		b.stop(true)
	}
}

func (bs *Backends) get(name string) (*backend, error) {
	if b := bs.byName[name]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknown, name)
}

func (b *backend) start() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errClosed
	}
	if b.run != nil {
		return nil
	}
	listener, err := net.Listen("tcp", b.addr)
	if err != nil {
		return fmt.Errorf("demo: starting %s: %w", b.name, err)
	}
	b.addr = listener.Addr().String()
	b.run = serve(b.name, &b.failing, listener)
	return nil
}

// serve answers on the listener until the run is ended.
func serve(name string, failing *atomic.Bool, listener net.Listener) *run {
	ctx, cancel := context.WithCancel(context.Background())
	r := &run{cancel: cancel}
	r.server = &http.Server{
		Handler:           handler(name, failing),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew: // called by the accept loop, so the count is not zero
				r.served.Add(1)
			case http.StateClosed:
				r.served.Done()
			}
		},
	}
	r.served.Go(func() { _ = r.server.Serve(listener) }) // returns ErrServerClosed when the run ends
	return r
}

// stop ends the run. The lock is held until it has ended, so that a start that
// follows finds the port free.
func (b *backend) stop(forGood bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = b.closed || forGood
	if b.run == nil {
		return
	}
	b.run.cancel()
	_ = b.run.server.Close() // only the error of closing the listener; there is nothing to do about it
	b.run.served.Wait()
	b.run = nil
}
