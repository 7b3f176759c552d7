package tree

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/callboard/callboard/director/event"
)

func TestTrieIsAnOrderedMap(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var got trie[int]
		want := map[uint64]int{}
		for i := range 500 {
			key := r.Uint64N(1 << r.UintN(40))
			if r.IntN(3) == 0 {
				got = got.remove(key)
				delete(want, key)
			} else {
				got = got.set(key, i)
				want[key] = i
			}
		}
		if got.len() != len(want) {
			t.Fatalf("seed %d: got %d entries, want %d", seed, got.len(), len(want))
		}
		low := r.Uint64N(1 << 20)
		keys := slices.Sorted(maps.Keys(want))
		keys = slices.DeleteFunc(keys, func(k uint64) bool { return k < low })
		var seen []uint64
		for k, v := range got.from(low) {
			if want[k] != v {
				t.Errorf("seed %d: key %d: got %d, want %d", seed, k, v, want[k])
			}
			seen = append(seen, k)
		}
		if !slices.Equal(seen, keys) {
			t.Errorf("seed %d: keys from %d: got %v, want %v", seed, low, seen, keys)
		}
		for k, v := range want {
			if g, ok := got.get(k); !ok || g != v {
				t.Errorf("seed %d: get %d: got %d, %t, want %d", seed, k, g, ok, v)
			}
		}
	}
}

func TestTrieLeavesItsFormerSelfAlone(t *testing.T) {
	var old trie[int]
	for i := range uint64(1000) {
		old = old.set(i, int(i))
	}
	changed := old.set(500, -1).remove(501).set(1<<50, 7)
	if v, _ := old.get(500); v != 500 {
		t.Errorf("old value: got %d, want 500", v)
	}
	if _, ok := old.get(501); !ok || old.len() != 1000 || changed.len() != 1000 {
		t.Errorf("sizes: old %d, changed %d, want 1000 and 1000", old.len(), changed.len())
	}
	if _, ok := old.get(1 << 50); ok {
		t.Error("a key beyond the old trie was found in it")
	}
}

func added(seq, id uint64, name string) event.Event {
	return event.Event{
		Seq: seq, Kind: event.DirectorAdded, VCL: "boot", Director: name, ID: id,
		Added: &event.Added{Type: "leaf", Leaf: true}, Health: &event.Health{Healthy: true, Admin: "auto"},
	}
}

func TestLookupPrefersTheLiveOneOfAName(t *testing.T) {
	s := New("main", "e").Apply(added(1, 1, "a")).Apply(added(2, 2, "a"))
	release := event.Event{Seq: 3, Kind: event.DirectorReleased, VCL: "boot", Director: "a", ID: 2, Life: &event.Life{Refcount: 1}}
	for _, c := range []struct {
		what string
		s    *Snapshot
		want uint64
	}{
		{"two live: the newer", s, 2},
		{"the newer lingers: the older", s.Apply(release), 1},
		{"the older is destroyed: the one that lingers", s.Apply(release).Apply(event.Event{Seq: 4, Kind: event.DirectorDestroyed, ID: 1}), 2},
	} {
		if d, ok := c.s.Lookup("boot", "a"); !ok || d.ID != c.want {
			t.Errorf("%s: got %+v, want id %d", c.what, d, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	s := New("main", "e").
		Apply(event.Event{Seq: 1, Kind: event.VCLAdded, VCL: "boot", Temperature: &event.Temperature{Temperature: "warm"}}).
		Apply(event.Event{Seq: 2, Kind: event.VCLActive, VCL: "boot"}).
		Apply(added(3, 7, "a")).Apply(added(4, 8, "x.y"))
	for name, want := range map[string]uint64{"a": 7, "boot.a": 7, "@7": 7, "x.y": 8, "boot.x.y": 8, "b": 0, "@9": 0, "@x": 0, "": 0} {
		d, ok := s.Find(name)
		if ok != (want != 0) || ok && d.ID != want {
			t.Errorf("Find(%q): got %v, %t, want id %d", name, d, ok, want)
		}
	}
}

func TestEventsThatCannotBePlacedChangeNothing(t *testing.T) {
	s := New("main", "e").Apply(added(1, 1, "a"))
	for i, kind := range event.Kinds() {
		e := event.Event{Seq: uint64(i + 2), Kind: kind, VCL: "nowhere", Director: "x", ID: 99}
		if kind == event.VCLAdded || kind == event.VCLActive {
			continue
		}
		next := s.Apply(e)
		if next.Len() != 1 || len(next.VCLs()) != 0 || next.Seq != e.Seq {
			t.Errorf("%s of something unknown: %d directors, %d VCLs, seq %d", kind, next.Len(), len(next.VCLs()), next.Seq)
		}
	}
}

func BenchmarkApplyFlip(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprintf("directors=%d", n), func(b *testing.B) {
			s := New("main", "e")
			for i := range uint64(n) {
				s = s.Apply(added(i+1, i+1, fmt.Sprint("d", i)))
			}
			b.ReportAllocs()
			flip := event.Event{Kind: event.DirectorHealth, ID: uint64(n / 2), Health: &event.Health{Admin: "auto"}}
			for b.Loop() {
				flip.Health.Healthy = !flip.Health.Healthy
				s.Apply(flip)
			}
		})
	}
}

// BenchmarkChanges compares two snapshots of 100,000 directors, one flip apart.
func BenchmarkChanges(b *testing.B) {
	s := New("main", "e")
	for i := range uint64(100_000) {
		s = s.Apply(added(i+1, i+1, fmt.Sprint("d", i)))
	}
	next := s.Apply(event.Event{Kind: event.DirectorHealth, ID: 500, Health: &event.Health{Admin: "auto"}})
	for b.Loop() {
		if got := slices.Collect(next.Changes(s)); !slices.Equal(got, []uint64{500}) {
			b.Fatalf("got %v, want 500", got)
		}
	}
}

func TestWhyCountsMembersAsTheyAre(t *testing.T) {
	member := func(seq, to uint64, slot int) event.Event {
		return event.Event{Seq: seq, Kind: event.RefAssigned, VCL: "boot", ID: 3, Assigned: &event.Assigned{
			Holder: event.Holder{Kind: event.HolderMember, ID: 3, Slot: slot, Ref: seq}, ToID: to, RefcountTo: 2,
		}}
	}
	pool := added(3, 3, "pool")
	pool.Health = &event.Health{Admin: "auto", Reason: "members: 0 of 0 healthy"}
	s := New("main", "e").Apply(added(1, 1, "a")).Apply(added(2, 2, "b")).Apply(pool).Apply(member(4, 1, 1)).Apply(member(5, 2, 2))
	d, _ := s.Director(3)
	if got, want := d.Why(), "members: 2 of 2 healthy"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
