package lb

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// groupTypes returns the types whose members are given to them.
func groupTypes() []Type {
	return slices.DeleteFunc(Types(), func(typ Type) bool { return typ.Watches })
}

// eachType runs a test with an empty director of every such type, named pool.
func eachType(t *testing.T, leaves []string, test func(t *testing.T, s *stage, g director.Group)) {
	t.Helper()
	for _, typ := range groupTypes() {
		t.Run(typ.Name, func(t *testing.T) {
			impl, err := New(typ.Name, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := newStage(t, leaves...)
			g, err := s.add("pool", impl).Group()
			if err != nil {
				t.Fatal(err)
			}
			test(t, s, g)
		})
	}
}

func TestNobodyCannotBeAMember(t *testing.T) {
	eachType(t, nil, func(t *testing.T, s *stage, g director.Group) {
		if _, err := g.AddMember(nil, 1); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("GRP-1 add nil: got %v, want ErrInvalid", err)
		}
		if m, ok := g.(interface {
			Remove(*director.Director) (bool, error)
		}); ok {
			if _, err := m.Remove(nil); !errors.Is(err, director.ErrInvalid) {
				t.Errorf("GRP-1 remove nil: got %v, want ErrInvalid", err)
			}
		}
	})
}

func TestRemoveTakesTheFirstOfEqualMembers(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	rr := NewRoundRobin()
	s.group("rr", rr, []string{"a", "b", "a"}, nil)
	if removed, err := rr.Remove(s.byID["a"]); err != nil || !removed {
		t.Fatalf("GRP-2: got %t, %v", removed, err)
	}
	if got := []string{s.pick("rr", nil), s.pick("rr", nil)}; !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("GRP-2 order of the rest: got %v, want [b a]", got)
	}
	if removed, err := rr.Remove(s.byID["c"]); err != nil || removed {
		t.Errorf("GRP-2 nobody there to remove: got %t, %v, want false and no error", removed, err)
	}
}

func TestMembersChangeAtOnce(t *testing.T) {
	eachType(t, []string{"a", "b"}, func(t *testing.T, s *stage, g director.Group) {
		r, _ := http.NewRequest("GET", "http://h/x", nil)
		if got := s.pick("pool", r); got != "" || s.byID["pool"].Healthy() {
			t.Errorf("HEALTH-8 without members: got %q, healthy %t", got, s.byID["pool"].Healthy())
		}
		slot := s.member("pool", "a", 1)
		if got := s.pick("pool", r); got != "a" {
			t.Errorf("GRP-5 after add: got %q, want a", got)
		}
		if err := g.SetMember(slot, s.byID["b"], 2); err != nil {
			t.Fatal(err)
		}
		if got := s.pick("pool", r); got != "b" {
			t.Errorf("GRP-5 after set: got %q, want b", got)
		}
		s.health("b", director.AdminSick)
		if got := s.pick("pool", r); got != "" {
			t.Errorf("all sick: got %q, want none", got)
		}
		s.health("b", director.AdminAuto)
		if err := g.RemoveMember(slot); err != nil {
			t.Fatal(err)
		}
		if got := s.pick("pool", r); got != "" {
			t.Errorf("GRP-5 after remove: got %q, want none", got)
		}
		if err := g.RemoveMember(slot); !errors.Is(err, director.ErrNotFound) {
			t.Errorf("remove twice: got %v, want ErrNotFound", err)
		}
		if err := g.SetMember(slot, s.byID["a"], 1); !errors.Is(err, director.ErrNotFound) {
			t.Errorf("set a removed slot: got %v, want ErrNotFound", err)
		}
	})
}

func TestReleaseLetsGoOfAllMembers(t *testing.T) {
	eachType(t, []string{"a", "b"}, func(t *testing.T, s *stage, g director.Group) {
		s.member("pool", "a", 1)
		s.member("pool", "b", 1)
		pool := s.byID["pool"]
		pin, err := pool.Pin("to look at it afterwards")
		if err != nil {
			t.Fatal(err)
		}
		if err := pool.Delete(); err != nil {
			t.Fatal(err)
		}
		if got := s.pick("pool", nil); got != "" {
			t.Errorf("GRP-4 pick after release: got %q, want none", got)
		}
		if _, err := g.AddMember(s.byID["a"], 1); !errors.Is(err, director.ErrReleased) {
			t.Errorf("GRP-4 add after release: got %v, want ErrReleased", err)
		}
		for d := range s.rt.Sample().Directors() {
			if d.Leaf && d.Refcount() != 1 {
				t.Errorf("GRP-4 %s: got %d references, want the owner's", d.Name, d.Refcount())
			}
		}
		if err := s.rt.Unpin(pin); err != nil {
			t.Fatal(err)
		}
		s.wantNoLeak()
	})
}

// wantNoLeak fails if a director left something behind or a callback failed.
func (s *stage) wantNoLeak() {
	s.t.Helper()
	events, err := s.rt.Log().After(s.rt.Log().Oldest()-1, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == event.DirectorLeaked || e.Kind == event.DirectorError {
			s.t.Errorf("%s of %s: %+v", e.Kind, e.Director, *e.Life)
		}
	}
}

func TestWeightsOutOfRangeAreRefused(t *testing.T) {
	eachType(t, []string{"a"}, func(t *testing.T, s *stage, g director.Group) {
		for _, weight := range []float64{math.NaN(), math.Inf(1)} {
			if _, err := g.AddMember(s.byID["a"], weight); !errors.Is(err, director.ErrInvalid) {
				t.Errorf("weight %g: got %v, want ErrInvalid", weight, err)
			}
		}
		if d, _ := s.rt.Sample().Director(s.byID["a"].ID()); d.Refcount() != 1 {
			t.Errorf("references after refusals: got %d, want 1", d.Refcount())
		}
	})
}

func TestMembersOfOtherVCLsAreRefused(t *testing.T) {
	eachType(t, nil, func(t *testing.T, s *stage, g director.Group) {
		other := newStage(t, "x")
		if _, err := g.AddMember(other.byID["x"], 1); !errors.Is(err, director.ErrForeign) {
			t.Errorf("got %v, want ErrForeign", err)
		}
		if got := s.pick("pool", nil); got != "" {
			t.Errorf("pick after a refusal: got %q, want none", got)
		}
	})
}

// Picks go on while members come and go and their health flips: whatever is
// picked is a member, and as long as one healthy member stays, somebody is.
func TestPicksWhileAllChanges(t *testing.T) {
	leaves := []string{"steady"}
	for i := range 20 {
		leaves = append(leaves, fmt.Sprint("b", i))
	}
	eachType(t, leaves, func(t *testing.T, s *stage, g director.Group) {
		s.member("pool", "steady", 1)
		stop := make(chan struct{})
		var pickers, changers sync.WaitGroup
		for range 3 {
			pickers.Go(func() { s.pickUntil(stop) })
		}
		for c := range 2 {
			changers.Go(func() { s.shuffle(g, leaves[1+10*c:11+10*c]) })
		}
		changers.Wait()
		close(stop)
		pickers.Wait()
		if err := s.byID["pool"].Delete(); err != nil {
			t.Fatal(err)
		}
		for d := range s.rt.Sample().Directors() {
			if d.Leaf && d.Refcount() != 1 {
				t.Errorf("%s: got %d references at the end, want 1", d.Name, d.Refcount())
			}
		}
		s.wantNoLeak()
	})
}

// pickUntil picks until it is stopped, or until nobody is picked.
func (s *stage) pickUntil(stop chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		r, _ := http.NewRequest("GET", fmt.Sprint("http://h/", i), nil)
		if s.pick("pool", r) == "" {
			s.t.Error("no member, though one is healthy throughout")
			return
		}
	}
}

// shuffle adds, changes, flips and removes the named members, each of which
// nobody else touches.
func (s *stage) shuffle(g director.Group, names []string) {
	slots := make(map[string]int)
	for range 300 {
		name := names[rand.IntN(len(names))]
		d := s.byID[name]
		slot, in := slots[name]
		var err error
		switch choice := rand.IntN(4); {
		case !in:
			slots[name], err = g.AddMember(d, 1)
		case choice == 0:
			delete(slots, name)
			err = g.RemoveMember(slot)
		case choice == 1:
			err = g.SetMember(slot, d, float64(1+rand.IntN(3)))
		default:
			d.ReportHealth(choice == 2, "test")
		}
		if err != nil {
			s.t.Error(err)
		}
	}
}

func TestPicksAllocateNothing(t *testing.T) {
	leaves := []string{"a", "b", "c", "d"}
	eachType(t, leaves, func(t *testing.T, s *stage, _ director.Group) {
		for _, name := range leaves {
			s.member("pool", name, 1)
		}
		s.health("b", director.AdminSick)
		r := request(t, "http://example.com/a/rather/long/path?q="+strings.Repeat("x", 600))
		task := &director.Task{Request: r}
		allocated := testing.AllocsPerRun(100, func() {
			h, err := s.byID["pool"].Resolve(task)
			if err != nil {
				t.Fatal(err)
			}
			h.Drop()
		})
		if allocated != 0 {
			t.Errorf("got %g allocations for a pick, want 0", allocated)
		}
	})
}

func TestBatchShowsItsMembersAtItsEnd(t *testing.T) {
	s := newStage(t, "a", "b")
	rr := NewRoundRobin()
	s.add("pool", rr)
	err := rr.Batch(func() error {
		for _, name := range []string{"a", "b"} {
			if _, err := rr.AddMember(s.byID[name], 1); err != nil {
				return err
			}
		}
		if h := rr.Resolve(&director.Task{}); !h.IsZero() {
			t.Error("a member was picked before the end")
			h.Drop()
		}
		return nil
	})
	if got := []string{s.pick("pool", nil), s.pick("pool", nil)}; err != nil || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("after the end: got %v, %v, want a and b", got, err)
	}
}
