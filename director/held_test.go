package director_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// An answerer answers with a response of the test's.
type answerer struct{ resp http.Response }

func (*answerer) Type() string { return "answerer" }

func (a *answerer) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	resp := a.resp
	return &resp, nil
}

// A body that is neither read nor closed holds nothing when the request's
// context has ended.
func TestWhatARequestHoldsEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVCL(t)
		impl := &echo{name: "a"}
		a := add(t, v, "a", impl)
		ctx, cancel := context.WithCancel(t.Context())
		req, _ := http.NewRequestWithContext(ctx, "GET", "http://example.test/", nil)
		resp, err := (&director.Transport{Director: a}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if got := refcount(t, a); got != 3 {
			t.Errorf("meanwhile: got %d references, want those of owner, hint and leaf", got)
		}
		cancel()
		synctest.Wait()
		if got := refcount(t, a); got != 1 || impl.finished != 1 {
			t.Errorf("afterwards: got %d references, finished %d times, want the owner's, once", got, impl.finished)
		}
		resp.Body.Close() // late
		if got := refcount(t, a); got != 1 || impl.finished != 1 {
			t.Errorf("closed twice: got %d references, finished %d times", got, impl.finished)
		}
	})
}

// A halfway is a connection that notes that one direction was ended.
type halfway struct {
	io.ReadWriter
	ended bool
}

func (h *halfway) CloseWrite() error { h.ended = true; return nil }
func (h *halfway) Close() error      { return nil }

// What an upgraded connection can do, it can do through the tree.
func TestUpgradedConnectionKeepsItsHalves(t *testing.T) {
	v := newVCL(t)
	conn := &halfway{}
	a := add(t, v, "a", &answerer{http.Response{StatusCode: 101, Body: conn}})
	resp, err := get(t, &director.Transport{Director: a})
	if err != nil {
		t.Fatal(err)
	}
	half, ok := resp.Body.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || !conn.ended {
		t.Error("its CloseWrite is lost")
	}
	if got := refcount(t, a); got != 3 {
		t.Errorf("after half of it: got %d references, want that it is still held", got)
	}
	resp.Body.Close()
	if got := refcount(t, a); got != 1 {
		t.Errorf("after Close: got %d references", got)
	}
	b := add(t, v, "b", &answerer{http.Response{StatusCode: 101, Body: struct {
		io.ReadWriter
		io.Closer
	}{nil, io.NopCloser(nil)}}})
	if resp, err = get(t, &director.Transport{Director: b}); err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.(interface{ CloseWrite() error }).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("one that has no halves: got %v", err)
	}
	resp.Body.Close()
}

// A hotBody panics wherever it is touched.
type hotBody struct{}

func (hotBody) Read([]byte) (int, error) { panic("boom") }
func (hotBody) Close() error             { panic("boom") }

func TestPanicsOfBodiesAreContained(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", &answerer{http.Response{StatusCode: 200, Body: hotBody{}}})
	after := v.Runtime().Log().Last()
	resp, err := get(t, &director.Transport{Director: a})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil || !strings.Contains(err.Error(), "backend a: panic: boom") {
		t.Errorf("read: got %v", err)
	}
	if err := resp.Body.Close(); err == nil {
		t.Error("close: got no error")
	}
	if got := refcount(t, a); got != 1 {
		t.Errorf("got %d references, want the owner's", got)
	}
	var told []string
	events, err := v.Runtime().Log().After(after, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == event.DirectorError {
			told = append(told, e.Life.Callback)
		}
	}
	if got := strings.Join(told, ", "); got != "read of a body, close of a body" {
		t.Errorf("told: got %q", got)
	}
}

// A response that is none of HTTP is an error, and what it holds is let go.
func TestResponsesThatAreNone(t *testing.T) {
	v := newVCL(t)
	for name, status := range map[string]int{"zero": 0, "small": 99, "large": 1000} {
		body := &halfway{}
		d := add(t, v, name, &answerer{http.Response{StatusCode: status, Body: body}})
		_, err := get(t, &director.Transport{Director: d})
		failed, ok := errors.AsType[*director.LeafError](err)
		if !ok || failed.Director != name || !errors.Is(err, director.ErrInvalid) {
			t.Errorf("status %d: got %v, want an error of the leaf", status, err)
		}
		if got := refcount(t, d); got != 1 {
			t.Errorf("status %d: got %d references", status, got)
		}
	}
	d := add(t, v, "bare", &answerer{http.Response{StatusCode: 204}})
	resp, err := get(t, &director.Transport{Director: d})
	if err != nil || resp.Header == nil || resp.Body == nil {
		t.Fatalf("neither header nor body: got %+v, %v, want empty ones", resp, err)
	}
	resp.Body.Close()
}
