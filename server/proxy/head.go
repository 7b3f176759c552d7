package proxy

import (
	"context"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/callboard/callboard/director"
)

// ofConnection are the fields that are about one connection and not about what
// passes on it (RFC 9110, section 7.6.1), beside those that Connection names.
// The body's framing is net/http's business, on both sides.
var ofConnection = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

// outgoing returns the request as the tree gets it.
func (x *exchange) outgoing(ctx context.Context) *http.Request {
	in := x.in
	out := in.WithContext(ctx)
	out.URL = target(in)
	out.Header = make(http.Header, len(in.Header)+6)
	pass(out.Header, in.Header)
	hopByHop(out.Header, in)
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = nil // else net/http adds its own
	}
	x.handler.forward(out.Header, in)
	x.handler.loops.sign(out.Header, in)
	out.Close = false // was about the client's connection
	out.Body, out.GetBody = nil, nil
	if in.ContentLength != 0 && in.Body != nil && in.Body != http.NoBody {
		x.begin(out)
		out.Body = &x.body
	}
	return out
}

// hopByHop adds the fields about the connection to the backend that the client's
// have a say in, and names them in Connection, as RFC 9110, sections 7.8 and
// 10.1.4, wants it.
func hopByHop(out http.Header, in *http.Request) {
	if protocol := askedUpgrade(in); protocol != nil {
		out["Connection"] = []string{"Upgrade"}
		out["Upgrade"] = protocol
	}
	if hasToken(in.Header["Te"], "trailers") {
		out["Connection"] = append(out["Connection"], "TE")
		out["Te"] = []string{"trailers"}
	}
}

// pass copies the fields that are not about the connection. The values are
// shared.
func pass(to, from http.Header) {
	for name, values := range from {
		if !ofConnection[name] {
			to[name] = values
		}
	}
	for _, line := range from["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			delete(to, http.CanonicalHeaderKey(textproto.TrimString(name)))
		}
	}
}

// hasToken reports whether a list of tokens has one, in any case of letters.
// What follows a semicolon is a parameter.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			element, _, _ = strings.Cut(element, ";")
			if strings.EqualFold(textproto.TrimString(element), token) {
				return true
			}
		}
	}
	return false
}

// target returns the URL of the request for the tree. It is written byte by byte
// as it came: a path that [url.URL] would spell otherwise is its Opaque.
func target(in *http.Request) *url.URL {
	u := &url.URL{
		Scheme: "http", Host: in.Host,
		Path: in.URL.Path, RawPath: in.URL.RawPath, ForceQuery: in.URL.ForceQuery, RawQuery: in.URL.RawQuery,
	}
	if raw := rawPath(in); raw != "" && raw != u.EscapedPath() {
		u.Opaque = raw
	}
	return u
}

// rawPath returns the path of the request line, "" where it has none.
func rawPath(in *http.Request) string {
	raw, _, _ := strings.Cut(in.RequestURI, "?")
	if in.URL.Host == "" {
		return raw
	}
	_, rest, _ := strings.Cut(raw, "://") // the form that is sent to proxies
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		return rest[slash:]
	}
	return ""
}

// head copies the answer's header, and says who answered.
func (x *exchange) head(resp *http.Response) {
	h := x.w.Header()
	pass(h, resp.Header)
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = nil // else net/http's server guesses one
	}
	if name, ok := leaf(resp); ok {
		x.handler.statuses.tell(h, name, director.RetriedAfter(resp))
	}
}
