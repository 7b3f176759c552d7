package server

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// Bounds of a trial: whoever may change the board may send requests through it,
// but no flood.
const (
	maxTried    = 1_000
	maxTriedDry = 10_000
	maxParallel = 32
	tryTime     = 10 * time.Second
	maxHeaders  = 50
	longestPath = 2_000
)

// A tryBody is the body of the command that sends requests through a director.
type tryBody struct {
	// Requests is 1 and Concurrency 8 if it is nil.
	Requests    *int              `json:"requests" form:"requests"`
	Concurrency *int              `json:"concurrency" form:"concurrency"`
	Method      string            `json:"method" form:"method"`
	Path        string            `json:"path" form:"path"`
	Host        string            `json:"host" form:"host"`
	Headers     map[string]string `json:"headers" form:"headers"`
	// Vary says what differs between requests: nothing, the path, the client.
	Vary string `json:"vary" form:"vary"`
	// Dry only finds the way of each request.
	Dry bool `json:"dry" form:"dry"`
}

// tryDirector sends requests through a director, whether it is anybody's default
// or not, and answers where they went. It changes nothing that an event tells of.
func (s *Server) tryDirector(w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	var body tryBody
	if err := decode(r, &body); err != nil {
		return err
	}
	t, err := body.trial(d)
	if err != nil {
		return err
	}
	t.noRetry = s.options.NoRetry
	if body.Vary == "client" {
		t.identity = clientHeaders(s.rt.Tree(), d.ID())
	}
	ctx, done, err := s.bounded(r)
	if err != nil {
		return err
	}
	defer done()
	return s.showTried(w, r, d, &body, t.run(ctx))
}

// bounded returns the context of a request that may take a while: it ends after
// tryTime, with the client and with the server, which waits for done.
func (s *Server) bounded(r *http.Request) (ctx context.Context, done func(), err error) {
	if !s.enter() {
		return nil, nil, errClosing
	}
	ctx, cancel := context.WithTimeout(r.Context(), tryTime)
	stop := context.AfterFunc(s.life, cancel)
	return ctx, func() {
		stop()
		cancel()
		s.leave()
	}, nil
}

// trial checks what the body asks for.
func (b *tryBody) trial(d *director.Director) (*trial, error) {
	t := &trial{
		director: d, requests: 1, parallel: 8, dry: b.Dry, vary: b.Vary,
		method: cmp.Or(b.Method, http.MethodGet), host: b.Host, header: http.Header{},
	}
	if b.Requests != nil {
		t.requests = *b.Requests
	}
	if b.Concurrency != nil {
		t.parallel = *b.Concurrency
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	if err := b.readPath(t); err != nil {
		return nil, err
	}
	return t, b.readHeaders(t)
}

func (t *trial) check() error {
	switch {
	case t.requests < 1 || t.requests > maxTriedDry || t.requests > maxTried && !t.dry:
		return refuse("requests", "1 to 1,000, or to 10,000 where only the way is to be found")
	case t.parallel < 1 || t.parallel > maxParallel:
		return refuse("concurrency", "1 to "+strconv.Itoa(maxParallel)+" at one time")
	case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, t.method):
		return refuse("method", "GET, HEAD or OPTIONS: what a trial sends must change nothing")
	case !slices.Contains([]string{"", "none", "path", "client"}, t.vary):
		return refuse("vary", "none, path or client")
	case strings.ContainsFunc(t.host, notInName) || len(t.host) > longestPath:
		return refuse("host", "a name and perhaps a port, without spaces")
	}
	return nil
}

func (b *tryBody) readPath(t *trial) error {
	text := cmp.Or(b.Path, "/")
	at, err := url.ParseRequestURI(text)
	if err != nil || text[0] != '/' || strings.ContainsFunc(text, notInName) || len(text) > longestPath {
		return refuse("path", "a path that starts with /, perhaps with a query, without spaces")
	}
	t.url = at
	return nil
}

func (b *tryBody) readHeaders(t *trial) error {
	if len(b.Headers) > maxHeaders {
		return refuse("headers", "at most "+strconv.Itoa(maxHeaders))
	}
	for name, value := range b.Headers {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case name == "" || strings.ContainsFunc(name, notInToken):
			return refuse("headers", strconv.Quote(name)+" is no name of a header")
		case ofConnection[canonical]:
			return refuse("headers."+name, "is not for a trial to set")
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return refuse("headers."+name, "a value is one line of text")
		}
		t.header.Set(canonical, value)
	}
	return nil
}

// ofConnection are headers that say how a request is sent, not what it asks.
var ofConnection = map[string]bool{
	"Host": true, "Connection": true, "Content-Length": true, "Transfer-Encoding": true, "Upgrade": true,
	"Te": true, "Trailer": true, "Keep-Alive": true, "Proxy-Connection": true, "Expect": true,
}

// notInName reports what could end a line, or a part of it.
func notInName(r rune) bool { return r <= ' ' || r == 0x7f }

// notInToken reports what cannot stand in the name of a header (RFC 9110, 5.6.2).
func notInToken(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
