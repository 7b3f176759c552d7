package director_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
)

// What goes through each slot is told for each: a is held by two pools, and only
// one of them sends anything.
func TestFlowIsToldForEachSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVCL(t)
		rt := v.Runtime()
		a, b := add(t, v, "a", leaf{}), add(t, v, "b", leaf{})
		busy := pool(t, v, "busy", a, b)
		idle := pool(t, v, "idle", a)
		for range 4 {
			hold, err := busy.Resolve(&director.Task{})
			if err != nil {
				t.Fatal(err)
			}
			hold.Drop()
		}
		if got := share(t, rt.Sample(), busy, a); got != 0.5 {
			t.Errorf("share of a: got %g, want 0.5", got)
		}
		if !flows(t, rt.Tree(), busy, a) || flows(t, rt.Tree(), idle, a) {
			t.Errorf("busy sends, idle does not: got %t, %t", flows(t, rt.Tree(), busy, a), flows(t, rt.Tree(), idle, a))
		}

		time.Sleep(time.Second)
		if flows(t, rt.Sample(), busy, a) {
			t.Error("a second later: got that a carries something, want quiet")
		}
		if got := share(t, rt.Tree(), busy, a); got != 0.5 {
			t.Errorf("share of a, a second later: got %g, want 0.5 as before", got)
		}
		quiet := rt.Tree()
		if rt.Sample() != quiet {
			t.Error("nothing moved: got another tree, want the same")
		}
	})
}

// slotOf finds the slot of holder that holds d.
func slotOf(t *testing.T, s *tree.Snapshot, holder, d *director.Director) (owner, member *tree.Director, ref uint64) {
	t.Helper()
	owner, _ = s.Director(holder.ID())
	member, _ = s.Director(d.ID())
	for m := range owner.Members() {
		if m.ID == d.ID() {
			return owner, member, m.Ref
		}
	}
	t.Fatalf("%s does not hold %s", holder.Name(), d.Name())
	return nil, nil, 0
}

func share(t *testing.T, s *tree.Snapshot, holder, d *director.Director) float64 {
	owner, member, ref := slotOf(t, s, holder, d)
	return owner.ShareOf(member, ref)
}

func flows(t *testing.T, s *tree.Snapshot, holder, d *director.Director) bool {
	_, member, ref := slotOf(t, s, holder, d)
	c, _ := member.CarriedBy(ref)
	return c.Now
}
