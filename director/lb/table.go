package lb

import (
	"slices"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// A tableKind says which parts of a table a type reads.
type tableKind uint8

const (
	inOrder  tableKind = iota // next
	inTurn                    // up, at, start
	byWeight                  // up, cumulative, guide
	byLoad                    // up, weights, loads
)

func (k tableKind) weighted() bool { return k == byWeight || k == byLoad }

// A table is the state of the members at one moment. It is made anew for each
// change, so that a pick reads it without a lock; only the cursor moves.
type table struct {
	kind    tableKind
	slots   []*director.Ref // the filled ones, in order
	healthy []bool
	// next has for each position, up to that of the last healthy member, that of
	// the first healthy one at or after it. From the positions after those the
	// search goes on at the first: see following.
	next []int32

	// up are the positions of the healthy members, of those whose weight is
	// above 0 where weights mean something, in order. The slices below run
	// along with it.
	up      []int32
	weights []float64
	loads   []load
	// cumulative has the sum of the weights up to and including each.
	cumulative []float64
	// guide[b] is the index in up of the first member whose cumulative weight
	// exceeds the share b/(len(guide)-1) of the total; nil if members were added
	// to many since it was made.
	guide []int32
	// guided is the number of members that the last guide was made for.
	guided int

	// version is that of the members when they were read, and read the number of
	// slots that there were, empty ones too.
	version, read int

	// at is the position of the next candidate when the table was made, and
	// start the index in up of the one whose turn it then was.
	at, start uint64
	_         [64]byte // picks write the cursor while others read the rest
	// cursor is the position of the last pick in order, the index in up
	// (modulo its length) of the next one in turn.
	cursor atomic.Uint64
	_      [56]byte
}

var noMembers = &table{}

// newTable reads the members. The cursor goes on from where it stood before.
func newTable(kind tableKind, slots []*director.Ref, before *table) *table {
	t := &table{
		kind:    kind,
		slots:   make([]*director.Ref, 0, len(slots)),
		healthy: make([]bool, 0, len(slots)),
	}
	if kind != inOrder {
		t.up = make([]int32, 0, len(slots))
	}
	if kind.weighted() {
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
	t.index(before)
	return t
}

// extend returns the table of the members of t and of some more after them. It
// leaves t as it is to those who read it, but goes on in its slices where t
// ends: a table may be extended once.
func (t *table) extend(added []*director.Ref) *table {
	longer := &table{
		kind: t.kind, slots: t.slots, healthy: t.healthy, next: t.next,
		up: t.up, weights: t.weights, loads: t.loads, cumulative: t.cumulative, guided: t.guided,
	}
	for _, slot := range added {
		if d := slot.Target(); d != nil {
			longer.add(slot, d)
		}
	}
	longer.index(t)
	return longer
}

// index fills what the kind of table reads, and sets the cursor.
func (t *table) index(before *table) {
	switch t.kind {
	case inOrder:
		t.indexOrder()
		t.cursor.Store(t.follow(before))
	case inTurn:
		t.indexTurns(before)
	case byWeight:
		t.indexWeights()
	case byLoad:
		t.cursor.Store(before.cursor.Load())
	}
}

// add adds a slot that points at d.
func (t *table) add(slot *director.Ref, d *director.Director) {
	healthy := d.Healthy()
	weight := slot.Weight()
	if healthy && t.kind != inOrder && (weight > 0 || !t.kind.weighted()) {
		t.up = append(t.up, int32(len(t.slots)))
		if t.kind.weighted() {
			t.weights = append(t.weights, weight)
		}
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

// indexOrder goes on from the members that it knows already.
func (t *table) indexOrder() {
	for i := len(t.next); i < len(t.healthy); i++ {
		if t.healthy[i] {
			for len(t.next) <= i {
				t.next = append(t.next, int32(i))
			}
		}
	}
}

// following returns the position of the first healthy member at or after one,
// with wrap, and -1 if none is healthy.
func (t *table) following(position uint64) int {
	switch {
	case len(t.next) == 0:
		return -1
	case position < uint64(len(t.next)):
		return int(t.next[position])
	default:
		return int(t.next[0])
	}
}

// indexTurns lets the turn go on where it stood. As in Varnish the position
// stays when members before it are removed, and it is the number of members of
// now that it is taken modulo.
func (t *table) indexTurns(before *table) {
	t.at = before.nextTurn()
	if len(t.up) == 0 {
		return
	}
	from := int32(t.at % uint64(len(t.slots)))
	start, _ := slices.BinarySearch(t.up, from)
	t.start = uint64(start % len(t.up))
	t.cursor.Store(t.start)
}

// nextTurn returns the position of the next candidate.
func (t *table) nextTurn() uint64 {
	turn := t.cursor.Load()
	if len(t.up) == 0 || turn == t.start {
		return t.at
	}
	last := t.up[(turn-1)%uint64(len(t.up))]
	return uint64(int(last)+1) % uint64(len(t.slots))
}

// hold takes a reference to the member at a position. When its slot was emptied
// after the table was made, another healthy member serves: a request must not
// fail because it met a change.
func (t *table) hold(position int) director.Hold {
	if h := t.slots[position].Hold(); !h.IsZero() {
		return h
	}
	return holdAfter(position, len(t.slots), func(i int) *director.Ref {
		if t.healthy[i] && (!t.kind.weighted() || t.slots[i].Weight() > 0) {
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
