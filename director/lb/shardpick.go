package lb

import (
	"time"

	"github.com/callboard/callboard/director"
)

var _ director.Resolver = (*Shard)(nil)

// Resolve implements [director.Resolver].
func (s *Shard) Resolve(t *director.Task) director.Hold { return s.Pick(t, Params{}) }

// Pick returns the member for a request, held, and the zero Hold if there is
// none. The parameters of the call come before all others. It takes no lock and
// allocates nothing.
func (s *Shard) Pick(t *director.Task, call Params) director.Hold {
	p := s.params(t, &call)
	table := s.current()
	if t.Retrying() {
		return s.pickAgain(t, table, p)
	}
	m := s.choose(table, p, p.keyOf(requestOf(t)))
	if m < 0 {
		return director.Hold{}
	}
	if h := table.members[m].slot.Hold(); !h.IsZero() {
		return h
	}
	return holdAfter(m, len(table.members), func(i int) *director.Ref {
		if table.healthy[i] {
			return table.members[i].slot
		}
		return nil
	})
}

// choose returns the index of the member for a key, -1 for none
// (sharddir_pick_be_locked).
func (s *Shard) choose(t *shardTable, p *Params, key uint32) int {
	if len(t.members) == 0 {
		return -1
	}
	from := t.ring.lookup(key)
	switch alt := min(max(p.alt, 0), len(t.members)-1); {
	case alt > 0:
		return t.ring.pickAlternative(from, alt, p.healthy, t.healthy)
	case p.healthy == Ignore:
		return t.ring.owner(from)
	case t.up == 0:
		return -1
	}
	chosen := t.ring.firstHealthy(from, -1, t.healthy)
	warmup := p.warmup
	if warmup == directorWarmup {
		warmup = s.options.Warmup
	}
	// Without ramp-up and warm-up the first choice stays whatever the second.
	if t.up < 2 || warmup == 0 && (!p.rampup || t.ramps == nil) {
		return chosen
	}
	other := t.ring.firstHealthy(from, chosen, t.healthy)
	if s.keeps(t, chosen, other, p.rampup, warmup) {
		return chosen
	}
	return other
}

// keeps reports whether a pick stays with the member chosen first, or goes to
// the other because the first is still ramping up, or the other is to be kept
// warm. It draws a number only if that matters.
func (s *Shard) keeps(t *shardTable, chosen, other int, heedRampup bool, warmup float64) bool {
	if t.ramps != nil && t.ramps[chosen] > 0 {
		now := s.options.Now()
		if ramp, age := t.ramp(chosen, now); age < ramp {
			if !heedRampup {
				return true
			}
			if otherRamp, otherAge := t.ramp(other, now); otherAge < otherRamp {
				return true
			}
			return s.options.Uniform()*ramp < age
		}
	}
	return warmup == 0 || s.options.Uniform() > warmup
}

// ramp returns the ramp-up of a member and how long ago it became healthy, in
// seconds. The age of one without ramp-up is of no interest.
func (t *shardTable) ramp(m int, now time.Time) (ramp, age float64) {
	if t.ramps == nil || t.ramps[m] == 0 {
		return 0, 0
	}
	target := t.members[m].slot.Target()
	if target == nil {
		return 0, 0
	}
	return t.ramps[m].Seconds(), now.Sub(target.Changed()).Seconds()
}
