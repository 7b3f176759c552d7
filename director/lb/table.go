package lb

import (
	"math/bits"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// A tableKind says which parts of a table a type reads.
type tableKind uint8

const (
	unweighted tableKind = iota // next
	byWeight                    // up, cumulative, guide
	byLoad                      // up, weights, loads
)

// A table is the state of the members at one moment. It is made anew for each
// change, so that a pick reads it without a lock; only the cursor moves.
type table struct {
	kind    tableKind
	slots   []*director.Ref // the filled ones, in order
	healthy []bool
	// cursor is the position of the last pick, for types that stay with it.
	cursor atomic.Uint64
	// next has for each position that of the first healthy member at or after
	// it, with wrap; nil if none is healthy.
	next []int32

	// up are the positions of the healthy members whose weight is above 0, in
	// order. The slices below run along with it.
	up      []int32
	weights []float64
	loads   []load
	// cumulative has the sum of the weights up to and including each.
	cumulative []float64
	// guide[b] is the index in up of the first member whose cumulative weight
	// exceeds the share b/(len(guide)-1) of the total.
	guide []int32
}

var noMembers = &table{}

// newTable reads the members. The cursor goes on from where it stood before.
func newTable(kind tableKind, slots []*director.Ref, before *table) *table {
	t := &table{
		kind:    kind,
		slots:   make([]*director.Ref, 0, len(slots)),
		healthy: make([]bool, 0, len(slots)),
	}
	if kind != unweighted {
		t.up = make([]int32, 0, len(slots))
		t.weights = make([]float64, 0, len(slots))
	}
	if kind == byLoad {
		t.loads = make([]load, 0, len(slots))
	}
	for _, slot := range slots {
		if d := slot.Target(); d != nil {
			t.add(slot, d)
		}
	}
	switch kind {
	case unweighted:
		t.indexTurns()
	case byWeight:
		t.indexWeights()
	case byLoad:
	}
	t.cursor.Store(t.follow(before))
	return t
}

// add adds a slot that points at d.
func (t *table) add(slot *director.Ref, d *director.Director) {
	healthy := d.Healthy()
	if weight := slot.Weight(); healthy && t.kind != unweighted && weight > 0 {
		t.up = append(t.up, int32(len(t.slots)))
		t.weights = append(t.weights, weight)
		if t.kind == byLoad {
			t.loads = append(t.loads, loadOf(d))
		}
	}
	t.slots = append(t.slots, slot)
	t.healthy = append(t.healthy, healthy)
}

// follow returns the cursor of the table before, as vmod_directors.c
// (vdir_remove_backend) moves it: it stays with its member; when that is
// removed it goes to the one after it, and from the last to the first.
func (t *table) follow(before *table) uint64 {
	at := before.cursor.Load()
	if at < uint64(min(len(t.slots), len(before.slots))) && t.slots[at] == before.slots[at] {
		return at
	}
	for ; at < uint64(len(before.slots)); at++ {
		if i := slices.Index(t.slots, before.slots[at]); i >= 0 {
			return uint64(i)
		}
	}
	return 0
}

func (t *table) indexTurns() {
	first := slices.Index(t.healthy, true)
	if first < 0 {
		return
	}
	n := len(t.healthy)
	t.next = make([]int32, n)
	following := int32(first)
	for i := n - 1; i >= 0; i-- {
		if t.healthy[i] {
			following = int32(i)
		}
		t.next[i] = following
	}
}

func (t *table) indexWeights() {
	n := len(t.up)
	if n == 0 {
		return
	}
	t.cumulative = make([]float64, n)
	total := 0.0
	for i, weight := range t.weights {
		total += weight
		t.cumulative[i] = total
	}
	// A power of two, so that the share of a bucket is exact, and the bucket's
	// first member is found by the same arithmetic as the pick.
	buckets := 1 << bits.Len(uint(n-1))
	t.guide = make([]int32, buckets+1)
	at := 0
	for b := range t.guide {
		want := float64(b) / float64(buckets) * total
		for at < n-1 && t.cumulative[at] <= want {
			at++
		}
		t.guide[b] = int32(at)
	}
}

// share returns the position of the first healthy member whose cumulative
// weight exceeds the share u of the total, 0 ≤ u < 1, and -1 if no healthy
// member has weight. It is vdir_pick_by_weight of vmod_directors.c, with the
// search begun by a guide table (Chen and Asau, 1974).
func (t *table) share(u float64) int {
	n := len(t.up)
	if n == 0 {
		return -1
	}
	buckets := len(t.guide) - 1
	b := min(max(int(u*float64(buckets)), 0), buckets-1)
	low, high := int(t.guide[b]), int(t.guide[b+1])
	want := u * t.cumulative[n-1]
	if high-low > 8 {
		low += sort.Search(high-low, func(i int) bool { return t.cumulative[low+i] > want })
	}
	for low < high && t.cumulative[low] <= want {
		low++
	}
	return int(t.up[low])
}

// hold takes a reference to the member at a position. When its slot was emptied
// after the table was made, another healthy member serves: a request must not
// fail because it met a change.
func (t *table) hold(position int) director.Hold {
	if h := t.slots[position].Hold(); !h.IsZero() {
		return h
	}
	return holdAfter(position, len(t.slots), func(i int) *director.Ref {
		if t.healthy[i] && (t.kind == unweighted || t.slots[i].Weight() > 0) {
			return t.slots[i]
		}
		return nil
	})
}

// holdAfter holds the first of n slots after a position that can be held. slot
// returns nil for those that do not count.
func holdAfter(position, n int, slot func(i int) *director.Ref) director.Hold {
	for i := 1; i < n; i++ {
		if s := slot((position + i) % n); s != nil {
			if h := s.Hold(); !h.IsZero() {
				return h
			}
		}
	}
	return director.Hold{}
}
