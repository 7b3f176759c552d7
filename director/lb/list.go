package lb

import (
	"time"

	"github.com/callboard/callboard/director"
)

// A Member is what backend.list -p shows of one member of a load balancer.
type Member struct {
	Slot int
	// Director is not held for the caller.
	Director *director.Director
	Healthy  bool
	// Weight is 0 where the type has none.
	Weight float64
}

// Members returns the members in their order.
func (m *members) Members() []Member {
	t := m.current()
	listed := make([]Member, 0, len(t.slots))
	for i, slot := range t.slots {
		if d := slot.Target(); d != nil {
			listed = append(listed, Member{Slot: slot.Slot(), Director: d, Healthy: t.healthy[i], Weight: slot.Weight()})
		}
	}
	return listed
}

// A ShardEntry is what backend.list -p shows of one member of a [Shard]
// (vmod_directors_shard.c, vmod_shard_list).
type ShardEntry struct {
	Member
	// Ident is what the member's points on the ring are made of.
	Ident string
	// Points is the number of them.
	Points int
	// Rampup is the share of its requests that the member gets, 0 to 1; 0 for
	// a sick one.
	Rampup float64
	// Remaining is the time until it gets all; 0 for a sick one.
	Remaining time.Duration
}

// Members returns the members in the order that a change leaves them in.
func (s *Shard) Members() []ShardEntry {
	t, now := s.current(), s.options.Now()
	listed := make([]ShardEntry, 0, len(t.members))
	for i := range t.members {
		m := &t.members[i]
		entry := ShardEntry{
			Member: Member{Slot: m.slot.Slot(), Director: m.target, Healthy: t.healthy[i], Weight: m.weight},
			Ident:  m.ident(), Points: len(m.points),
		}
		if entry.Healthy {
			entry.Rampup = 1
			if ramp, age := t.ramp(i, now); age < ramp {
				entry.Rampup = age / ramp
				entry.Remaining = time.Duration((ramp - age) * float64(time.Second))
			}
		}
		listed = append(listed, entry)
	}
	return listed
}

// Options returns what the shard was made with, defaults filled in.
func (s *Shard) Options() ShardOptions {
	o := s.options
	o.Params = s.own
	return o
}
