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

func roundRobinType() Type {
	return Type{
		Name: "round-robin", Help: "takes healthy members in turn",
		make: func(options) (director.Implementation, error) { return NewRoundRobin(), nil },
	}
}

// Type implements [director.Implementation].
func (*RoundRobin) Type() string { return "round-robin" }

// Resolve implements [director.Resolver]. A member that follows sick ones gets
// their turns.
func (rr *RoundRobin) Resolve(*director.Task) director.Hold {
	t := rr.current()
	if t.next == nil {
		return director.Hold{}
	}
	return t.hold(rr.advance(t))
}

// advance returns the position of the healthy member whose turn it is. Varnish
// keeps the position where members were removed and then reads a stale slot;
// here it is taken modulo the present number of members.
func (rr *RoundRobin) advance(t *table) int {
	n := uint64(len(t.next))
	for {
		old := rr.next.Load()
		at := old
		if at >= n {
			at %= n
		}
		chosen := uint64(t.next[at])
		next := chosen + 1
		if next == n {
			next = 0
		}
		// With one member there is nothing to move, and nothing to contend for.
		if next == old || rr.next.CompareAndSwap(old, next) {
			return int(chosen)
		}
	}
}
