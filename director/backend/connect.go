package backend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/pires/go-proxyproto"
)

// Varnish's backend_local_error_holddown and backend_remote_error_holddown.
const (
	localErrorHoldDown  = 10 * time.Second
	remoteErrorHoldDown = 250 * time.Millisecond
)

// A holdDown keeps a backend that has just refused a connection from being asked
// for the next (BE-11; cache_conn_pool.c VCP_Open).
type holdDown struct {
	mu    sync.Mutex // guards the fields below
	until time.Time
	cause *Error
}

// check returns the error of a connect that is not tried.
func (h *holdDown) check() *Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cause == nil || !time.Now().Before(h.until) {
		h.cause = nil
		return nil
	}
	return &Error{Kind: KindHeldDown, Err: h.cause}
}

// failed starts to hold down, if the error is of a kind that lasts.
func (h *holdDown) failed(e *Error) {
	var d time.Duration
	switch e.Errno {
	case syscall.EACCES, syscall.EPERM, syscall.EADDRNOTAVAIL:
		d = localErrorHoldDown
	case syscall.ECONNREFUSED, syscall.ENETUNREACH:
		d = remoteErrorHoldDown
	default:
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Of several that fail at one time the one that ends first counts.
	if until := time.Now().Add(d); h.cause == nil || until.Before(h.until) {
		h.until, h.cause = until, e
	}
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// open makes a connection and nothing more: what is to be sent on it first is
// for greet.
func (b *Backend) open(ctx context.Context) (net.Conn, *Error) {
	if err := b.held.check(); err != nil {
		b.tallies.heldDown.Add(1)
		return nil, err
	}
	conn, err := b.dial(ctx, b.network, b.address)
	if err == nil {
		return conn, nil
	}
	if errors.Is(err, context.Canceled) {
		return nil, &Error{Kind: KindCanceled, Err: err}
	}
	failed := &Error{Kind: KindConnect, Errno: errnoOf(err), Err: err}
	b.tallies.countConnect(failed.Errno)
	b.held.failed(failed)
	return nil, failed
}

// greet does what comes before the first request of a connection: the PROXY
// header (BE-12), which says that the connection was made for source, and TLS.
// It returns the connection to use; on an error, conn is the caller's to close.
func (b *Backend) greet(ctx context.Context, conn net.Conn, source, target net.Addr) (net.Conn, error) {
	if b.config.ProxyHeader == 0 && b.tls == nil {
		return conn, nil
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if b.config.ProxyHeader > 0 {
		header := proxyproto.HeaderProxyFromAddrs(byte(b.config.ProxyHeader), source, target)
		if _, err := header.WriteTo(conn); err != nil {
			return nil, err
		}
	}
	if b.tls == nil {
		return conn, nil
	}
	secured := tls.Client(conn, b.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	return secured, nil
}

// connect makes a connection that is ready for a request.
func (b *Backend) connect(ctx context.Context, timeout time.Duration, source, target net.Addr) (*backendConn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, failed := b.open(ctx)
	if failed != nil {
		return nil, failed
	}
	ready, err := b.greet(ctx, conn, source, target)
	if err != nil {
		conn.Close()
		failed := &Error{Kind: KindConnect, Errno: errnoOf(err), Err: err}
		b.tallies.countConnect(failed.Errno)
		return nil, failed
	}
	return &backendConn{Conn: ready, remote: ready.RemoteAddr(), t: &b.tallies, over: make(chan struct{})}, nil
}

// ends returns the two addresses of the connection by which a request came to
// this process, as [http.Server] leaves them; nil for one that was made here.
func ends(req *http.Request) (source, target net.Addr) {
	from, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return nil, nil
	}
	target, _ = req.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return net.TCPAddrFromAddrPort(from), target
}
