package lb

import (
	"fmt"
	"slices"

	"github.com/callboard/callboard/director"
)

// A shardState is what a change starts from.
type shardState struct {
	members []shardMember
	ring    *ring
	version uint64
}

func (s *Shard) state() (shardState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.self == nil {
		return shardState{}, fmt.Errorf("%w: the director is in no VCL yet", director.ErrInvalid)
	}
	if s.released {
		return shardState{}, fmt.Errorf("change %s: %w", s.name(), director.ErrReleased)
	}
	return shardState{s.members, s.ring, s.version}, nil
}

// apply makes the members those of after all changes. No lock is held while
// slots are assigned and the ring is made, since assigning runs the callbacks
// of others: when somebody else was faster, the plan is made anew. Picks see
// the members of before or those of after, nothing between.
func (s *Shard) apply(changes []shardChange) (skipped []string, err error) {
	err = s.command(func() error {
		skipped, err = s.applyNow(changes)
		return err
	})
	return skipped, err
}

func (s *Shard) applyNow(changes []shardChange) (skipped []string, err error) {
	for {
		before, err := s.state()
		if err != nil {
			s.abandon(changes, nil)
			return nil, err
		}
		plan := planShard(before.members, changes)
		if err := s.fill(plan, changes); err != nil {
			s.abandon(changes, nil)
			return nil, err
		}
		if !s.publish(plan, before) {
			continue
		}
		s.abandon(changes, plan)
		closeGone(plan, before.members)
		if len(plan.members) == 0 {
			return plan.skipped, fmt.Errorf("change %s: %w", s.name(), ErrNoMembers)
		}
		return plan.skipped, nil
	}
}

// fill points a new slot at each new member.
func (s *Shard) fill(plan *shardPlan, changes []shardChange) error {
	points := 0
	for i := range plan.members {
		points += len(plan.members[i].points)
	}
	if points > MaxPoints {
		return fmt.Errorf("change %s: %w: %d points on the ring, %d is the most", s.name(), director.ErrInvalid, points, MaxPoints)
	}
	for to, from := range plan.from {
		if from >= 0 {
			continue
		}
		m := &changes[^from].member
		if m.slot == nil {
			m.slot = s.self.NewRef()
			s.mu.Lock()
			s.pending[m.slot] = true
			s.mu.Unlock()
			if err := m.slot.AssignWeight(m.target, m.weight); err != nil {
				return err
			}
		}
		plan.members[to].slot = m.slot
	}
	return nil
}

// publish makes the plan true, unless the members have changed since before.
func (s *Shard) publish(plan *shardPlan, before shardState) bool {
	r := plan.ring(before.ring, len(before.members))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version != before.version {
		return false
	}
	s.storeLocked(plan.members, r)
	for i := range plan.members {
		delete(s.pending, plan.members[i].slot)
	}
	return true
}

// abandon closes the slots that were made for changes and that a plan has no
// use for; nil is the plan that has none for any.
func (s *Shard) abandon(changes []shardChange, plan *shardPlan) {
	used := make([]bool, len(changes))
	if plan != nil {
		for _, from := range plan.from {
			if from < 0 {
				used[^from] = true
			}
		}
	}
	for i := range changes {
		m := &changes[i].member
		if m.slot == nil || used[i] {
			continue
		}
		s.mu.Lock()
		delete(s.pending, m.slot)
		s.mu.Unlock()
		m.slot.Close()
		m.slot = nil
	}
}

// closeGone lets go of the members that a plan has taken out.
func closeGone(plan *shardPlan, before []shardMember) {
	kept := make([]bool, len(before))
	for _, from := range plan.from {
		if from >= 0 {
			kept[from] = true
		}
	}
	for i := range before {
		slot := before[i].slot
		// Another entry may have taken over the slot.
		if !kept[i] && !slices.ContainsFunc(plan.members, func(m shardMember) bool { return m.slot == slot }) {
			slot.Close()
		}
	}
}

// command makes what do assigns part of a command. A director that is in no VCL
// yet has none.
func (s *Shard) command(do func() error) error {
	s.mu.Lock()
	self := s.self
	s.mu.Unlock()
	if self == nil {
		return do()
	}
	return self.Change(do)
}

// replace puts an entry in the place of the slot's, nil to take that out.
func (s *Shard) replace(number int, entry *shardMember) error {
	return s.command(func() error { return s.replaceNow(number, entry) })
}

func (s *Shard) replaceNow(number int, entry *shardMember) error {
	for {
		before, err := s.state()
		if err != nil {
			return err
		}
		i := indexOfSlot(before.members, number)
		if i < 0 {
			return s.notFound(number)
		}
		plan := unchangedShard(before.members)
		plan.members[i] = shardMember{}
		if entry != nil {
			if err := s.putIn(plan, i, *entry, before.members[i]); err != nil {
				return err
			}
		}
		plan.closeHoles()
		if s.publish(plan, before) {
			closeGone(plan, before.members)
			return nil
		}
	}
}

// putIn makes a plan's i-th member the entry, in the slot of old. The same
// director keeps the identity and the ramp-up that it was added with.
func (s *Shard) putIn(plan *shardPlan, i int, entry, old shardMember) error {
	if entry.target == old.target {
		entry.given, entry.rampup = old.given, old.rampup
	}
	for j := range plan.members {
		if m := &plan.members[j]; m.target != nil && m.same(&entry) {
			return fmt.Errorf("member %s of %s: %w", entry.ident(), s.name(), director.ErrExists)
		}
	}
	if err := entry.place(s.options.Replicas); err != nil {
		return err
	}
	if err := old.slot.AssignWeight(entry.target, entry.weight); err != nil {
		return err
	}
	entry.slot = old.slot
	plan.members[i], plan.from[i] = entry, ^0
	return nil
}

func indexOfSlot(members []shardMember, number int) int {
	return slices.IndexFunc(members, func(m shardMember) bool { return m.slot.Slot() == number })
}
