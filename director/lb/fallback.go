package lb

import (
	"strconv"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// Fallback takes the first healthy member, as vmod_directors_fall_back.c does.
// Weights have no meaning.
type Fallback struct {
	members
	sticky bool
}

// NewFallback returns a director without members. A sticky one stays with the
// member that it has until that goes sick, even when an earlier one recovers;
// it then looks onward from there, and starts over after the last.
func NewFallback(sticky bool) *Fallback { return &Fallback{sticky: sticky} }

func fallbackType() Type {
	return Type{
		Name: "fallback", Help: "takes the first healthy member, in the order of the slots",
		Options: []Option{{Name: "sticky", Kind: "bool", Default: "false", Help: "stay with a member until it goes sick"}},
		make:    func(o options) (director.Implementation, error) { return NewFallback(o.bool("sticky")), nil },
	}
}

// Type implements [director.Implementation].
func (*Fallback) Type() string { return "fallback" }

// Describe implements [director.Describer].
func (f *Fallback) Describe() []event.Option {
	return []event.Option{{Name: "sticky", Value: strconv.FormatBool(f.sticky)}}
}

// Sticky reports whether the director stays with the member that it has.
func (f *Fallback) Sticky() bool { return f.sticky }

// Current returns the director that the last pick chose, which is what
// backend.list shows; before the first pick it is the first member. It is nil
// without members, and not held for the caller.
func (f *Fallback) Current() *director.Director {
	t := f.current()
	if len(t.slots) == 0 {
		return nil
	}
	return t.slots[t.cursor.Load()].Target()
}

// Resolve implements [director.Resolver]. When all members are sick, the search
// has gone full circle and ends where it began.
func (f *Fallback) Resolve(task *director.Task) director.Hold {
	t := f.current()
	old := t.cursor.Load()
	from := old
	if !f.sticky {
		from = 0
	}
	if task.Retrying() {
		return t.againInOrder(task, from)
	}
	chosen := from
	healthy := t.following(from)
	if healthy >= 0 {
		chosen = uint64(healthy)
	}
	// The cursor seldom moves; a store that changes nothing would still make
	// all processors fetch it anew.
	if chosen != old {
		t.cursor.Store(chosen)
	}
	if healthy < 0 {
		return director.Hold{}
	}
	return t.hold(int(chosen))
}
