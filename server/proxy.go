package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// ProxyOptions configure a proxy. Only Runtime is needed.
type ProxyOptions struct {
	// Runtime, whose active VCL's default director gets the requests.
	Runtime *director.Runtime
	// NoRetry makes a request fail with the first backend that fails it: see
	// [director.Transport].
	NoRetry bool
	// Logger gets what clients are not told. nil discards it.
	Logger *slog.Logger
}

// NewProxy returns a handler that sends each request through the tree of the
// active VCL. It keeps the client's Host, and streams: a body that comes slowly
// goes out slowly.
func NewProxy(rt *director.Runtime, log *slog.Logger) http.Handler {
	return NewProxyWith(ProxyOptions{Runtime: rt, Logger: log})
}

// NewProxyWith is NewProxy with more to choose.
func NewProxyWith(o ProxyOptions) http.Handler {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return refuseLoops(log, &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			// The backend that answers replaces the address; until then the URL
			// only has to be complete.
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = r.In.Host
			if r.Out.URL.Host == "" {
				r.Out.URL.Host = "localhost"
			}
			r.Out.Host = r.In.Host
			// Add to what proxies before this one have said.
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
		},
		Transport:      &director.Transport{Runtime: o.Runtime, NoRetry: o.NoRetry},
		ModifyResponse: tellLeaf,
		FlushInterval:  -1,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ErrorHandler:   func(w http.ResponseWriter, r *http.Request, err error) { proxyError(w, r, log, err) },
	})
}

// proxyError answers a request that no backend has answered.
func proxyError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	if r.Context().Err() != nil {
		return // the client has gone: nobody is left to be told
	}
	status, text, kind := http.StatusBadGateway, fmt.Sprintf("Bad gateway: %v.\n", err), "destination_unavailable"
	timeout, _ := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	_, none := errors.AsType[*director.NoBackendError](err)
	switch {
	case none || errors.Is(err, director.ErrUnhealthy) || errors.Is(err, backend.ErrBusy):
		status, text = http.StatusServiceUnavailable, unavailable(err)
		w.Header().Set("Retry-After", "1")
	case errors.Is(err, context.DeadlineExceeded) || timeout != nil && timeout.Timeout():
		status, text, kind = http.StatusGatewayTimeout, fmt.Sprintf("Gateway timeout: %v.\n", err), "connection_timeout"
	}
	tellError(w.Header(), kind+retriedError(err))
	log.Debug("proxy", "method", r.Method, "path", r.URL.Path, "status", status, "error", err)
	_ = plain(w, status, text) // never fails
}

// unavailable says which director had nothing to offer, and why.
func unavailable(err error) string {
	none, ok := errors.AsType[*director.NoBackendError](err)
	switch {
	case ok && none.Director == "":
		return "No backend: no VCL is active, or the active one has no default director.\n"
	case ok && none.Err == nil:
		return fmt.Sprintf("No backend: director %s has none that is healthy.\n", none.Director)
	}
	return fmt.Sprintf("No backend: %v.\n", err)
}
