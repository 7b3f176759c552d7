package view_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func TestPreviewAssign(t *testing.T) {
	lingering := viewtest.Demo()
	lingering.Delete(lingering.ID("b1"))
	deleted := viewtest.Demo()
	deleted.Delete(deleted.ID("pool_a"))
	for _, test := range []struct {
		name, director string
		slot           int
		target, want   string
		st             *viewtest.Stage
	}{
		{"a slot moves a reference from one to the other", "pool_a", 2, "c1",
			`{"director":"pool_a","slot":2,"from":{"director":"a2","id":2,"refcount_from":3,"refcount_to":2,"destroyed":false},` +
				`"to":{"director":"c1","id":6,"refcount_from":2,"refcount_to":3,"destroyed":false},"destroys":[],"loop":[],"loop_ids":[],"refused":""}`,
			viewtest.Demo()},
		{"a new slot only takes", "pool_a", 0, "c1",
			`{"director":"pool_a","slot":0,"from":null,"to":{"director":"c1","id":6,"refcount_from":2,"refcount_to":3,"destroyed":false},` +
				`"destroys":[],"loop":[],"loop_ids":[],"refused":""}`, viewtest.Demo()},
		{"nothing changes where it points at it already", "pool_a", 2, "a2",
			`{"director":"pool_a","slot":2,"from":{"director":"a2","id":2,"refcount_from":3,"refcount_to":3,"destroyed":false},` +
				`"to":{"director":"a2","id":2,"refcount_from":3,"refcount_to":3,"destroyed":false},"destroys":[],"loop":[],"loop_ids":[],"refused":""}`,
			viewtest.Demo()},
		{"the last reference of a lingering one destroys it", "pool_b", 1, "c1",
			`{"director":"pool_b","slot":1,"from":{"director":"b1","id":4,"refcount_from":1,"refcount_to":0,"destroyed":true},` +
				`"to":{"director":"c1","id":6,"refcount_from":2,"refcount_to":3,"destroyed":false},"destroys":["b1"],"loop":[],"loop_ids":[],"refused":""}`,
			lingering},
		{"letting go takes nothing", "pool_b", 1, "",
			`{"director":"pool_b","slot":1,"from":{"director":"b1","id":4,"refcount_from":1,"refcount_to":0,"destroyed":true},` +
				`"to":null,"destroys":["b1"],"loop":[],"loop_ids":[],"refused":""}`, lingering},
		{"a loop is told with its way", "pool_a", 1, "site",
			`{"director":"pool_a","slot":1,"from":{"director":"a1","id":1,"refcount_from":3,"refcount_to":2,"destroyed":false},` +
				`"to":{"director":"site","id":10,"refcount_from":2,"refcount_to":3,"destroyed":false},"destroys":[],` +
				`"loop":["pool_a","site","pool_a"],"loop_ids":[7,10,7],"refused":"This would close a loop."}`, viewtest.Demo()},
		{"the shortest loop is its own member", "site", 0, "site",
			`{"director":"site","slot":0,"from":null,"to":{"director":"site","id":10,"refcount_from":2,"refcount_to":3,"destroyed":false},` +
				`"destroys":[],"loop":["site","site"],"loop_ids":[10,10],"refused":"This would close a loop."}`, viewtest.Demo()},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := view.PreviewAssign(test.st.Snapshot, test.st.ID(test.director), test.slot, test.st.ID(test.target))
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := json.Marshal(p); string(got) != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPreviewAssignSaysWhyItIsRefused(t *testing.T) {
	deleted := viewtest.Demo()
	deleted.Delete(deleted.ID("pool_a"))
	for _, test := range []struct {
		director, target, want string
		st                     *viewtest.Stage
	}{
		{"a1", "c1", "A director of type backend has no members to change.", viewtest.Demo()},
		{"pool_a", "c1", "pool_a was deleted and may gain no reference.", deleted},
		{"cache", "a1", "a1 is a member of cache already, and a shard has each only once.", viewtest.Demo()},
	} {
		p, err := view.PreviewAssign(test.st.Snapshot, test.st.ID(test.director), 0, test.st.ID(test.target))
		if err != nil || p.Refused != test.want {
			t.Errorf("%s to %s: got %q, %v, want %q", test.target, test.director, p.Refused, err, test.want)
		}
	}
	st := viewtest.Demo()
	if _, err := view.PreviewAssign(st.Snapshot, st.ID("pool_a"), 4, st.ID("c1")); !errors.Is(err, view.ErrNoSlot) {
		t.Errorf("slot 4 of pool_a: got %v, want %v", err, view.ErrNoSlot)
	}
	for _, pair := range [][2]uint64{{99, 1}, {7, 99}} {
		if _, err := view.PreviewAssign(st.Snapshot, pair[0], 0, pair[1]); err == nil {
			t.Errorf("there is a preview for %v, of which one is not there", pair)
		}
	}
}

// What the preview promises is what assigning does.
func TestAssignPreviewComesTrue(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 5))
		st := viewtest.New("demo")
		for range 60 {
			st.Step(rng)
		}
		for d := range st.Snapshot.Directors() {
			all := slices.Collect(st.Snapshot.Directors())
			target := all[rng.IntN(len(all))]
			slot := 0
			for m := range d.Members() {
				slot = m.Slot
			}
			p, err := view.PreviewAssign(st.Snapshot, d.ID, slot, target.ID)
			if err != nil {
				t.Fatal(err)
			}
			if slot == 0 || p.Refused != "" {
				continue
			}
			before := st.Snapshot.Len()
			st.Assign(d.ID, slot, target.ID)
			if gone := before - st.Snapshot.Len(); gone != len(p.Destroys) {
				t.Fatalf("seed %d: slot %d of %s at %s destroyed %d, the preview said %q", seed, slot, d.Name, target.Name, gone, p.Destroys)
			}
			for _, effect := range []*view.AssignEffect{p.From, p.To} {
				checkEffect(t, st.Snapshot, effect)
			}
			break
		}
	}
}

func checkEffect(t *testing.T, s *tree.Snapshot, effect *view.AssignEffect) {
	t.Helper()
	d, ok := s.Director(effect.ID)
	switch {
	case ok == effect.Destroyed:
		t.Fatalf("%s is destroyed: %v, the preview said %v", effect.Director, !ok, effect.Destroyed)
	case ok && d.Refcount() != effect.RefcountTo:
		t.Fatalf("%s: got %d references, the preview said %d", effect.Director, d.Refcount(), effect.RefcountTo)
	}
}
