package backend

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

// An either has two members and takes the first, unless that has failed.
type either struct{ slots [2]*director.Ref }

func (*either) Type() string { return "either" }
func (e *either) Bind(self *director.Director) {
	e.slots[0], e.slots[1] = self.NewRef(), self.NewRef()
	self.FollowMembers()
}
func (e *either) Resolve(t *director.Task) director.Hold {
	if t.Excludes(e.slots[0].Target()) {
		return e.slots[1].Hold()
	}
	return e.slots[0].Hold()
}
func (e *either) Release() {
	for _, slot := range e.slots {
		_ = slot.Assign(nil)
	}
}

// setPair makes s the member of a director that has a second one, which answers
// "ok". s.do goes through it from then on.
func (s *stageSet) setPair(t *testing.T) {
	t.Helper()
	other, err := New(Config{Host: "other.test"})
	if err != nil {
		t.Fatal(err)
	}
	other.dial = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			says(ok)(theirs, bufio.NewReader(theirs))
		}()
		return ours, nil
	}
	pair := &either{}
	d, err := s.d.VCL().Add("pair", pair)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.d.VCL().Add("b", other)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(pair.slots[0].Assign(s.d), pair.slots[1].Assign(second)); err != nil {
		t.Fatal(err)
	}
	s.d = d
}

// A deafConn ends when something is written to it, after so many bytes.
type deafConn struct {
	net.Conn
	takes int
	ended chan struct{}
}

func (c *deafConn) Write(p []byte) (int, error) {
	if len(p) <= c.takes {
		c.takes -= len(p)
		return len(p), nil
	}
	return c.takes, &net.OpError{Op: "write", Err: syscall.EPIPE}
}
func (c *deafConn) Read([]byte) (int, error)        { <-c.ended; return 0, io.EOF }
func (c *deafConn) Close() error                    { close(c.ended); return nil }
func (c *deafConn) RemoteAddr() net.Addr            { return &net.TCPAddr{} }
func (c *deafConn) SetDeadline(time.Time) error     { return nil }
func (c *deafConn) SetReadDeadline(time.Time) error { return nil }

func deaf(takes int) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return &deafConn{takes: takes, ended: make(chan struct{})}, nil
	}
}

// after answers one request that it has read, its body included, and goes.
func after(text string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		if req, err := http.ReadRequest(r); err == nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = io.WriteString(conn, text)
		}
	}
}

// What becomes of a GET, and of a POST whose body can be had only once, when the
// first of two backends fails in some way.
func TestWhatFailsAtABackendGoesToAnother(t *testing.T) {
	refuse := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	hang := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
	}
	silent := func(_ net.Conn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }
	for name, test := range map[string]struct {
		config    Config
		dial      func(context.Context, string, string) (net.Conn, error)
		serve     func(net.Conn, *bufio.Reader)
		first     bool // a request of another client is at the first one
		get, post string
	}{
		"refused":             {dial: refuse, get: "200 OK ok", post: "200 OK ok"},
		"connect timeout":     {dial: hang, get: "200 OK ok", post: "200 OK ok"},
		"stale":               {dial: deaf(0), get: "200 OK ok", post: "200 OK ok"},
		"broken in the head":  {dial: deaf(20), get: "200 OK ok", post: "backend a: "},
		"busy":                {config: Config{MaxConnections: 1}, first: true, serve: silent, get: "200 OK ok", post: "200 OK ok"},
		"busy after a wait":   {config: Config{MaxConnections: 1, WaitLimit: 1, WaitTimeout: Duration(time.Second)}, first: true, serve: silent, get: "200 OK ok", post: "200 OK ok"},
		"closed unanswered":   {serve: after(""), get: "200 OK ok", post: "backend a: "},
		"half a head":         {serve: after("HTTP/1.1 200 OK\r\nConte"), get: "200 OK ok", post: "backend a: "},
		"garbage":             {serve: after("220 smtp.test ESMTP\r\n"), get: "200 OK ok", post: "backend a: "},
		"first byte timeout":  {serve: silent, get: "200 OK ok", post: "backend a: first byte timeout"},
		"half a body":         {serve: after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), get: "200 OK half", post: "200 OK half"},
		"an answer of errors": {serve: says("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), get: "503 Busy", post: "503 Busy"},
	} {
		for method, want := range map[string]string{"GET": test.get, "POST": test.post} {
			t.Run(name+" "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := setStage(t, test.config, test.serve)
					if test.dial != nil {
						s.dial = test.dial
					}
					ctx, cancel := context.WithCancel(t.Context())
					if test.first {
						go func() { _, _ = s.do(ctx, "POST", nil) }()
						synctest.Wait()
					}
					s.setPair(t)
					var body io.Reader
					if method == "POST" {
						body = struct{ io.Reader }{strings.NewReader("text")}
					}
					got, err := s.do(t.Context(), method, body)
					if got == "" {
						got = err.Error()
					}
					if !strings.HasPrefix(got, want) {
						t.Errorf("got %q, %v, want %q", got, err, want)
					}
					cancel()
					synctest.Wait()
					if taken, _ := s.places.count(); taken != 0 {
						t.Errorf("places afterwards: got %d taken, want 0", taken)
					}
				})
			})
		}
	}
}

// A connection that was used before and has gone stale meanwhile is no failure
// of its backend: net/http makes another. Only what it cannot send again, since
// a body can be had only once, comes to the transport.
func TestAStaleConnectionCostsNoBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, Config{}, nil)
		answered := false
		s.dial = func(context.Context, string, string) (net.Conn, error) {
			if answered {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			answered = true
			ours, theirs := net.Pipe()
			go once(ok)(theirs, bufio.NewReader(theirs))
			return &closableConn{Conn: ours}, nil
		}
		if got, err := s.do(t.Context(), http.MethodGet, nil); got != "200 OK ok" {
			t.Fatalf("first: got %q, %v", got, err)
		}
		s.setPair(t)
		got, err := s.do(t.Context(), http.MethodPost, struct{ io.Reader }{strings.NewReader("text")})
		if got != "200 OK ok" {
			t.Errorf("got %q, %v, want it answered by the other", got, err)
		}
	})
}

// The only backend is asked again when a connection was stale, whatever the
// method: it may have been started again meanwhile.
func TestTheOnlyBackendIsAskedAgainAfterAStaleConnection(t *testing.T) {
	for _, hint := range []string{"leaf", "pool"} {
		t.Run(hint, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := setStage(t, Config{}, nil)
				s.dial = func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go after(ok)(theirs, bufio.NewReader(theirs))
					return &closableConn{Conn: ours}, nil
				}
				if hint == "pool" {
					pool := &either{}
					d, err := s.d.VCL().Add("pool", pool)
					if err != nil {
						t.Fatal(err)
					}
					if err := pool.slots[0].Assign(s.d); err != nil {
						t.Fatal(err)
					}
					s.d = d
				}
				for i := range 3 {
					body := struct{ io.Reader }{strings.NewReader("text")}
					if got, err := s.do(t.Context(), http.MethodPost, body); got != "200 OK ok" {
						t.Errorf("request %d: got %q, %v", i, got, err)
					}
				}
			})
		})
	}
}

// A closableConn takes no second request: nothing can be written once something
// was read.
type closableConn struct {
	net.Conn
	answered atomic.Bool
}

func (c *closableConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.answered.Store(true)
	}
	return n, err
}

func (c *closableConn) Write(p []byte) (int, error) {
	if c.answered.Load() {
		return 0, &net.OpError{Op: "write", Err: syscall.EPIPE}
	}
	return c.Conn.Write(p)
}
