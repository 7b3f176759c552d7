package server

import (
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server/proxy"
)

// ProxyOptions configure a proxy. Only Runtime is needed.
type ProxyOptions struct {
	// Runtime, whose active VCL's default director gets the requests.
	Runtime *director.Runtime
	// NoRetry makes a request fail with the first backend that fails it: see
	// [director.Transport].
	NoRetry bool
	// TrustedProxies are the addresses of proxies in front of this one: what they
	// say in X-Forwarded-Proto, X-Forwarded-Host and Forwarded is kept. nil is
	// this machine; an empty list trusts none.
	TrustedProxies []netip.Prefix
	// Logger gets what clients are not told. nil discards it.
	Logger *slog.Logger
}

// NewProxy returns a handler that sends each request through the tree of the
// active VCL. It keeps the client's Host, and streams: a body that comes slowly
// goes out slowly.
func NewProxy(rt *director.Runtime, log *slog.Logger) http.Handler {
	return NewProxyWith(ProxyOptions{Runtime: rt, Logger: log})
}

// NewProxyWith is NewProxy with more to choose. The server that it is given to
// should have DisableGeneralOptionsHandler set, or net/http answers "OPTIONS *"
// by itself.
func NewProxyWith(o ProxyOptions) http.Handler {
	return proxy.New(proxy.Options{
		Transport:      &director.Transport{Runtime: o.Runtime, NoRetry: o.NoRetry},
		TrustedProxies: o.TrustedProxies, Logger: o.Logger,
	})
}
