package lb

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/callboard/callboard/director"
)

var (
	_ director.Group         = (*Shard)(nil)
	_ director.MemberWatcher = (*Shard)(nil)
	_ director.Releaser      = (*Shard)(nil)
)

// AddMember implements [director.Group]: a transaction of its own, that has
// taken effect when it returns. The weight multiplies the replicas; below 1 it
// means 1. It fails with [director.ErrExists] if the director is a member, and
// as [ShardChange.Add] and [ShardChange.Reconfigure] do.
func (s *Shard) AddMember(d *director.Director, weight float64) (int, error) {
	c := s.Change()
	if err := c.Add(d, ShardMember{Weight: weight}); err != nil {
		return 0, err
	}
	added := &c.queue[0]
	if err := c.End(); err != nil {
		return 0, err
	}
	return added.member.slot.Slot(), nil
}

// SetMember implements [director.Group]: the slot's director goes and d comes
// in its place in the order, in one transaction. Its identity is d's name; a
// director that stays keeps its own. It fails as AddMember does, and with
// [director.ErrNotFound] for a slot that there is not.
func (s *Shard) SetMember(slot int, d *director.Director, weight float64) error {
	entry, err := newShardMember(d, ShardMember{Weight: weight})
	if err != nil {
		return err
	}
	return s.replace(slot, &entry)
}

// RemoveMember implements [director.Group]: a transaction of its own. The last
// member may be removed. It fails with [director.ErrNotFound] for a slot that
// there is not.
func (s *Shard) RemoveMember(slot int) error { return s.replace(slot, nil) }

// Release implements [director.Releaser].
func (s *Shard) Release() {
	s.mu.Lock()
	slots := slices.Collect(maps.Keys(s.pending))
	for i := range s.members {
		slots = append(slots, s.members[i].slot)
	}
	s.released = true
	s.storeLocked(nil, noShard.ring)
	s.mu.Unlock()
	for _, slot := range slots {
		_ = slot.Assign(nil) // letting go cannot fail
	}
}

// MembersChanged implements [director.MemberWatcher]. It reads the health of
// the members; the ring stays.
func (s *Shard) MembersChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshLocked()
}

// storeLocked makes members and ring those of the next pick.
func (s *Shard) storeLocked(members []shardMember, r *ring) {
	s.members, s.ring = members, r
	s.version++
	s.refreshLocked()
}

func (s *Shard) refreshLocked() {
	t := &shardTable{members: s.members, ring: s.ring, healthy: make([]bool, len(s.members))}
	for i := range t.members {
		m := &t.members[i]
		if d := m.slot.Target(); d != nil && d.Healthy() {
			t.healthy[i] = true
			t.up++
		}
	}
	t.ramps = s.ramps(t.members)
	s.table.Store(t)
}

func (s *Shard) ramps(members []shardMember) []time.Duration {
	var ramps []time.Duration
	for i := range members {
		ramp := members[i].rampup
		if ramp == unknownRampup {
			ramp = s.options.Rampup
		}
		if ramp > 0 && ramps == nil {
			ramps = make([]time.Duration, len(members))
		}
		if ramp > 0 {
			ramps[i] = ramp
		}
	}
	return ramps
}

func (s *Shard) notFound(slot int) error {
	return fmt.Errorf("member slot %d of %s: %w", slot, s.name(), director.ErrNotFound)
}
