package tree

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/callboard/callboard/director/event"
)

func ids(directors iter.Seq[*Director]) []uint64 {
	var all []uint64
	for d := range directors {
		all = append(all, d.ID)
	}
	return all
}

func where(s *Snapshot, holds func(*Director) bool) []uint64 {
	var all []uint64
	for d := range s.Directors() {
		if holds(d) {
			all = append(all, d.ID)
		}
	}
	return all
}

func isRoot(d *Director) bool {
	for h := range d.Slots() {
		if h.Kind == event.HolderMember {
			return false
		}
	}
	return true
}

func TestIndexIsWhatLookingAtEachDirectorGives(t *testing.T) {
	for seed := range uint64(12) {
		h := newHistory(seed)
		h.check = func() {
			checkIndex(t, h)
			if t.Failed() {
				t.Fatalf("seed %d, event %d", seed, h.seq)
			}
		}
		for range 200 {
			h.step()
		}
	}
}

func checkIndex(t *testing.T, h *history) {
	t.Helper()
	s := h.now
	sick := where(s, func(d *Director) bool { return !d.Healthy })
	lingering := where(s, func(d *Director) bool { return d.Phase == Lingering })
	roots := where(s, isRoot)
	from := h.Uint64N(h.lastID + 2)
	rootsFrom := slices.DeleteFunc(slices.Clone(roots), func(id uint64) bool { return id < from })
	for _, c := range []struct {
		what      string
		got, want []uint64
	}{
		{"sick", ids(s.SickDirectors()), sick},
		{"lingering", ids(s.LingeringDirectors()), lingering},
		{"roots", ids(s.Roots()), roots},
		{"roots from some number", ids(s.RootsFrom(from)), rootsFrom},
		{"numbers of sick, lingering, roots",
			[]uint64{uint64(s.Sick()), uint64(s.Lingering()), uint64(s.RootCount())},
			[]uint64{uint64(len(sick)), uint64(len(lingering)), uint64(len(roots))}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	var inFlight int64
	for d := range s.Directors() {
		if d.Leaf {
			inFlight += d.Tasks
		}
		checkMembers(t, h, d)
		checkHolders(t, h, d)
	}
	named := 0
	for _, ids := range s.names.all() {
		for range ids.down() {
			named++
		}
	}
	if named != s.Len() {
		t.Errorf("IDs that have a name: got %d, want %d", named, s.Len())
	}
	if got := s.InFlight(); got != inFlight {
		t.Errorf("in flight: got %d, want %d", got, inFlight)
	}
}

func checkMembers(t *testing.T, h *history, d *Director) {
	t.Helper()
	from, last := h.IntN(60), -1
	var all, sick, later []Member
	for m := range d.Members() {
		all = append(all, m)
		if target, ok := h.now.Director(m.ID); !ok || !target.Healthy {
			sick = append(sick, m)
		}
		if m.Slot >= from {
			later = append(later, m)
		}
		last = m.Slot
	}
	if got := slices.Collect(d.SickMembers()); !slices.Equal(got, sick) {
		t.Errorf("sick members of %d: got %v, want %v", d.ID, got, sick)
	}
	if got := slices.Collect(d.MembersFrom(from)); !slices.Equal(got, later) {
		t.Errorf("members of %d from slot %d: got %v, want %v", d.ID, from, got, later)
	}
	got := []int{d.TotalMembers(), d.HealthyMembers(), d.LastSlot()}
	if want := []int{len(all), len(all) - len(sick), last}; !slices.Equal(got, want) {
		t.Errorf("members of %d: total, healthy, last slot: got %v, want %v", d.ID, got, want)
	}
}

func checkHolders(t *testing.T, h *history, d *Director) {
	t.Helper()
	var want HolderCounts
	for holder := range d.Holders() {
		switch holder.Kind {
		case event.HolderOwner:
			want.Owner++
		case event.HolderMember:
			want.Members++
		case event.HolderDefault:
			want.Defaults++
		case event.HolderPin:
			want.Pins++
		case event.HolderTask:
			want.Tasks++
		}
	}
	got := d.CountHolders()
	if got != want {
		t.Errorf("holders of %d: got %+v, want %+v", d.ID, got, want)
	}
	sum := got.Owner + got.Members + got.Defaults + got.Pins + got.Tasks
	if k := h.kept[d.ID]; sum != d.Refcount() || k != nil && d.Refcount() != k.refcount() {
		t.Errorf("refcount of %d: got %d, holders %d, want %d", d.ID, d.Refcount(), sum, k.refcount())
	}
}

func TestChangesAreWhatComparingEachDirectorGives(t *testing.T) {
	for seed := range uint64(15) {
		h := newHistory(seed)
		for range 200 {
			h.step()
		}
		for range 100 {
			a, b := h.past[h.IntN(len(h.past))], h.past[h.IntN(len(h.past))]
			var want []uint64
			for _, id := range slices.Compact(slices.Sorted(slices.Values(append(ids(a.Directors()), ids(b.Directors())...)))) {
				before, _ := a.Director(id)
				after, _ := b.Director(id)
				if before != after {
					want = append(want, id)
				}
			}
			if got := slices.Collect(b.Changes(a)); !slices.Equal(got, want) {
				t.Fatalf("seed %d, from event %d to %d: got %v, want %v", seed, a.Seq, b.Seq, got, want)
			}
		}
		other := New("main", "another epoch")
		for what, old := range map[string]*Snapshot{"nothing": nil, "another epoch": other} {
			if got, want := slices.Collect(h.now.Changes(old)), ids(h.now.Directors()); !slices.Equal(got, want) {
				t.Errorf("seed %d, from %s: got %v, want %v", seed, what, got, want)
			}
		}
	}
}

// text says all that there is to say of a snapshot but the number of its samples.
func text(s *Snapshot) string {
	out := fmt.Sprintln(s.Seq, ids(s.SickDirectors()), ids(s.LingeringDirectors()), ids(s.Roots()), s.InFlight())
	for _, v := range s.VCLs() {
		out += fmt.Sprintln(*v)
	}
	for d := range s.Directors() {
		out += fmt.Sprintln(d.ID, d.Name, d.Phase, d.Healthy, d.Tasks, d.Steps, d.CountHolders(),
			slices.Collect(d.Members()), slices.Collect(d.SickMembers()), slices.Collect(d.Slots()))
		named, _ := s.Lookup(d.VCL, d.Name)
		out += fmt.Sprintln(named.ID)
	}
	return out
}

func TestSnapshotsStayAsTheyWere(t *testing.T) {
	for seed := range uint64(4) {
		h := newHistory(seed)
		var texts []string
		for len(h.past) < 200 {
			h.step()
			for len(texts) < len(h.past) {
				texts = append(texts, text(h.past[len(texts)]))
			}
		}
		for i, s := range h.past {
			if got := text(s); got != texts[i] {
				t.Fatalf("seed %d, event %d: got\n%s\nwant\n%s", seed, s.Seq, got, texts[i])
			}
		}
	}
}

func TestSnapshotAndWhatFollowedIsALaterSnapshot(t *testing.T) {
	for seed := range uint64(10) {
		h := newHistory(seed)
		for range 200 {
			h.step()
		}
		for range 20 {
			n := h.IntN(len(h.past))
			m := n + h.IntN(len(h.past)-n)
			s := h.past[n]
			for _, step := range h.steps[n:m] {
				s = step(s)
			}
			if got, want := text(s), text(h.past[m]); got != want {
				t.Fatalf("seed %d, step %d to %d: got\n%s\nwant\n%s", seed, n, m, got, want)
			}
		}
	}
}

func TestChangesStopsWhenToldTo(t *testing.T) {
	h := newHistory(1)
	for range 200 {
		h.step()
	}
	all := slices.Collect(h.now.Changes(New("main", "epoch")))
	for n := 1; n <= len(all); n++ {
		var got []uint64
		for id := range h.now.Changes(New("main", "epoch")) {
			if got = append(got, id); len(got) == n {
				break
			}
		}
		if !slices.Equal(got, all[:n]) {
			t.Fatalf("first %d: got %v, want %v", n, got, all[:n])
		}
	}
}
