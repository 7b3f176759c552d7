package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
)

// Options configure a [Server]. Only Runtime is needed.
type Options struct {
	// Runtime is the instance to show. The server does not close it.
	Runtime *director.Runtime
	// ReadOnly refuses every change.
	ReadOnly bool
	// ProxyURL is shown as the place where requests go in; "" shows none.
	ProxyURL string
	// Faults lets users make backends fail for real; nil offers nothing.
	Faults FaultInjector
	// Logger gets what the server cannot tell a client. nil discards it.
	Logger *slog.Logger
	// AllowedOrigins are the origins ("https://wiki.example") whose pages may
	// use the API and the websocket, beside the server's own.
	AllowedOrigins []string
	// AllowedHosts, if there are any, are the names that requests may give as
	// their host, beside localhost and loopback addresses. A board on a loopback
	// address should set it, to localhost at least: it keeps pages of other
	// sites away that let their own name point here (DNS rebinding).
	AllowedHosts []string
	// MaxClients bounds the websocket clients, MaxClientsPerAddress those from
	// one address. 10,000 and 1,000 if 0.
	MaxClients, MaxClientsPerAddress int

	// Tick is the shortest time between two patches; 50 ms if 0.
	Tick time.Duration
	// Beat is the time between two signs of life to each websocket client, who
	// takes two and a half without one for a lost connection; 3 s if 0.
	Beat time.Duration
	// Linger is how long what a view last showed is kept at most when nobody
	// watches any more; 10 minutes if 0. Where there are many such views, the
	// longest idle go sooner.
	Linger time.Duration
}

// A FaultInjector can make a backend fail for real, as those of a demo do.
type FaultInjector interface {
	// CanFail reports whether it can make what is behind the director fail. It is
	// asked often and must not block.
	CanFail(d *tree.Director) bool
	// SetFailing makes what is behind a director for which CanFail holds fail, or
	// answer again.
	SetFailing(d *tree.Director, failing bool) error
}

// A Server is the board of one instance. Make it with [New].
type Server struct {
	rt      *director.Runtime
	options Options
	log     *slog.Logger
	hosts   map[string]bool
	router  *chi.Mux
	handler http.Handler // router inside its middleware
	feed    *feed
	names   reservations
	undos   undos
	seats   seats
	past    timelineCache
	life    context.Context // done when Close is called
	end     context.CancelFunc

	mu     sync.Mutex // guards the fields below
	closed bool
	long   int           // requests that last until the client or the server ends them
	idle   chan struct{} // closed when closed and long is 0
}

// New returns a server for the instance. It has to be closed.
func New(o Options) (*Server, error) {
	if o.Runtime == nil {
		return nil, errors.New("server: Options.Runtime is missing")
	}
	if name := o.Runtime.Name(); name == "." || name == ".." || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, fmt.Errorf("server: instance %q: the name is part of addresses, and cannot be a folder's or have control characters", name)
	}
	o.MaxClients = cmp.Or(o.MaxClients, 10_000)
	o.MaxClientsPerAddress = cmp.Or(o.MaxClientsPerAddress, 1_000)
	o.Tick = cmp.Or(o.Tick, 50*time.Millisecond)
	o.Beat = cmp.Or(o.Beat, 3*time.Second)
	o.Linger = cmp.Or(o.Linger, 10*time.Minute)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		rt: o.Runtime, options: o, log: o.Logger,
		hosts: make(map[string]bool),
		idle:  make(chan struct{}),
	}
	s.life, s.end = context.WithCancel(context.Background())
	for _, host := range o.AllowedHosts {
		s.hosts[strings.ToLower(host)] = true
	}
	s.feed = newFeed(o.Runtime, o)
	s.router = s.routes()
	handler, err := s.middleware(s.router)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s.handler = handler
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, s.withRoute(r))
}

// Close ends every websocket and every stream of events, and waits for them.
// Plain requests go on being answered. When ctx ends first, connections are cut
// and Close returns the context's error.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		s.end()
		if s.long == 0 {
			close(s.idle)
		}
	}
	s.mu.Unlock()
	s.feed.close()
	select {
	case <-s.idle:
	case <-ctx.Done():
		s.feed.cut()
		return fmt.Errorf("close board: %w", ctx.Err())
	}
	s.feed.wait()
	return nil
}

// enter reports that a long request begins, leave that it ends. A closed server
// lets none begin.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.long++
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.long--
	if s.closed && s.long == 0 {
		close(s.idle)
	}
}
