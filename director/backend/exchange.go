package backend

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// idleTimeout is Varnish's backend_idle_timeout.
const idleTimeout = 60 * time.Second

// maxIdle bounds the connections that a backend keeps without using them.
const maxIdle = 64

// An exchange is one request on its way and the answer to it.
type exchange struct {
	context.Context // of what the pool does; its values have the exchange

	backend  *Backend
	asked    context.Context // of whoever asked; for the lifetime of the exchange
	timeouts Timeouts
	// source and target are for the PROXY header.
	source, target net.Addr
	watch          watchdog
	hooks          httptrace.ClientTrace
	answer         timedBody
	tries          atomic.Uint32
	remote         atomic.Pointer[net.Addr] // of the newest connection
	bare           bool                     // see backendConn
	sending        sending
	mark           sendMark
	// inform is told of informational answers, unless it is nil. Informed counts
	// them; only the goroutine that reads answers does.
	inform   Informer
	informed int
}

type exchangeKey struct{}

// Value implements [context.Context].
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// pool returns the connection pool. It is made at the first request, because a
// tree may have many backends that are never asked.
func (b *Backend) pool() *http.Transport {
	if t := b.transport.Load(); t != nil {
		return t
	}
	b.transport.CompareAndSwap(nil, &http.Transport{
		DialContext:         b.dialForPool,
		MaxIdleConnsPerHost: maxIdle,
		IdleConnTimeout:     idleTimeout,
		// A connection that was announced for one client is not for the next.
		DisableKeepAlives: b.config.ProxyHeader > 0,
		// What the backend sends is what the client gets.
		DisableCompression: true,
	})
	return b.transport.Load()
}

// dialForPool makes a connection for an exchange. It goes on when the request is
// cancelled meanwhile, and the connection is then for the next one, except with
// a PROXY header, when it is closed.
func (b *Backend) dialForPool(ctx context.Context, _, _ string) (net.Conn, error) {
	x := ctx.Value(exchangeKey{}).(*exchange)
	conn, err := b.connect(ctx, x.timeouts.Connect, x.source, x.target)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// send makes the request and returns the answer, whose body ends the exchange.
func (b *Backend) send(req *http.Request) (*http.Response, *exchange, *Error) {
	x := &exchange{backend: b, asked: req.Context(), timeouts: b.config.timeouts(req.Context()), inform: informer(req.Context())}
	if b.config.ProxyHeader > 0 {
		x.source, x.target = ends(req)
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	x.watch.cancel = cancel
	resp, err := b.pool().RoundTrip(x.outgoing(ctx, req))
	x.watch.rest()
	if tries := x.tries.Load(); tries > 1 {
		b.tallies.retry.Add(uint64(tries - 1))
	}
	if err == nil && resp.StatusCode < 100 { // net/http reads any three digits
		resp.Body.Close()
		err = &Error{Kind: KindProtocol, Err: fmt.Errorf("status %03d is none of HTTP", resp.StatusCode)}
	}
	if err != nil {
		failed := x.failure(err)
		x.end()
		return nil, nil, failed
	}
	x.sending.answered.Store(true)
	resp.Request = req // not what it was made into: its URL is what redirects are relative to
	resp.Body = x.body(resp)
	return resp, x, nil
}

// end lets go of all that the exchange has set going. It may be called twice.
func (x *exchange) end() {
	x.sending.end()
	x.watch.end()
	x.watch.cancel(nil)
}

// outgoing returns the request as the pool wants it. A URL's Opaque, if there is
// one, is the path as it is to be sent, byte by byte. net/http takes one that
// begins with two slashes for the rest of an absolute URL and puts the scheme
// before it, which the connection takes away again.
func (x *exchange) outgoing(ctx context.Context, req *http.Request) *http.Request {
	x.Context = ctx
	x.trace()
	out := req.WithContext(httptrace.WithClientTrace(x, &x.hooks))
	x.sending.wrap(out)
	x.bare = strings.HasPrefix(req.URL.Opaque, "//")
	out.URL = new(url.URL)
	*out.URL = *req.URL
	// TLS is the dialer's business, and it knows the address.
	out.URL.Scheme, out.URL.Host = "http", "backend"
	if out.Host == "" {
		out.Host = req.URL.Host
	}
	if out.Host == "" {
		out.Host = x.backend.config.HostHeader
	}
	return out
}

// trace follows the exchange, for its timeouts and the counters.
func (x *exchange) trace() {
	t := &x.backend.tallies
	x.hooks = httptrace.ClientTrace{
		GotConn: x.got,
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.watch.enter(stageWaiting, x.timeouts.FirstByte, KindFirstByteTimeout)
			}
		},
		GotFirstResponseByte: func() {
			x.watch.enter(stageHeader, x.timeouts.BetweenBytes, KindBetweenBytesTimeout)
		},
		Got100Continue: x.sending.goOn,
		Got1xxResponse: x.informational,
		PutIdleConn: func(err error) {
			if err == nil {
				t.recycle.Add(1)
			}
		},
	}
}

// got notes the connection that the request goes out on.
func (x *exchange) got(info httptrace.GotConnInfo) {
	t := &x.backend.tallies
	x.tries.Add(1)
	x.mark.take(info.Conn)
	t.req.Add(1)
	if info.Reused {
		t.reuse.Add(1)
	}
	if conn, ok := info.Conn.(*backendConn); ok { // as dialForPool has made it
		x.remote.Store(&conn.remote)
		conn.bare = x.bare
		x.sending.conn = conn
	}
}

// failure says what an error of the pool, or of a body, means. A timeout of ours
// reaches us as a cancellation.
func (x *exchange) failure(err error) *Error {
	failed := x.watch.verdict()
	switch {
	case failed != nil:
	case x.sending.failed.Load() != nil:
		failed = &Error{Kind: KindRequestBody, Err: *x.sending.failed.Load()}
	case x.asked.Err() != nil:
		failed = &Error{Kind: KindCanceled, Err: err}
	default:
		failed = classify(err)
		if x.mark.unsent(failed) {
			failed.unsent = true
		}
	}
	x.backend.tallies.countError(failed)
	return failed
}
