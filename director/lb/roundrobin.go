package lb

import (
	"github.com/callboard/callboard/director"
)

// RoundRobin takes its members in turn and skips those that are sick, as
// vmod_directors_round_robin.c does. Weights have no meaning. Concurrent picks
// share exactly; in Varnish two may take the same turn.
type RoundRobin struct {
	members
}

// NewRoundRobin returns a director without members.
func NewRoundRobin() *RoundRobin { return &RoundRobin{members{kind: inTurn}} }

func roundRobinType() Type {
	return Type{
		Name: "round-robin", Help: "takes healthy members in turn",
		make: func(options) (director.Implementation, error) { return NewRoundRobin(), nil },
	}
}

// Type implements [director.Implementation].
func (*RoundRobin) Type() string { return "round-robin" }

// Resolve implements [director.Resolver].
func (rr *RoundRobin) Resolve(task *director.Task) director.Hold {
	t := rr.current()
	if task.Retrying() {
		return t.againInTurn(task)
	}
	switch n := uint64(len(t.up)); n {
	case 0:
		return director.Hold{}
	case 1:
		// Nothing moves but the fact that somebody had a turn, and a store
		// that changes nothing would be fetched anew by all processors.
		if t.cursor.Load() == t.start {
			t.cursor.Store(t.start + 1)
		}
		return t.hold(int(t.up[0]))
	default:
		return t.hold(int(t.up[(t.cursor.Add(1)-1)%n]))
	}
}
