package director_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
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
