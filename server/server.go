package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web"
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
	// CADir is the folder below which a backend's tls.ca_file names a file of
	// authorities. "" refuses such names; certificates can still be given as PEM.
	CADir string
	// SocketDirs are the folders in which a backend's Unix socket may be; none if
	// there are none. Sockets without a file ("@name") may always be used.
	SocketDirs []string
	// LeastInterval is the shortest interval of probes and DNS lookups that may be
	// asked for; 100 ms if 0.
	LeastInterval time.Duration
	// Durability keeps what happens: commands are answered when it has them. nil
	// keeps nothing.
	Durability Durability
	// Logger gets what the server cannot tell a client. nil discards it.
	Logger *slog.Logger
	// NoRetry makes the requests of the page's "Try it" fail with the first
	// backend that fails them. It should be as in [ProxyOptions].
	NoRetry bool
	// AllowedOrigins are the origins ("https://wiki.example") whose pages may
	// use the API and the websocket, beside the server's own. Behind a proxy that
	// passes on neither the name that the browser asks for nor X-Forwarded-Host,
	// pages of the board itself are known by their key, and need not stand here.
	AllowedOrigins []string
	// TrustedProxies are the addresses of proxies whose X-Forwarded-Host, -Proto,
	// -Prefix and -For are believed: [LoopbackProxies] if nil, none if empty.
	TrustedProxies []netip.Prefix
	// AllowedHosts, if there are any, are the names that requests may give as
	// their host, beside localhost and loopback addresses. A board on a loopback
	// address should set it, to localhost at least: it keeps pages of other
	// sites away that let their own name point here (DNS rebinding).
	AllowedHosts []string
	// MaxClients bounds the websocket clients, MaxClientsPerAddress those from
	// one address; streams of events count as such. By default three quarters of
	// [DefaultConnections], but at most 10,000, and 1,000.
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
	rare    *rareLog // of errors
	refused *rareLog // at the door: its kinds are made of what clients send
	hosts   map[string]bool
	access  *access
	router  *chi.Mux
	handler http.Handler // router inside its middleware
	feed    *feed
	names   reservations
	undos   undos
	seats   seats
	streams atomic.Int64 // event streams, which have seats too
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
	o.MaxClients = cmp.Or(o.MaxClients, min(10_000, DefaultConnections().Listeners()))
	o.MaxClientsPerAddress = cmp.Or(o.MaxClientsPerAddress, 1_000)
	o.Tick = cmp.Or(o.Tick, 50*time.Millisecond)
	o.Beat = cmp.Or(o.Beat, 3*time.Second)
	o.Linger = cmp.Or(o.Linger, 10*time.Minute)
	o.LeastInterval = cmp.Or(o.LeastInterval, 100*time.Millisecond)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		rt: o.Runtime, options: o, log: o.Logger,
		rare: newRareLog(o.Logger, slog.LevelError), refused: newRareLog(o.Logger, slog.LevelWarn),
		hosts: make(map[string]bool),
		idle:  make(chan struct{}),
	}
	s.life, s.end = context.WithCancel(context.Background())
	for _, host := range o.AllowedHosts {
		s.hosts[strings.ToLower(host)] = true
	}
	if o.TrustedProxies == nil {
		o.TrustedProxies = LoopbackProxies()
	}
	access, err := newAccess(o.AllowedOrigins, o.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s.access = access
	s.feed = newFeed(web.WithKey(context.Background(), access.key), o.Runtime, o)
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
	s.rare.flush()
	s.refused.flush()
	s.undos.close()
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
