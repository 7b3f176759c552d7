package lb

import (
	"math/rand/v2"

	"github.com/callboard/callboard/director"
)

// exactUpTo is the number of healthy members up to which a [LeastConnections]
// looks at all of them.
const exactUpTo = 32

// LeastConnections takes the healthy member with the fewest requests in flight
// for its weight; among equals it takes turns. Varnish has no such director.
//
// With more than 32 healthy members it compares two that it takes by chance
// instead of all: the load of the busiest is then close to that of the best
// choice, at a cost that does not grow (Mitzenmacher, "The Power of Two Choices
// in Randomized Load Balancing", 1996), and many pickers at once do not all
// rush to the one member that looks idle.
//
// For a member that is a load balancer of this package, the requests in flight
// are those of its members, whoever sent them there. A member of weight 0 is
// never taken.
type LeastConnections struct {
	members
	uniform func() float64
}

// NewLeastConnections returns a director without members. The source returns
// numbers that are uniform in [0, 1) and may be called by many goroutines at
// once; nil means that of math/rand/v2.
func NewLeastConnections(uniform func() float64) *LeastConnections {
	if uniform == nil {
		uniform = rand.Float64
	}
	return &LeastConnections{members: members{kind: byLoad}, uniform: uniform}
}

func leastConnectionsType() Type {
	return Type{
		Name: "least-connections", Help: "takes the healthy member with the fewest requests in flight for its weight",
		Weighted: true,
		make:     func(options) (director.Implementation, error) { return NewLeastConnections(nil), nil },
	}
}

// Type implements [director.Implementation].
func (*LeastConnections) Type() string { return "least-connections" }

// Resolve implements [director.Resolver].
func (l *LeastConnections) Resolve(task *director.Task) director.Hold {
	t := l.current()
	if task.Retrying() {
		return t.againByLoad(task)
	}
	switch n := len(t.up); {
	case n == 0:
		return director.Hold{}
	case n <= exactUpTo:
		return t.hold(int(t.up[t.least()]))
	default:
		first := min(int(l.uniform()*float64(n)), n-1)
		second := (first + 1 + min(int(l.uniform()*float64(n-1)), n-2)) % n
		if t.less(second, first) {
			first = second
		}
		return t.hold(int(t.up[first]))
	}
}

// least returns the index in up of the member that has the least to do, the
// first from the turn on among equals.
func (t *table) least() int {
	n := len(t.up)
	best := int(t.cursor.Load() % uint64(n))
	inFlight := t.loads[best].inFlight()
	for i, at := 1, best; i < n && inFlight > 0; i++ {
		if at++; at == n {
			at = 0
		}
		if other := t.loads[at].inFlight(); float64(other)*t.weights[best] < float64(inFlight)*t.weights[at] {
			best, inFlight = at, other
		}
	}
	t.cursor.Store(uint64(best) + 1)
	return best
}

// less reports whether the member at index i of up has less to do for its
// weight than the one at j.
func (t *table) less(i, j int) bool {
	return float64(t.loads[i].inFlight())*t.weights[j] < float64(t.loads[j].inFlight())*t.weights[i]
}

// A load tells how many requests a member has in flight.
type load struct {
	leaf  *director.Director
	group loader // nil for a leaf
}

// A loader is a load balancer that can tell the load of its members.
type loader interface{ inFlight() int64 }

var (
	_ loader = (*members)(nil)
	_ loader = (*Shard)(nil)
)

func loadOf(d *director.Director) load {
	group, _ := d.Implementation().(loader)
	return load{leaf: d, group: group}
}

func (l load) inFlight() int64 {
	if l.group != nil {
		return l.group.inFlight()
	}
	return l.leaf.InFlight()
}

func (m *members) inFlight() int64 {
	total := int64(0)
	for _, slot := range m.current().slots {
		total += slotLoad(slot)
	}
	return total
}

func (s *Shard) inFlight() int64 {
	t := s.current()
	total := int64(0)
	for i := range t.members {
		total += slotLoad(t.members[i].slot)
	}
	return total
}

func slotLoad(slot *director.Ref) int64 {
	if d := slot.Target(); d != nil {
		return loadOf(d).inFlight()
	}
	return 0
}
