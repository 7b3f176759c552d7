package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/callboard/callboard/director"
)

// Times of a shutdown: requests get drainTime to finish; what is left then has
// closeTime to end.
const (
	drainTime = 3 * time.Second
	closeTime = 1500 * time.Millisecond
)

// A Program is a board and a proxy, each on its own listener.
type Program struct {
	Runtime *director.Runtime
	Board   *Server
	Proxy   http.Handler
	// BoardListener is from [ListenLoopback]; ProxyListener may be any.
	BoardListener, ProxyListener net.Listener
	// BeforeClose, if not nil, is called when no command can come any more and
	// the runtime is still whole: Close will delete all that is in it, which is
	// nothing that a journal should keep.
	BeforeClose func()
	// Connections bounds those of each listener; what is 0 is that of
	// [DefaultConnections].
	Connections Connections
	// Logger gets what servers and shutdown have to say. nil discards it.
	Logger *slog.Logger

	drain time.Duration // for tests: another drainTime
}

// ListenLoopback listens on an address of this machine that others cannot
// reach: whoever reaches the board may change what it shows.
func ListenLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listen on %q: the board has no access control yet, so it listens on this machine only: "+
			"use 127.0.0.1, [::1] or localhost, and put a proxy that asks who is there in front of it", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		listener.Close()
		return nil, fmt.Errorf("listen on %q: that is %s, which others can reach", address, listener.Addr())
	}
	return listener, nil
}

// Serve answers requests until ctx is done, and then ends everything, the
// runtime included, within five seconds: first nothing new is accepted and
// websockets and streams are told to go, then requests in flight may finish for
// a while, then what is left is cut. It returns nil after an orderly end, also
// if something had to be cut.
func (p *Program) Serve(ctx context.Context) error {
	logger := cmp.Or(p.Logger, slog.New(slog.DiscardHandler))
	// Requests of switched protocols outlive the servers; they end with this.
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	rare := newRareLog(logger, slog.LevelError)
	defer rare.flush()
	usual := DefaultConnections()
	board := limit(p.BoardListener, cmp.Or(p.Connections.Board, usual.Board))
	proxy := limit(p.ProxyListener, cmp.Or(p.Connections.Proxy, usual.Proxy))
	proxyServer := newHTTPServer(base, p.Proxy, proxy, rare.standard("proxy"))
	proxyServer.DisableGeneralOptionsHandler = true // "OPTIONS *" is for the backends
	servers := map[*http.Server]net.Listener{
		newHTTPServer(base, p.Board, board, rare.standard("board")): board,
		proxyServer: proxy,
	}
	failed := make(chan error, len(servers))
	var serving sync.WaitGroup
	for server, listener := range servers {
		serving.Go(func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve on %s: %w", listener.Addr(), err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.drainTime()+closeTime)
	defer cancel()
	p.shutdown(end, servers, logger)
	cut()
	serving.Wait()
	if p.BeforeClose != nil {
		p.BeforeClose()
	}
	if closeErr := p.Runtime.Close(end); closeErr != nil {
		logger.Warn("not everything was let go", "error", closeErr)
	}
	return err
}

func (p *Program) drainTime() time.Duration { return cmp.Or(p.drain, drainTime) }

// shutdown returns when no server has a connection any more.
func (p *Program) shutdown(ctx context.Context, servers map[*http.Server]net.Listener, log *slog.Logger) {
	drain, cancel := context.WithTimeout(ctx, p.drainTime())
	defer cancel()
	var ending sync.WaitGroup
	ending.Go(func() {
		if err := p.Board.Close(drain); err != nil {
			log.Warn("some listeners did not leave", "error", err)
		}
	})
	for server := range servers {
		ending.Go(func() {
			if server.Shutdown(drain) != nil {
				_ = server.Close() // cuts what is left; there is nothing to do about an error
			}
		})
	}
	ending.Wait()
}

func newHTTPServer(base context.Context, handler http.Handler, l *limiter, errors *log.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ConnState:         l.watch,
		ErrorLog:          errors,
	}
}
