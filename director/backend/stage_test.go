package backend_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/internal/await"
)

// A stageManager has the backends and directors of the recording, in front of
// servers that behave as those of the recording did.
type stageManager struct {
	vcl     *director.VCL
	leaves  map[string]*director.Director
	hints   map[string]*director.Director
	release chan struct{} // lets one request of busy1, waitq or waitshort be answered
}

func newStageManager(t *testing.T) *stageManager {
	t.Helper()
	s := &stageManager{
		leaves: make(map[string]*director.Director), hints: make(map[string]*director.Director),
		release: make(chan struct{}),
	}
	s.vcl = newVCL(t)
	initial := 0
	const short = backend.Duration(50 * time.Millisecond)
	s.leaf(t, "ok", answer, backend.Config{})
	s.leaf(t, "lo", answer, backend.Config{})
	s.leaf(t, "busy1", s.wait, backend.Config{MaxConnections: 1})
	s.leaf(t, "never", silent, backend.Config{FirstByteTimeout: short})
	s.leaf(t, "closer", closes, backend.Config{})
	s.leaf(t, "half", halfway, backend.Config{BetweenBytesTimeout: short})
	s.leaf(t, "probesick", fails, backend.Config{Probe: &backend.ProbeConfig{Initial: &initial}})
	s.leaf(t, "waitq", s.wait, backend.Config{MaxConnections: 1, WaitLimit: 1, WaitTimeout: backend.Duration(time.Minute)})
	s.leaf(t, "waitshort", s.wait, backend.Config{MaxConnections: 1, WaitLimit: 1, WaitTimeout: short})
	s.leaf(t, "refused", nil, backend.Config{})
	s.group(t, "empty")
	s.group(t, "fs", "probesick")
	s.group(t, "fok", "ok")
	return s
}

// leaf adds a backend and its server; without a handler nobody listens.
func (s *stageManager) leaf(t *testing.T, name string, handler http.HandlerFunc, c backend.Config) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	addr := at(server.Listener.Addr())
	c.Host, c.Port = addr.Host, addr.Port
	if handler == nil {
		server.Close()
	}
	d := add(t, s.vcl, name, c)
	s.leaves[name], s.hints[name] = d, d
}

func answer(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }
func fails(w http.ResponseWriter, _ *http.Request)  { w.WriteHeader(500) }
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
func closes(http.ResponseWriter, *http.Request)     { panic(http.ErrAbortHandler) }

func halfway(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "half")
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

func (s *stageManager) wait(w http.ResponseWriter, r *http.Request) {
	<-s.release
	answer(w, r)
}

// group adds a fallback director over the named members.
func (s *stageManager) group(t *testing.T, name string, members ...string) {
	t.Helper()
	g := &fallback{}
	d, err := s.vcl.Add(name, g)
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range members {
		slot := d.NewRef()
		if err := slot.Assign(s.leaves[member]); err != nil {
			t.Fatal(err)
		}
		g.slots = append(g.slots, slot)
	}
	s.hints[name] = d
}

// A fallback is the least director that is needed here.
type fallback struct{ slots []*director.Ref }

func (*fallback) Bind(self *director.Director) { self.FollowMembers() }

func (*fallback) Type() string { return "fallback" }

func (f *fallback) Resolve(*director.Task) director.Hold {
	for _, slot := range f.slots {
		if hold := slot.Hold(); hold.Director().Healthy() {
			return hold
		} else {
			hold.Drop()
		}
	}
	return director.Hold{}
}

func (f *fallback) Release() {
	for _, slot := range f.slots {
		_ = slot.Assign(nil) // letting go cannot fail
	}
}

// An outcome is what came of a request.
type outcome struct {
	status int
	err    error
}

// request makes a request in the background. The name "none" is nobody's: that
// request goes to the default director, of which there is none.
func (s *stageManager) request(t *testing.T, name string) <-chan outcome {
	t.Helper()
	transport := &director.Transport{Director: s.hints[name], Runtime: s.vcl.Runtime()}
	if transport.Director == nil && name != "none" {
		t.Fatalf("no director %s", name)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan outcome, 1)
	go func() {
		resp, err := transport.RoundTrip(req)
		if err != nil {
			result <- outcome{err: err}
			return
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		result <- outcome{status: resp.StatusCode, err: err}
	}()
	return result
}

// settle returns when the request that was made last, the nth of its kind, has
// its place, or waits, or was turned away.
func (s *stageManager) settle(t *testing.T, url string, nth int) {
	t.Helper()
	b := of(s.leaves[strings.TrimPrefix(url, "/")])
	before := b.Counters().Busy
	await.Until(t, fmt.Sprintf("request %d to %s has its place, waits, or was turned away", nth+1, url), func() bool {
		c := b.Counters()
		return c.Conn+c.Waiting == int64(nth+1) || nth > 0 && c.Busy >= max(before, 1)
	})
}

func kindOf(err error) backend.Kind {
	if e, ok := errors.AsType[*backend.Error](err); ok {
		return e.Kind
	}
	return backend.KindOther
}
