package lb

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
)

// A leaf is the plainest director: it has a type and nothing else.
type leaf struct{}

func (leaf) Type() string { return "leaf" }

// A stage is a runtime with one VCL and the directors of a test.
type stage struct {
	t    testing.TB
	rt   *director.Runtime
	vcl  *director.VCL
	byID map[string]*director.Director
}

func newStage(t testing.TB, leaves ...string) *stage {
	t.Helper()
	rt := director.New(director.Options{Epoch: "test"})
	vcl, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	s := &stage{t: t, rt: rt, vcl: vcl, byID: make(map[string]*director.Director)}
	for _, name := range leaves {
		s.add(name, leaf{})
	}
	return s
}

func (s *stage) add(name string, impl director.Implementation) *director.Director {
	s.t.Helper()
	d, err := s.vcl.Add(name, impl)
	if err != nil {
		s.t.Fatal(err)
	}
	s.byID[name] = d
	return d
}

// group adds a load balancer of the named members; weights may be nil.
func (s *stage) group(name string, impl director.Implementation, members []string, weights []float64) *director.Director {
	s.t.Helper()
	d := s.add(name, impl)
	for i, m := range members {
		weight := 1.0
		if weights != nil {
			weight = weights[i]
		}
		s.member(name, m, weight)
	}
	return d
}

func (s *stage) member(group, name string, weight float64) int {
	s.t.Helper()
	g, err := s.byID[group].Group()
	if err != nil {
		s.t.Fatal(err)
	}
	slot, err := g.AddMember(s.byID[name], weight)
	if err != nil {
		s.t.Fatal(err)
	}
	return slot
}

func (s *stage) health(name string, admin director.AdminHealth) {
	s.t.Helper()
	if err := s.byID[name].SetHealth(admin); err != nil {
		s.t.Fatal(err)
	}
}

// onlySick makes the named directors sick and all others as they are by themselves.
func (s *stage) onlySick(names []string) {
	s.t.Helper()
	for name := range s.byID {
		if slices.Contains(names, name) {
			s.health(name, director.AdminSick)
		} else {
			s.health(name, director.AdminAuto)
		}
	}
}

// pick resolves a director to a leaf and returns its name, "" for none.
func (s *stage) pick(name string, r *http.Request) string {
	s.t.Helper()
	h, err := s.byID[name].Resolve(&director.Task{Request: r})
	if err != nil {
		return ""
	}
	return dropped(h)
}

// dropped returns the name of what is held, "" for nothing, and lets go of it.
func dropped(h director.Hold) string {
	if h.IsZero() {
		return ""
	}
	defer h.Drop()
	return h.Director().Name()
}

// recording reads a recording of a real varnishd.
func recording[T any](t testing.TB, name string) T {
	t.Helper()
	var v T
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
