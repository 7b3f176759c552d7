package lb

import (
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// RoundRobin takes its members in turn and skips those that are sick, as
// vmod_directors_round_robin.c does. Weights have no meaning.
type RoundRobin struct {
	members
	next atomic.Uint64 // position of the next candidate
}

// NewRoundRobin returns a director without members.
func NewRoundRobin() *RoundRobin { return new(RoundRobin) }

// Type implements [director.Implementation].
func (*RoundRobin) Type() string { return "round-robin" }

// Resolve implements [director.Resolver]. A member that follows sick ones gets
// their turns.
func (rr *RoundRobin) Resolve(*director.Task) director.Hold {
	for range attempts {
		t := rr.current()
		if t.next == nil {
			break
		}
		if h := t.slots[rr.advance(t)].Hold(); !h.IsZero() {
			return h
		}
	}
	return director.Hold{}
}

// advance returns the position of the healthy member whose turn it is. Varnish
// keeps the position where members were removed and then reads a stale slot;
// here it is taken modulo the present number of members.
func (rr *RoundRobin) advance(t *table) int32 {
	for {
		old := rr.next.Load()
		chosen := t.next[old%uint64(len(t.next))]
		if rr.next.CompareAndSwap(old, uint64(chosen)+1) {
			return chosen
		}
	}
}
