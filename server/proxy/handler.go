package proxy

import (
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// Options configure a [Handler]. Only Transport is needed.
type Options struct {
	// Transport sends the requests; a [director.Transport].
	Transport http.RoundTripper
	// TrustedProxies are the addresses of proxies whose word on where a request
	// comes from is kept: X-Forwarded-Proto, X-Forwarded-Host and Forwarded. nil
	// is [Loopback]; an empty list trusts none.
	TrustedProxies []netip.Prefix
	// Logger gets what the client is not told, at the level of debugging. nil
	// discards it.
	Logger *slog.Logger
}

// A Handler is a proxy. Make it with [New].
type Handler struct {
	transport http.RoundTripper
	trusted   []netip.Prefix
	log       *slog.Logger
	statuses  statuses
	loops     loops
}

// New returns a handler.
func New(o Options) *Handler {
	if o.TrustedProxies == nil {
		o.TrustedProxies = Loopback()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{transport: o.Transport, trusted: o.TrustedProxies, log: o.Logger}
	h.loops.begin()
	return h
}

// An exchange is one request on its way through, and its answer.
type exchange struct {
	handler *Handler
	w       http.ResponseWriter
	control http.ResponseController
	in      *http.Request
	body    requestBody
	interim interim
	out     flusher // of the answer's body
}

// ServeHTTP implements [http.Handler]. Where an answer breaks off within its
// body it panics with [http.ErrAbortHandler], which is how a handler tells
// net/http's server to break off too.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{handler: h, w: w, control: *http.NewResponseController(w), in: r}
	if r.Method == "PRI" && r.ProtoMajor == 2 {
		// The preface of HTTP/2, which net/http leaves to handlers.
		x.refuse(fault{status: http.StatusHTTPVersionNotSupported, kind: "http_request_error", words: "HTTP/2 is not spoken here"})
		return
	}
	if h.loops.has(r, h.log) {
		x.refuse(looped)
		return
	}
	resp, err := x.send()
	if err != nil {
		x.fail(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		x.upgrade(resp)
		return
	}
	x.answer(resp)
	resp.Body.Close() // the backend is done; the client need not be
	x.drain()
}

// send returns the final answer.
func (x *exchange) send() (*http.Response, error) {
	x.interim.begin(x.w, x.in)
	defer x.interim.end()
	return x.handler.transport.RoundTrip(x.outgoing(backend.WithInformational(x.in.Context(), &x.interim)))
}

// leaf returns the name of the director that answered.
func leaf(resp *http.Response) (name string, ok bool) {
	d, _, ok := director.AnsweredBy(resp)
	if !ok {
		return "", false
	}
	return d.Name(), true
}
