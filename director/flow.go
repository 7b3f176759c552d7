package director

import (
	"time"

	"github.com/callboard/callboard/director/event"
)

// flowPause is the shortest time between two samples of one slot's flow: that
// something went through "just now" is a matter of about a second, however often
// somebody samples.
const flowPause = 900 * time.Millisecond

// A directorSet keeps the order in which they came.
type directorSet struct {
	list []*Director
	has  map[*Director]bool
}

func (s *directorSet) add(directors ...*Director) {
	for _, d := range directors {
		if !s.has[d] {
			s.has[d] = true
			s.list = append(s.list, d)
		}
	}
}

// sampleFlowsLocked reads what went through the slots that hold the directors
// whose numbers have moved, and through those that carried something at the last
// sample, which may have ended. It returns all directors whose numbers are to be
// told: these, and the owners of the slots.
func (rt *Runtime) sampleFlowsLocked(moved []*Director, now time.Time) []*Director {
	told := directorSet{has: make(map[*Director]bool, len(moved)+len(rt.flowing))}
	told.add(moved...)
	told.add(rt.flowing...)
	rt.flowing = nil
	for _, d := range told.list { // as it was: the owners that are added have slots of their own
		flows := false
		for _, r := range d.holders {
			if r.owner == nil {
				continue
			}
			if r.sampleLocked(now) {
				told.add(r.owner)
			}
			flows = flows || r.flows
		}
		if flows && !d.gone {
			rt.flowing = append(rt.flowing, d)
		}
	}
	rt.flows.Store(len(rt.flowing) > 0)
	return told.list
}

// sampleLocked reads what went through the slot, and reports whether anything
// did since it was last read.
func (r *Ref) sampleLocked(now time.Time) bool {
	if r.flows && now.Sub(r.flow.At) < flowPause {
		return false
	}
	n := r.carried.Load() - r.seen
	r.flows = n > 0
	if n == 0 {
		return false
	}
	r.seen += n
	r.flow = r.flow.Add(n, now)
	r.owner.passed = r.owner.passed.Add(n, now)
	return true
}

// carriedLocked is what came to d through member slots.
func (d *Director) carriedLocked() []event.Carried {
	var carried []event.Carried
	for _, r := range d.holders {
		if r.owner != nil && r.seen > 0 {
			carried = append(carried, event.Carried{Ref: r.holder.Ref, Flow: r.flow, Now: r.flows})
		}
	}
	return carried
}
