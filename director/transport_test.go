package director_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// An echo answers with its own name, or fails.
type echo struct {
	name     string
	err      error
	finished int
}

func (*echo) Type() string { return "echo" }
func (e *echo) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	if e.err != nil {
		return nil, e.err
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(e.name))}, nil
}
func (e *echo) Finish(*director.Task) { e.finished++ }

func get(t *testing.T, transport http.RoundTripper) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest("GET", "http://example.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return transport.RoundTrip(req)
}

func refcount(t *testing.T, d *director.Director) int64 {
	t.Helper()
	known, ok := d.VCL().Runtime().Sample().Director(d.ID())
	if !ok {
		return 0
	}
	return known.Refcount()
}

func TestRequestHoldsHintAndLeafUntilItsBodyEnds(t *testing.T) {
	v := newVCL(t)
	impl := &echo{name: "a"}
	a := add(t, v, "a", impl)
	p := pool(t, v, "p", a)
	if err := v.SetDefault(p); err != nil {
		t.Fatal(err)
	}
	resp, err := get(t, &director.Transport{Runtime: v.Runtime()})
	if err != nil {
		t.Fatal(err)
	}
	// Owner, slot and request; owner, default slot and request.
	if a, p := refcount(t, a), refcount(t, p); a != 3 || p != 3 {
		t.Errorf("references during the body: leaf %d, hint %d, want 3 and 3", a, p)
	}
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	g, _ := p.Group()
	if err := g.RemoveMember(1); err != nil {
		t.Fatal(err)
	}
	known, ok := v.Runtime().Sample().Director(a.ID())
	if !ok || known.Phase != tree.Lingering || known.Tasks != 1 {
		t.Fatalf("deleted leaf during the body: got %+v, want it lingering, held by one task", known)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "a" {
		t.Errorf("body: got %q, %v, want a", body, err)
	}
	resp.Body.Close()
	if impl.finished != 1 {
		t.Errorf("finish: called %d times, want once", impl.finished)
	}
	if got := refcount(t, p); got != 2 {
		t.Errorf("references of the hint afterwards: got %d, want 2", got)
	}
	steps := life(t, v.Runtime(), a.ID())
	if last := steps[len(steps)-1]; last != string(event.DirectorDestroyed) {
		t.Errorf("life of a: got %v, want it destroyed", steps)
	}
}

func TestFailedRequestHoldsNothing(t *testing.T) {
	v := newVCL(t)
	broken := errors.New("broken")
	a := add(t, v, "a", &echo{err: broken})
	_, err := get(t, &director.Transport{Director: a})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "backend a") {
		t.Errorf("got %v, want the failure, with the name of the backend", err)
	}
	if got := refcount(t, a); got != 1 {
		t.Errorf("references: got %d, want 1", got)
	}
}

func TestRequestWithoutBackend(t *testing.T) {
	v := newVCL(t)
	var none *director.NoBackendError
	if _, err := get(t, &director.Transport{Runtime: v.Runtime()}); !errors.As(err, &none) || err.Error() != "no backend" {
		t.Errorf("REQ-6, no default: got %v, want no backend", err)
	}
	inner := pool(t, v, "inner")
	if err := v.SetDefault(pool(t, v, "outer", inner)); err != nil {
		t.Fatal(err)
	}
	_, err := get(t, &director.Transport{Runtime: v.Runtime()})
	if err == nil || err.Error() != "director outer returned no backend" {
		t.Errorf("REQ-6: got %v, want the name of the top", err)
	}
}

func TestLeafThatMakesNoRequests(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	if _, err := get(t, &director.Transport{Director: a}); err == nil {
		t.Error("got no error, want one")
	}
	if got := refcount(t, a); got != 1 {
		t.Errorf("references: got %d, want 1", got)
	}
}
