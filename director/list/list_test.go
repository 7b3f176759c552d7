package list_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/list"
)

// A stage is a runtime with one VCL, boot.
type stage struct {
	*testing.T
	rt   *director.Runtime
	boot *director.VCL
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, rt: director.New(director.Options{})}
	s.boot = s.load("boot")
	t.Cleanup(func() {
		if err := s.rt.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *stage) load(name string) *director.VCL {
	s.Helper()
	v, err := s.rt.AddVCL(name)
	if err != nil {
		s.Fatal(err)
	}
	return v
}

func (s *stage) add(v *director.VCL, name string, impl director.Implementation) *director.Director {
	s.Helper()
	d, err := v.Add(name, impl)
	if err != nil {
		s.Fatal(err)
	}
	return d
}

// run returns what a command prints, its times masked.
func (s *stage) run(line string) string {
	s.Helper()
	status, body := list.RunLine(s.rt, line)
	if status != list.StatusOK {
		s.Fatalf("%s: got %d %q, want %d", line, status, body, list.StatusOK)
	}
	return times.ReplaceAllString(body, "TIME")
}

func (s *stage) want(line, want string) {
	s.Helper()
	if got := s.run(line); got != want {
		s.Errorf("%s: got\n%s\nwant\n%s", line, got, want)
	}
}

func lines(text ...string) string { return strings.Join(text, "\n") + "\n" }

func TestHashShowsItsMembers(t *testing.T) {
	s := newStage(t)
	a, b := s.add(s.boot, "a", directortest.NewBackend("a")), s.add(s.boot, "b", directortest.NewBackend("b"))
	hash := lb.NewHash("")
	s.add(s.boot, "ha", hash)
	for d, weight := range map[*director.Director]float64{a: 1, b: 3} {
		if _, err := hash.AddMember(d, weight); err != nil {
			t.Fatal(err)
		}
	}
	s.run("backend.set_health ? sick")
	s.want("backend.list ha", lines(
		"Backend name   Admin   Probe   Health   Last change",
		"boot.ha        probe   0/2     sick     TIME"))
	s.run("backend.set_health a auto")
	if got := s.run("backend.list -p ha"); !strings.Contains(got, " a         100.00%   healthy\n") || !strings.Contains(got, " b           0.00%   sick\n") {
		t.Errorf("HASH-3: got\n%s\nwant all of the weight at a", got)
	}
	directortest.Check(t, s.rt)
}

func TestLeastConnectionsShowsRequestsInFlight(t *testing.T) {
	s := newStage(t)
	a := s.add(s.boot, "a", directortest.NewBackend("a"))
	least := lb.NewLeastConnections(nil)
	s.add(s.boot, "least", least)
	if _, err := least.AddMember(a, 2.5); err != nil {
		t.Fatal(err)
	}
	s.want("backend.list -p least", lines(
		"Backend name   Admin     Probe    Health    Last change",
		"boot.least     probe     1/1      healthy   TIME",
		"",
		"               Backend   Weight   Health    In flight",
		"               a         2.5      healthy   0",
		""))
	if got := s.run("backend.list -j -p least"); !strings.Contains(got, `"in_flight": 0`) {
		t.Errorf("got\n%s\nwant requests in flight", got)
	}
	directortest.Check(t, s.rt)
}

// A probe that has not poked has only the initial credit in its window.
func TestProbeOfARealBackend(t *testing.T) {
	s := newStage(t)
	b, err := backend.New(backend.Config{Host: "::1", Port: 9, Probe: &backend.ProbeConfig{Window: 10, Threshold: 2}})
	if err != nil {
		t.Fatal(err)
	}
	unix, err := backend.New(backend.Config{Path: "/run/b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.rt.LoadVCL("cold", director.AlwaysCold, func(v *director.VCL) error {
		s.add(v, "b", b)
		s.add(v, "u", unix)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.want("backend.list -p cold.*", lines(
		"Backend name   Admin     Probe   Health    Last change",
		"cold.b         probe     1/10    sick      TIME",
		" Current states  good:  1 threshold:  2 window: 10",
		"  Average response time of good probes: 0.000000",
		"  Oldest ================================================== Newest",
		"  ---------------------------------------------------------------H Happy",
		"",
		"cold.u         healthy   0/0     healthy   TIME"))
	got := s.run("backend.list -j -p cold.*")
	for _, want := range []string{`"bits_H": 1,`, "},\n      \"ipv6\": \"::1\",\n", "\"probe_details\": {},\n      \"last_change\""} {
		if !strings.Contains(got, want) {
			t.Errorf("CLI-12: got\n%s\nwant %q in it", got, want)
		}
	}
	directortest.Check(t, s.rt)
}

func TestDeletedDirectorsAreNotListed(t *testing.T) {
	s := newStage(t)
	a := s.add(s.boot, "a", directortest.NewBackend("a"))
	if _, err := a.Pin("look"); err != nil {
		t.Fatal(err)
	}
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	s.want("backend.list", lines("Backend name   Admin   Probe   Health   Last change"))
	if got := s.rt.MatchDirectors("a"); len(got) != 1 {
		t.Errorf("HEALTH-4: a deleted director: got %d matches, want 1", len(got))
	}
	directortest.Check(t, s.rt)
}

// panics is a type whose list callback fails.
type panics struct{}

func (panics) Type() string               { return "panics" }
func (panics) List(bool) director.Listing { panic("in list") }

func TestPanicInListIsContained(t *testing.T) {
	s := newStage(t)
	events := directortest.Record(s.rt)
	s.add(s.boot, "p", panics{})
	s.want("backend.list -p", lines(
		"Backend name   Admin     Probe   Health    Last change",
		"boot.p         healthy   0/0     healthy   TIME"))
	found := false
	for _, e := range events.All(t) {
		found = found || e.Kind == event.DirectorError && e.Life.Callback == "list"
	}
	if !found {
		t.Error("got no director.error of the callback list")
	}
}

func TestDiscardedVCLIsListedUntilItIsGone(t *testing.T) {
	s := newStage(t)
	old := s.load("old")
	busy, err := old.PreventCold("a request")
	if err != nil {
		t.Fatal(err)
	}
	for range 11 {
		defer mustPrevent(t, s.boot).Allow()
	}
	if err := old.Discard(); err != nil {
		t.Fatal(err)
	}
	s.want("vcl.list", lines(
		"active      auto   warm   11   boot",
		"discarded   auto   busy    1   old"))
	busy.Allow()
	s.want("vcl.list", lines("active   auto   warm   11   boot"))
}

func mustPrevent(t *testing.T, v *director.VCL) *director.Prevention {
	t.Helper()
	p, err := v.PreventCold("a request")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever is listed, the answer of -j is JSON.
func TestJSONIsJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		defer directortest.Check(t, s.rt)
		defer s.worker.Allow()
		d, err := s.rt.Active().Add(`"\<é`, directortest.NewBackend("odd"))
		s.must(err)
		rr := lb.NewRoundRobin()
		_, err = s.rt.Active().Add("twice", rr)
		s.must(err)
		for range 2 {
			_, err = rr.AddMember(d, 0)
			s.must(err)
		}
		for _, line := range []string{
			"backend.list -j", "backend.list -jp", "backend.list -j nosuch", `backend.list -j -p "\\\\\\\\\"<*"`, "vcl.list -j",
		} {
			status, body := list.RunLine(s.rt, line)
			var answer []any
			if err := json.Unmarshal([]byte(body), &answer); err != nil || status != list.StatusOK || len(answer) < 4 {
				t.Errorf("%s: got %d %v\n%s", line, status, err, body)
			}
		}
	})
}

// A list holds what it shows for a moment. That is no news for the tree.
func TestListingMovesNothing(t *testing.T) {
	s := newStage(t)
	b, err := backend.New(backend.Config{Host: "127.0.0.1", Port: 9})
	if err != nil {
		t.Fatal(err)
	}
	d := s.add(s.boot, "b", b)
	before := s.rt.Sample()
	s.run("backend.list -p")
	after := s.rt.Sample()
	if known, _ := after.Director(d.ID()); after.Revision != before.Revision || known.Refcount() != 1 {
		t.Errorf("after listing: got revision %d, refcount %d, want %d, 1", after.Revision, known.Refcount(), before.Revision)
	}
}
