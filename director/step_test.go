package director_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// A cue counts what its type is told about its end.
type cue struct {
	*lb.RoundRobin
	released, destroyed int
}

func (c *cue) Release() {
	c.released++
	c.RoundRobin.Release()
}

func (c *cue) Destroy() { c.destroyed++ }

// newStage returns a warm VCL in step mode. At the end of the test nothing may be
// left of it.
func newStage(t *testing.T) *director.VCL {
	t.Helper()
	rt := director.New(director.Options{Epoch: "test"})
	t.Cleanup(func() { directortest.Check(t, rt) })
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	step(t, rt, true)
	return v
}

func step(t *testing.T, rt *director.Runtime, on bool) {
	t.Helper()
	if err := rt.SetStepping(on); err != nil {
		t.Fatal(err)
	}
	if got := rt.Tree().Stepping; got != on {
		t.Fatalf("stepping: got %t, want %t", got, on)
	}
}

// heldSteps says what is held, oldest first: "a before release".
func heldSteps(rt *director.Runtime) []string {
	var held []string
	for h := range rt.Tree().Held() {
		held = append(held, h.Name+" before "+string(h.Before))
	}
	return held
}

func wantHeld(t *testing.T, rt *director.Runtime, want ...string) {
	t.Helper()
	if got := heldSteps(rt); !slices.Equal(got, want) {
		t.Fatalf("held: got %q, want %q", got, want)
	}
	if got := rt.Tree().HeldLen(); got != len(want) {
		t.Fatalf("number of held steps: got %d, want %d", got, len(want))
	}
}

// next takes the step that has been held longest.
func next(t *testing.T, rt *director.Runtime, want string) {
	t.Helper()
	held, err := rt.Next()
	if err != nil {
		t.Fatal(err)
	}
	if got := held.Name + " before " + string(held.Before); got != want {
		t.Fatalf("next step: got %q, want %q", got, want)
	}
}

func deleteIt(t *testing.T, d *director.Director) {
	t.Helper()
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
}

// state is what the tree says of a director: phase, and how it is held.
func state(t *testing.T, d *director.Director) (tree.Phase, tree.HolderCounts) {
	t.Helper()
	known, ok := d.VCL().Runtime().Sample().Director(d.ID())
	if !ok {
		return tree.Destroyed, tree.HolderCounts{}
	}
	c := known.CountHolders()
	if sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks; sum != known.Refcount() {
		t.Fatalf("%s: refcount %d, holders %+v: want the same number", d.Name(), known.Refcount(), c)
	}
	return known.Phase, c
}

func wantState(t *testing.T, d *director.Director, phase tree.Phase, holders tree.HolderCounts) {
	t.Helper()
	if p, h := state(t, d); p != phase || h != holders {
		t.Errorf("%s: got %s, %+v, want %s, %+v", d.Name(), p, h, phase, holders)
	}
}

func TestStepModeHoldsTheEndThreeTimes(t *testing.T) {
	v := newStage(t)
	rt := v.Runtime()
	a, w := add(t, v, "a", leaf{}), &cue{RoundRobin: lb.NewRoundRobin()}
	p := add(t, v, "p", w)
	addMember(t, p, a)
	deleteIt(t, p)

	wantHeld(t, rt, "p before release")
	wantState(t, p, tree.Live, tree.HolderCounts{Owner: 1})
	if leaf, err := p.Resolve(&director.Task{}); err != nil || leaf.Director() != a {
		t.Errorf("resolve before release: got %v, %v, want a: it still has its members", leaf, err)
	} else {
		leaf.Drop()
	}
	if err := p.Delete(); !errors.Is(err, director.ErrDeleted) {
		t.Errorf("second delete: got %v, want ErrDeleted", err)
	}

	next(t, rt, "p before release")
	wantHeld(t, rt, "p before last-drop")
	wantState(t, p, tree.Live, tree.HolderCounts{Owner: 1})
	wantState(t, a, tree.Live, tree.HolderCounts{Owner: 1})
	if held, _ := rt.Tree().HeldStep(p.ID()); held.Last.Kind != event.HolderOwner || held.Last.Name != "boot" {
		t.Errorf("last reference: got %+v, want that of the owner", held.Last)
	}

	next(t, rt, "p before last-drop")
	wantHeld(t, rt, "p before destroy")
	wantState(t, p, tree.Lingering, tree.HolderCounts{})
	if w.released != 1 || w.destroyed != 0 {
		t.Errorf("before destroy: released %d times, destroyed %d times, want 1 and 0", w.released, w.destroyed)
	}

	next(t, rt, "p before destroy")
	wantHeld(t, rt)
	wantState(t, p, tree.Destroyed, tree.HolderCounts{})
	want := []string{
		"director.added", "WARM", "director.health", "director.deleted",
		"step.held", "step.taken", "director.health", "step.held", "step.taken",
		"director.released", "COLD", "step.held", "step.taken", "director.destroyed",
	}
	if got := life(t, rt, p.ID()); !slices.Equal(got, want) || w.destroyed != 1 {
		t.Errorf("life of p: got %v and destroyed %d times, want %v and once", got, w.destroyed, want)
	}
}

func TestARequestThatDropsTheLastReferenceIsNotHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := director.New(director.Options{})
		v, err := rt.AddVCL("boot")
		if err != nil {
			t.Fatal(err)
		}
		a := add(t, v, "a", directortest.NewBackend("a"))
		req, _ := http.NewRequest(http.MethodGet, "http://site.example/", nil)
		resp, err := (&director.Transport{Runtime: rt, Director: a}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		step(t, rt, true)
		deleteIt(t, a)
		next(t, rt, "a before release")
		wantHeld(t, rt)                                              // the owner's reference was not the last one
		wantState(t, a, tree.Lingering, tree.HolderCounts{Tasks: 2}) // as hint and as leaf

		start := time.Now()
		_, _ = io.ReadAll(resp.Body)
		resp.Body.Close() // would be a deadlock here if it waited for a step
		if waited := time.Since(start); waited != 0 {
			t.Errorf("the request waited for %s, want no wait", waited)
		}
		wantHeld(t, rt, "a before last-drop")
		wantState(t, a, tree.Lingering, tree.HolderCounts{Pins: 1})
		if held, _ := rt.Tree().HeldStep(a.ID()); held.Last.Kind != event.HolderTask {
			t.Errorf("last reference: got %+v, want that of a request", held.Last)
		}
		if again, err := a.Resolve(&director.Task{}); err != nil {
			t.Errorf("resolve while it is held: %v, want it callable", err)
		} else {
			again.Drop()
		}
		wantHeld(t, rt, "a before last-drop")
		next(t, rt, "a before last-drop")
		next(t, rt, "a before destroy")
		wantState(t, a, tree.Destroyed, tree.HolderCounts{})
		directortest.Check(t, rt)
	})
}

func TestTheLastReferenceIsKeptWhoeverLetsGo(t *testing.T) {
	for kind, grab := range map[event.HolderKind]func(*testing.T, *director.VCL, *director.Director) (drop func() error){
		event.HolderPin: func(t *testing.T, v *director.VCL, d *director.Director) func() error {
			id, err := d.Pin("by hand")
			if err != nil {
				t.Fatal(err)
			}
			return func() error { return v.Runtime().Unpin(id) }
		},
		event.HolderMember: func(t *testing.T, v *director.VCL, d *director.Director) func() error {
			group := lb.NewRoundRobin()
			slot := addMember(t, add(t, v, "p", group), d)
			return func() error { return group.RemoveMember(slot) }
		},
		event.HolderDefault: func(t *testing.T, v *director.VCL, d *director.Director) func() error {
			if err := v.SetDefault(d); err != nil {
				t.Fatal(err)
			}
			return func() error { return v.SetDefault(add(t, v, "other", leaf{})) }
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			v := newStage(t)
			rt := v.Runtime()
			a := add(t, v, "a", leaf{})
			drop := grab(t, v, a)
			deleteIt(t, a)
			next(t, rt, "a before release")
			wantHeld(t, rt)
			before := rt.Log().Last()
			if err := drop(); err != nil {
				t.Fatal(err)
			}
			wantHeld(t, rt, "a before last-drop")
			wantState(t, a, tree.Lingering, tree.HolderCounts{Pins: 1})
			held, _ := rt.Tree().HeldStep(a.ID())
			if held.Last.Kind != kind || held.Last.Name == "" {
				t.Errorf("last reference: got %+v, want one of kind %s", held.Last, kind)
			}
			wantNoTasks(t, rt, before, a)
			next(t, rt, "a before last-drop")
			wantHeld(t, rt, "a before destroy")
			wantState(t, a, tree.Lingering, tree.HolderCounts{})
		})
	}
}

// wantNoTasks folds the log and fails if at any sequence number after one the
// director seems to be held by a request.
func wantNoTasks(t *testing.T, rt *director.Runtime, after uint64, d *director.Director) {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	folded := tree.New(rt.Name(), rt.Epoch())
	for _, e := range events {
		folded = folded.Apply(e)
		if known, ok := folded.Director(d.ID()); ok && e.Seq > after && known.Tasks != 0 {
			t.Errorf("event %d, %s: %d requests hold %s, want none", e.Seq, e.Kind, known.Tasks, d.Name())
		}
	}
}

func TestAReferenceTakenWhileHeldIsTheLastThen(t *testing.T) {
	v := newStage(t)
	rt := v.Runtime()
	a := add(t, v, "a", leaf{})
	deleteIt(t, a)
	next(t, rt, "a before release")
	pin, err := a.Pin("wait")
	if err != nil {
		t.Fatal(err)
	}
	next(t, rt, "a before last-drop")
	wantHeld(t, rt)
	wantState(t, a, tree.Lingering, tree.HolderCounts{Pins: 1})
	if err := rt.Unpin(pin); err != nil {
		t.Fatal(err)
	}
	wantHeld(t, rt, "a before last-drop")

	var kept uint64
	known, _ := rt.Tree().Director(a.ID())
	for h := range known.Slots() {
		kept = h.ID
	}
	if err := rt.Unpin(kept); err != nil {
		t.Errorf("unpin of what step mode keeps: %v, want it to be the next step", err)
	}
	wantHeld(t, rt, "a before destroy")
	if _, err := a.Pin("too late"); !errors.Is(err, director.ErrDestroyed) {
		t.Errorf("pin before destroy: got %v, want ErrDestroyed: the last reference has gone", err)
	}
}

func TestReleasedNamesOnlyWhatReleaseLetGoOf(t *testing.T) {
	v := newStage(t)
	rt := v.Runtime()
	group := lb.NewRoundRobin()
	p := add(t, v, "p", group)
	byHand := addMember(t, p, add(t, v, "a", leaf{}))
	addMember(t, p, add(t, v, "b", leaf{}))
	deleteIt(t, p)
	if err := group.RemoveMember(byHand); err != nil {
		t.Fatal(err)
	}
	next(t, rt, "p before release")
	next(t, rt, "p before last-drop")
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(events, func(e event.Event) bool { return e.Kind == event.DirectorReleased })
	if i < 0 || !slices.Equal(events[i].Life.Released, []string{"b"}) {
		t.Errorf("released: got %+v, want b", events[i].Life)
	}
}

func TestNextOfOneDirector(t *testing.T) {
	v := newStage(t)
	rt := v.Runtime()
	a, b := add(t, v, "a", leaf{}), add(t, v, "b", leaf{})
	if _, err := rt.Next(); !errors.Is(err, director.ErrNotHeld) {
		t.Errorf("next while nothing is held: got %v, want ErrNotHeld", err)
	}
	deleteIt(t, a)
	if _, err := b.Next(); !errors.Is(err, director.ErrNotHeld) {
		t.Errorf("next of one that is not held: got %v, want ErrNotHeld", err)
	}
	deleteIt(t, b)
	if held, err := b.Next(); err != nil || held.ID != b.ID() || held.Before != event.BeforeRelease {
		t.Errorf("next of b: got %+v, %v, want it before release", held, err)
	}
	wantHeld(t, rt, "a before release", "b before last-drop")
}

func TestDisownIsHeldBeforeTheLastDrop(t *testing.T) {
	v := newStage(t)
	a := add(t, v, "a", leaf{})
	if err := a.Disown(); err != nil {
		t.Fatal(err)
	}
	wantHeld(t, v.Runtime(), "a before last-drop")
}
