package server

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
)

// maxBody bounds the body of a request.
const maxBody = 1 << 20

// policy lets a page load what comes from the server and nothing else; nothing
// inline, so that a name with HTML in it can do no harm even if it got through.
const policy = "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// A handler is a handler of requests that may fail.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle makes a handler an [http.HandlerFunc]. The one place where errors are
// answered and logged.
func (s *Server) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.writeProblem(w, r, err)
		}
	}
}

// middleware wraps the router in what every request passes through, the first
// one outermost.
func (s *Server) middleware(next http.Handler) (http.Handler, error) {
	next, err := compress(s.guard(s.overrideMethod(s.door(next))))
	if err != nil {
		return nil, err
	}
	return s.recover(headers(next)), nil
}

// recover answers a request whose handler panics. What was begun cannot be
// taken back; then the connection is cut, so that nobody takes it for complete.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := &beginWriter{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			s.panicked(cause, "method", r.Method, "path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
			if begun.begun.Load() {
				panic(http.ErrAbortHandler)
			}
			p, _ := problemOf(errPanic)
			_ = writeAs(w, p.Status, "application/problem+json", p)
		}()
		next.ServeHTTP(begun, r)
	})
}

var errPanic = errors.New("panic")

// A beginWriter knows whether anything was written. Deadlines may be set while
// another goroutine writes.
type beginWriter struct {
	http.ResponseWriter
	begun atomic.Bool
}

func (w *beginWriter) WriteHeader(status int) {
	w.begun.Store(true)
	w.ResponseWriter.WriteHeader(status)
}

func (w *beginWriter) Write(p []byte) (int, error) {
	w.begun.Store(true)
	return w.ResponseWriter.Write(p)
}

// SetReadDeadline is for [http.ResponseController]. The deadline of a body begins
// no answer, as what comes by Unwrap may.
func (w *beginWriter) SetReadDeadline(deadline time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetReadDeadline(deadline)
}

// Unwrap is for [http.ResponseController].
func (w *beginWriter) Unwrap() http.ResponseWriter {
	w.begun.Store(true)
	return w.ResponseWriter
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// guard refuses what was meant for another server, and bounds the bodies of the
// rest.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timeBody(w, r)
		if !s.hostAllowed(r.Host) {
			s.refuse(w, r, wrongHost(r.Host))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

func wrongHost(host string) *problem {
	p := &problem{
		Title: "Wrong host name", Status: http.StatusMisdirectedRequest,
		Detail: "This board does not answer to the name " + strconv.Quote(host) + ".",
	}
	if name := (&url.URL{Host: host}).Hostname(); name != "" {
		p.Mend = "If it should, start it with --allow-host " + name + "."
	}
	return p
}

// door refuses changes that may not be made. It comes after forms are parsed,
// since they bring their key in a field.
func (s *Server) door(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if safe(r.Method) {
			next.ServeHTTP(w, r)
			return
		}
		if err := s.access.check(r, claimOf(r)); err != nil {
			s.refuse(w, r, err)
			return
		}
		if s.options.ReadOnly {
			s.writeProblem(w, r, &problem{
				Title: "Read-only", Status: http.StatusForbidden,
				Detail: "This board shows; nothing can be changed here.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers a request that is not let in, and notes it in the log.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p *problem) {
	origin := r.Header.Get("Origin")
	s.refused.tell(p.Title+" "+r.Host+" "+origin, "refused", "status", p.Status, "method", r.Method, "path", r.URL.Path,
		"host", r.Host, "origin", origin, "client", s.access.trusted.client(r), "why", p.Detail)
	s.writeProblem(w, r, p)
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// hostAllowed reports whether the request may have been meant for this server.
func (s *Server) hostAllowed(host string) bool {
	if len(s.hosts) == 0 {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if s.hosts[name] || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}

func (s *Server) notFound(http.ResponseWriter, *http.Request) error {
	return &problem{Status: http.StatusNotFound, Title: "Not found", Detail: "There is nothing at this address."}
}

func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		ask := method
		if method == http.MethodHead {
			ask = http.MethodGet // every GET is also answered without a body
		}
		if s.router.Match(chi.NewRouteContext(), ask, escapedPath(r)) {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return &problem{
		Status: http.StatusMethodNotAllowed, Title: "Method not allowed",
		Detail: "Here one can " + strings.Join(allowed, ", ") + ".",
	}
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
