package director_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// A leaf is the plainest director: it has a type and nothing else.
type leaf struct{}

func (leaf) Type() string { return "leaf" }

func newVCL(t *testing.T) *director.VCL {
	t.Helper()
	rt := director.New(director.Options{Epoch: "test"})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return v
}

func add(t *testing.T, v *director.VCL, name string, impl director.Implementation) *director.Director {
	t.Helper()
	d, err := v.Add(name, impl)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pool adds a round-robin director of the given members.
func pool(t *testing.T, v *director.VCL, name string, members ...*director.Director) *director.Director {
	t.Helper()
	d := add(t, v, name, lb.NewRoundRobin())
	for _, m := range members {
		addMember(t, d, m)
	}
	return d
}

func addMember(t *testing.T, d, member *director.Director) int {
	t.Helper()
	g, err := d.Group()
	if err != nil {
		t.Fatal(err)
	}
	slot, err := g.AddMember(member, 0)
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

// life returns the life-cycle events of a director in their order.
func life(t *testing.T, rt *director.Runtime, id uint64) []string {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, e := range events {
		if e.ID != id || e.Kind == event.RefAssigned {
			continue
		}
		step := string(e.Kind)
		if e.Kind == event.DirectorEvent {
			step = e.Life.Event
		}
		steps = append(steps, step)
	}
	return steps
}

func TestDeleteOfWhatNobodyHoldsRunsToTheEnd(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	a := add(t, v, "a", leaf{})
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	got := life(t, rt, a.ID())
	want := []string{"director.added", "WARM", "director.deleted", "director.released", "COLD", "director.destroyed"}
	if !slices.Equal(got, want) {
		t.Errorf("life of a: got %v, want %v", got, want)
	}
	if err := a.Delete(); !errors.Is(err, director.ErrDeleted) {
		t.Errorf("second delete: got %v, want ErrDeleted", err)
	}
}

func TestDeletedDirectorLingersUntilTheLastReferenceGoes(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	p := pool(t, v, "p", a)
	pin, err := a.Pin("demo")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	known, ok := v.Runtime().Tree().Director(a.ID())
	if !ok || known.Phase != tree.Lingering || known.Refcount() != 2 {
		t.Fatalf("a after delete: got %+v, want lingering with 2 references", known)
	}
	if leaf, err := p.Resolve(&director.Task{}); err != nil {
		t.Errorf("resolve to a lingering director: got %v, want it callable", err)
	} else {
		leaf.Drop()
	}
	if err := p.Delete(); err != nil {
		t.Fatal(err)
	}
	if err := v.Runtime().Unpin(pin); err != nil {
		t.Fatal(err)
	}
	if _, ok := v.Runtime().Tree().Director(a.ID()); ok {
		t.Error("a is still there after its last reference went")
	}
	got := life(t, v.Runtime(), a.ID())
	want := []string{"director.added", "WARM", "director.deleted", "director.released", "COLD", "director.destroyed"}
	if !slices.Equal(got, want) {
		t.Errorf("life of a: got %v, want %v", got, want)
	}
}

// LIFE-13: release, then the ends of what it let go of, then one's own.
func TestMembersEndBeforeTheDirectorThatHeldThem(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	a := add(t, v, "a", leaf{})
	p := pool(t, v, "p", a)
	for _, d := range []*director.Director{a, p} {
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
	}
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		switch e.Kind {
		case event.DirectorDeleted, event.DirectorReleased, event.DirectorDestroyed:
			got = append(got, strings.TrimPrefix(string(e.Kind), "director.")+" "+e.Director)
		}
	}
	want := []string{"deleted a", "released a", "deleted p", "destroyed a", "released p", "destroyed p"}
	if !slices.Equal(got, want) {
		t.Errorf("order of the ends: got %v, want %v", got, want)
	}
}

func TestAssignTakesTheNewBeforeItDropsTheOld(t *testing.T) {
	v := newVCL(t)
	a, b := add(t, v, "a", leaf{}), add(t, v, "b", leaf{})
	p := pool(t, v, "p")
	slot := addMember(t, p, a)
	g, _ := p.Group()
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	before := v.Runtime().Log().Last()
	if err := g.SetMember(slot, a, 0); err != nil {
		t.Errorf("assign what is there: %v", err)
	}
	if got := v.Runtime().Log().Last(); got != before {
		t.Errorf("REF-1: assigning what is there made %d events, want none", got-before)
	}
	if err := g.SetMember(slot, b, 0); err != nil {
		t.Fatal(err)
	}
	events, _ := v.Runtime().Log().After(before, 1)
	got := events[0].Assigned
	if got.From != "a" || got.To != "b" || got.RefcountFrom != 0 || got.RefcountTo != 2 {
		t.Errorf("assignment: got %+v, want a (0) to b (2)", got)
	}
	if err := g.SetMember(slot, a, 0); !errors.Is(err, director.ErrDestroyed) {
		t.Errorf("assign a destroyed director: got %v, want ErrDestroyed", err)
	}
}

func TestAssignmentThatClosesALoopIsRefusedWithItsPath(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	inner := pool(t, v, "inner", a)
	middle := pool(t, v, "middle", inner)
	outer := pool(t, v, "outer", middle)
	g, _ := inner.Group()
	_, err := g.AddMember(outer, 0)
	var loop *director.LoopError
	if !errors.As(err, &loop) {
		t.Fatalf("got %v, want a LoopError", err)
	}
	want := []string{"inner", "outer", "middle", "inner"}
	if !slices.Equal(loop.Path, want) {
		t.Errorf("path: got %v, want %v", loop.Path, want)
	}
	if _, err := g.AddMember(inner, 0); !errors.As(err, &loop) {
		t.Errorf("a director as its own member: got %v, want a LoopError", err)
	}
	known, _ := v.Runtime().Tree().Director(inner.ID())
	if got := known.TotalMembers(); got != 1 {
		t.Errorf("members after the refusals: got %d, want 1", got)
	}
}

func TestDeletedDirectorGainsNothing(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	p := pool(t, v, "p", a)
	if _, err := p.Pin("keep"); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(); err != nil {
		t.Fatal(err)
	}
	g, _ := p.Group()
	if _, err := g.AddMember(a, 0); !errors.Is(err, director.ErrReleased) {
		t.Errorf("add to a deleted director: got %v, want ErrReleased", err)
	}
	known, _ := v.Runtime().Tree().Director(p.ID())
	if got := known.TotalMembers(); got != 0 {
		t.Errorf("members after release: got %d, want 0", got)
	}
}

// A hoarder forgets to let go.
type hoarder struct{ slot *director.Ref }

func (*hoarder) Type() string                   { return "hoarder" }
func (h *hoarder) Bind(self *director.Director) { h.slot = self.NewRef() }
func (h *hoarder) Resolve(*director.Task) director.Hold {
	return h.slot.Hold()
}

func TestReleaseThatLeavesSomethingBehindIsReported(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	a := add(t, v, "a", leaf{})
	h := &hoarder{}
	d := add(t, v, "h", h)
	if err := h.slot.Assign(a); err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
	events, _ := rt.Log().After(0, 0)
	i := slices.IndexFunc(events, func(e event.Event) bool { return e.Kind == event.DirectorLeaked })
	if i < 0 || !slices.Equal(events[i].Life.Left, []string{"a"}) {
		t.Fatalf("got no director.leaked that names a in %v", life(t, rt, d.ID()))
	}
	if known, _ := rt.Tree().Director(a.ID()); known.Refcount() != 1 {
		t.Errorf("references of a after its leaky holder is gone: got %d, want 1", known.Refcount())
	}
}

// A grenade panics wherever it can.
type grenade struct{}

func (grenade) Type() string                         { return "grenade" }
func (grenade) Resolve(*director.Task) director.Hold { panic("resolve") }
func (grenade) Event(director.Event)                 { panic("event") }
func (grenade) Release()                             { panic("release") }
func (grenade) Destroy()                             { panic("destroy") }

func TestPanicsOfATypeAreContainedAndReported(t *testing.T) {
	v := newVCL(t)
	d := add(t, v, "g", grenade{})
	var none *director.NoBackendError
	if _, err := d.Resolve(&director.Task{}); !errors.As(err, &none) {
		t.Errorf("resolve: got %v, want a NoBackendError", err)
	}
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
	events, _ := v.Runtime().Log().After(0, 0)
	var got []string
	for _, e := range events {
		if e.Kind == event.DirectorError {
			got = append(got, e.Life.Callback)
		}
	}
	want := []string{"event", "resolve", "release", "event", "destroy"}
	if !slices.Equal(got, want) {
		t.Errorf("reported callbacks: got %v, want %v", got, want)
	}
}

// A maze is a type that hides that it leads to itself.
type maze struct{ self *director.Director }

func (*maze) Type() string                           { return "maze" }
func (m *maze) Bind(self *director.Director)         { m.self = self }
func (m *maze) Resolve(*director.Task) director.Hold { return m.self.Hold() }

func TestResolveEndsAlsoInAHiddenLoop(t *testing.T) {
	v := newVCL(t)
	d := add(t, v, "m", &maze{})
	if _, err := d.Resolve(&director.Task{}); err == nil || !strings.Contains(err.Error(), "levels") {
		t.Errorf("got %v, want an error about levels", err)
	}
	if known, _ := v.Runtime().Sample().Director(d.ID()); known.Refcount() != 1 {
		t.Errorf("references after the walk: got %d, want 1", known.Refcount())
	}
}

func TestWhatIsDestroyedCannotBeHeld(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	if h := a.Hold(); !h.IsZero() {
		t.Error("a destroyed director could be held")
	}
	if _, err := a.Pin("late"); !errors.Is(err, director.ErrDestroyed) {
		t.Errorf("pin: got %v, want ErrDestroyed", err)
	}
}

func TestDroppingTwiceIsReported(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	if _, err := a.Pin("keep"); err != nil {
		t.Fatal(err)
	}
	h := a.Hold()
	h.Drop()
	h.Drop()
	v.Runtime().Sample()
	if got := life(t, v.Runtime(), a.ID()); !slices.Contains(got, "director.error") {
		t.Errorf("life of a: got %v, want a director.error", got)
	}
	a.Hold() // give back what the second drop stole
}
