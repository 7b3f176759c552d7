package lb

import (
	"strconv"
	"sync/atomic"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// Fallback takes the first healthy member, as vmod_directors_fall_back.c does.
type Fallback struct {
	members
	sticky bool
	cursor atomic.Uint64 // position of the last pick
}

// NewFallback returns a director without members. A sticky one stays with the
// member that it has until that goes sick, even when an earlier one recovers;
// it then looks onward from there, and starts over after the last.
func NewFallback(sticky bool) *Fallback { return &Fallback{sticky: sticky} }

// Type implements [director.Implementation].
func (*Fallback) Type() string { return "fallback" }

// Describe implements [director.Describer].
func (f *Fallback) Describe() []event.Option {
	return []event.Option{{Name: "sticky", Value: strconv.FormatBool(f.sticky)}}
}

// Resolve implements [director.Resolver].
func (f *Fallback) Resolve(*director.Task) director.Hold {
	for range attempts {
		t := f.current()
		if t.next == nil {
			break
		}
		from := uint64(0)
		if f.sticky {
			from = f.cursor.Load() % uint64(len(t.next))
		}
		chosen := uint64(t.next[from])
		// The cursor seldom moves; a store that changes nothing would still
		// make all processors fetch it anew.
		if f.cursor.Load() != chosen {
			f.cursor.Store(chosen)
		}
		if h := t.slots[chosen].Hold(); !h.IsZero() {
			return h
		}
	}
	return director.Hold{}
}
