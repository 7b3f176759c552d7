package director_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// A server is a leaf that reads of a request's body and closes it, as net/http
// does, and then answers with its own name and the body, or fails.
type server struct {
	name  string
	err   error
	read  int    // bytes of the body before it fails
	late  func() // called before it fails
	asked int
	given *http.Request
}

func (*server) Type() string { return "server" }

func (s *server) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	s.asked++
	s.given = req
	body := []byte{}
	if req.Body != nil {
		defer req.Body.Close()
		if s.err == nil {
			body, _ = io.ReadAll(req.Body)
		} else if s.read > 0 {
			_, _ = io.ReadFull(req.Body, make([]byte, s.read))
		}
	}
	if s.err != nil {
		if s.late != nil {
			s.late()
		}
		return nil, s.err
	}
	return &http.Response{StatusCode: 200, Request: req, Body: io.NopCloser(strings.NewReader(s.name + " " + string(body)))}, nil
}

// refused is the error of a request that was not sent.
type refused struct{}

func (refused) Error() string { return "refused" }
func (refused) NotSent() bool { return true }

var errReset = errors.New("reset")

// A closeCounter is a body that can be read once.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error { c.closed++; return nil }

// once is a body that can be had only once.
func once(text string) *closeCounter { return &closeCounter{Reader: strings.NewReader(text)} }

func newRequest(t *testing.T, method string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://example.test/", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// sent sends the request and returns the answer's body, or the error.
func sent(t *testing.T, transport http.RoundTripper, req *http.Request) string {
	t.Helper()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	if resp.Request != req {
		t.Error("the request of the response is not the one that was given")
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(string(body))
}

// One of two members fails. What goes to the other, and what does not.
func TestWhatGoesToAnotherLeaf(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		body   io.Reader
		first  server
		off    bool
		want   string
	}{
		"GET, not sent":                      {method: "GET", first: server{err: refused{}}, want: "b"},
		"GET, not answered":                  {method: "GET", first: server{err: errReset}, want: "b"},
		"DELETE, not answered":               {method: "DELETE", first: server{err: errReset}, want: "b"},
		"POST, not sent":                     {method: "POST", first: server{err: refused{}}, want: "b"},
		"POST, sick":                         {method: "POST", first: server{err: director.ErrUnhealthy}, want: "b"},
		"POST, not answered":                 {method: "POST", first: server{err: errReset}, want: "backend a: reset"},
		"PATCH, not answered":                {method: "PATCH", first: server{err: errReset}, want: "backend a: reset"},
		"GET, retries off":                   {method: "GET", first: server{err: refused{}}, off: true, want: "backend a: refused"},
		"POST, body not read":                {method: "POST", body: once("text"), first: server{err: refused{}}, want: "b text"},
		"PUT, body not read":                 {method: "PUT", body: once("text"), first: server{err: errReset}, want: "b text"},
		"PUT, body read":                     {method: "PUT", body: once("text"), first: server{err: errReset, read: 1}, want: "backend a: reset"},
		"PUT, body read that can be had":     {method: "PUT", body: strings.NewReader("text"), first: server{err: errReset, read: 1}, want: "b text"},
		"POST, body read that can be had":    {method: "POST", body: strings.NewReader("text"), first: server{err: errReset, read: 1}, want: "backend a: reset"},
		"PUT, body not read, retries off":    {method: "PUT", body: once("text"), first: server{err: errReset}, off: true, want: "backend a: reset"},
		"PUT, body read of one that answers": {method: "PUT", body: once("text"), want: "a text"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVCL(t)
			first, second := test.first, server{name: "b"}
			first.name = "a"
			a, b := add(t, v, "a", &first), add(t, v, "b", &second)
			p := pool(t, v, "p", a, b)
			req := newRequest(t, test.method, test.body)
			if got := sent(t, &director.Transport{Director: p, NoRetry: test.off}, req); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if body, ok := test.body.(*closeCounter); ok && body.closed == 0 {
				t.Error("the body was not closed")
			}
			for _, d := range []*director.Director{a, b, p} {
				want := int64(2) // the owner and a slot
				if d == p {
					want = 1
				}
				if got := refcount(t, d); got != want || d.InFlight() != 0 {
					t.Errorf("%s afterwards: got %d references and %d in flight, want %d and 0", d.Name(), got, d.InFlight(), want)
				}
			}
		})
	}
}

// Of two leaves that fail and one that answers, each is asked once, and counted.
func TestAttemptsAreTold(t *testing.T) {
	v := newVCL(t)
	bad1, bad2, good := &server{err: errReset}, &server{err: errReset}, &server{name: "good"}
	a, b, c := add(t, v, "a", bad1), add(t, v, "b", bad2), add(t, v, "c", good)
	p := pool(t, v, "p", a, b, c)
	var ways []string
	transport := &director.Transport{Director: p, Walked: func(_ *http.Request, way []*director.Director, err error) {
		if err != nil {
			t.Errorf("a way: got %v", err)
		}
		ways = append(ways, strings.Join(names(way), ">"))
	}}
	resp, err := transport.RoundTrip(newRequest(t, "GET", nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(director.RetriedAfter(resp)), []string{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("failed before: got %v, want %v", got, want)
	}
	if leaf, _, ok := director.AnsweredBy(resp); !ok || leaf != c {
		t.Errorf("answered by: got %v, want c", leaf)
	}
	resp.Body.Close()
	if want := []string{"p>a", "p>b", "p>c"}; !slices.Equal(ways, want) {
		t.Errorf("ways: got %v, want %v", ways, want)
	}
	s := v.Runtime().Sample()
	for d, want := range map[*director.Director][3]uint64{a: {1, 1, 1}, b: {1, 1, 1}, c: {1, 0, 0}} {
		known, _ := s.Director(d.ID())
		if got := [3]uint64{known.Requests, known.Failures, known.Retried}; got != want {
			t.Errorf("%s: got %v requests, failures, retried, want %v", d.Name(), got, want)
		}
	}
	if resp, err := transport.RoundTrip(newRequest(t, "GET", nil)); err != nil || len(director.RetriedAfter(resp)) > 2 {
		t.Errorf("second request: got %v", err)
	} else {
		resp.Body.Close()
	}
}

func TestARequestIsRetriedAtMostTwice(t *testing.T) {
	v := newVCL(t)
	var members []*director.Director
	impls := []*server{{err: errReset}, {err: errReset}, {err: errReset}, {name: "good"}}
	for i, name := range []string{"a", "b", "c", "d"} {
		members = append(members, add(t, v, name, impls[i]))
	}
	p := pool(t, v, "p", members...)
	_, err := (&director.Transport{Director: p}).RoundTrip(newRequest(t, "GET", nil))
	retried, ok := errors.AsType[*director.RetryError](err)
	if !ok || !errors.Is(err, errReset) || err.Error() != "backend c: reset, after a, b" {
		t.Errorf("got %v, want the third failure, with the names of the first two", err)
	} else if got, want := names(retried.After), []string{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("after: got %v, want %v", got, want)
	}
	if impls[3].asked != 0 {
		t.Error("a fourth leaf was asked")
	}
}

// The only leaf gives its own error, whether it is hinted at or a member.
func TestTheOnlyLeafGivesItsOwnError(t *testing.T) {
	v := newVCL(t)
	impl := &server{err: errReset}
	a := add(t, v, "a", impl)
	site := pool(t, v, "site", pool(t, v, "p", a), pool(t, v, "q", a), pool(t, v, "empty"))
	for _, hint := range []*director.Director{a, site} {
		impl.asked = 0
		_, err := (&director.Transport{Director: hint}).RoundTrip(newRequest(t, "GET", nil))
		if err == nil || err.Error() != "backend a: reset" || impl.asked != 1 {
			t.Errorf("through %s: got %v after %d requests, want the failure of the one", hint.Name(), err, impl.asked)
		}
	}
	known, _ := v.Runtime().Sample().Director(a.ID())
	if known.Retried != 0 {
		t.Errorf("retried: got %d, want 0", known.Retried)
	}
}

// A client that has gone is not worth another request.
func TestAnAbandonedRequestIsNotRetried(t *testing.T) {
	v := newVCL(t)
	ctx, cancel := context.WithCancel(t.Context())
	bad, good := &server{err: refused{}, late: cancel}, &server{name: "good"}
	p := pool(t, v, "p", add(t, v, "bad", bad), add(t, v, "good", good))
	_, err := (&director.Transport{Director: p}).RoundTrip(newRequest(t, "GET", nil).WithContext(ctx))
	if !errors.Is(err, refused{}) || good.asked != 0 {
		t.Errorf("got %v, and %d requests of the other; want the failure and none", err, good.asked)
	}
}

// The leaf that failed is let go before the next is asked: one that was deleted
// meanwhile is destroyed by then. The hint stays held.
func TestAFailedLeafIsLetGoBeforeTheNext(t *testing.T) {
	v := newVCL(t)
	bad := &server{err: errReset}
	a := add(t, v, "a", bad)
	hold := &holdChecker{server: server{name: "b"}}
	p := pool(t, v, "p", a, add(t, v, "b", hold))
	g, _ := p.Group()
	bad.late = func() {
		if err := errors.Join(a.Delete(), g.RemoveMember(1)); err != nil {
			t.Error(err)
		}
	}
	hold.check = func() {
		s := v.Runtime().Sample()
		if _, ok := s.Director(a.ID()); ok {
			t.Error("the leaf that failed is still there while the next is asked")
		}
		if known, ok := s.Director(p.ID()); !ok || known.Tasks != 1 {
			t.Errorf("the hint: got %+v, want it held by one task", known)
		}
	}
	if got := sent(t, &director.Transport{Director: p}, newRequest(t, "GET", nil)); got != "b" {
		t.Errorf("got %q, want b", got)
	}
}

type holdChecker struct {
	server
	check func()
}

func (h *holdChecker) RoundTrip(t *director.Task, req *http.Request) (*http.Response, error) {
	h.check()
	return h.server.RoundTrip(t, req)
}

// Through every type, on two levels, a request comes to the one leaf of three
// that answers, whichever that is.
func TestEveryTypeFindsTheLeafThatIsLeft(t *testing.T) {
	for _, kind := range lb.Types() {
		if kind.Watches {
			continue
		}
		for _, good := range []string{"a1", "a2", "b1"} {
			t.Run(kind.Name+" "+good, func(t *testing.T) {
				v := newVCL(t)
				made := func(name string, members ...*director.Director) *director.Director {
					impl, err := lb.New(kind.Name, nil)
					if err != nil {
						t.Fatal(err)
					}
					d := add(t, v, name, impl)
					g, _ := d.Group()
					for _, m := range members {
						if _, err := g.AddMember(m, 1); err != nil {
							t.Fatal(err)
						}
					}
					return d
				}
				leaf := func(name string) *director.Director {
					if name == good {
						return add(t, v, name, &server{name: name})
					}
					return add(t, v, name, &server{err: refused{}})
				}
				site := made("site", made("a", leaf("a1"), leaf("a2")), made("b", leaf("b1")))
				for range 20 {
					if got := sent(t, &director.Transport{Director: site}, newRequest(t, "POST", nil)); got != good {
						t.Fatalf("got %q, want %s", got, good)
					}
				}
			})
		}
	}
}

// A type that does not know of retries, takes turns, and hides its members.
type stubborn struct {
	slots []*director.Ref
	turn  int
}

func (*stubborn) Type() string { return "stubborn" }
func (s *stubborn) Bind(self *director.Director) {
	s.slots = []*director.Ref{self.NewRef(), self.NewRef()}
	self.FollowMembers()
}
func (s *stubborn) Resolve(*director.Task) director.Hold {
	s.turn++
	return s.slots[s.turn%len(s.slots)].Hold()
}
func (s *stubborn) Release() {
	for _, slot := range s.slots {
		_ = slot.Assign(nil)
	}
}

func TestATypeThatDoesNotKnowOfRetries(t *testing.T) {
	v := newVCL(t)
	bad, good := &server{err: errReset}, &server{name: "good"}
	impl := &stubborn{}
	d := add(t, v, "d", impl)
	members := []*director.Director{add(t, v, "bad", bad), add(t, v, "good", good)}
	for i, m := range members {
		if err := impl.slots[i].Assign(m); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		if got := sent(t, &director.Transport{Director: d}, newRequest(t, "GET", nil)); got != "good" {
			t.Errorf("got %q, want good", got)
		}
	}
	if err := impl.slots[1].Assign(members[0]); err != nil {
		t.Fatal(err)
	}
	if got := sent(t, &director.Transport{Director: d}, newRequest(t, "GET", nil)); got != "backend bad: reset" {
		t.Errorf("both slots fail: got %q, want the failure", got)
	}
}

// A leaf may go on reading a body, or close it, after it has failed.
func TestALateReaderGetsNothingOfABody(t *testing.T) {
	v := newVCL(t)
	var first io.ReadCloser
	bad := &server{err: refused{}}
	good := &holdChecker{server: server{name: "good"}}
	good.check = func() {
		first = bad.given.Body
		if n, err := first.Read(make([]byte, 8)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("a late reader: got %d bytes, %v", n, err)
		}
		_ = first.Close()
	}
	p := pool(t, v, "p", add(t, v, "bad", bad), add(t, v, "good", good))
	body := once("text")
	if got := sent(t, &director.Transport{Director: p}, newRequest(t, "POST", body)); got != "good text" {
		t.Errorf("got %q, want good text", got)
	}
	if body.closed == 0 {
		t.Error("the body was not closed")
	}
}

// Where nothing fails, retries cost nothing.
func TestRetriesCostNothingWhereNothingFails(t *testing.T) {
	v := newVCL(t)
	p := pool(t, v, "p", add(t, v, "a", instant{}), add(t, v, "b", instant{}))
	allocs := func(transport *director.Transport) float64 {
		req := newRequest(t, "PUT", bytes.NewReader(nil)).WithContext(context.Background()) // one that ends is watched
		return testing.AllocsPerRun(100, func() {
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		})
	}
	off, on := allocs(&director.Transport{Director: p, NoRetry: true}), allocs(&director.Transport{Director: p})
	if on != off || on > 5 {
		t.Errorf("allocations: got %g, and %g without retries; want the same, at most 5", on, off)
	}
}

type instant struct{}

func (instant) Type() string { return "instant" }
func (instant) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
}
