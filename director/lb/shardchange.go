package lb

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// A ShardChange is a transaction on the members of a [Shard]: additions and
// removals are queued and take effect together, when it is applied. Others see
// the members as they were until then. It is the queue that Varnish keeps for
// each task, and like a task it holds the directors that it is about to add. It
// belongs to one goroutine.
//
//	c := shard.Change()
//	defer c.End()
//	err := c.Add(a1, lb.ShardMember{Weight: 2})
type ShardChange struct {
	shard *Shard
	queue []shardChange
	holds []director.Hold
}

// A ShardMember says how a director is to be a member of a [Shard].
type ShardMember struct {
	// Ident is what the member's points on the ring are made of; the name of
	// the director if empty.
	Ident string
	// Weight multiplies the replicas. Less than 1, as 0, means 1; it has to be
	// finite.
	Weight float64
	// Rampup is how long after it became healthy the member gets only some of
	// its requests. nil means the shard's; 0 means none.
	Rampup *time.Duration
}

// Change starts a transaction.
func (s *Shard) Change() *ShardChange { return &ShardChange{shard: s} }

// Add queues the addition of a member. It fails with [director.ErrInvalid] for
// values that cannot be, and with [director.ErrDestroyed].
func (c *ShardChange) Add(d *director.Director, m ShardMember) error {
	entry, err := newShardMember(d, m)
	if err != nil {
		return err
	}
	hold := d.Hold()
	if hold.IsZero() {
		return fmt.Errorf("add %s to %s: %w", d.FullName(), c.shard.name(), director.ErrDestroyed)
	}
	c.holds = append(c.holds, hold)
	c.queue = append(c.queue, shardChange{verb: shardAdd, member: entry})
	return nil
}

func newShardMember(d *director.Director, m ShardMember) (shardMember, error) {
	switch {
	case d == nil:
		return shardMember{}, fmt.Errorf("%w: no director to add", director.ErrInvalid)
	case math.IsNaN(m.Weight) || math.IsInf(m.Weight, 0):
		return shardMember{}, fmt.Errorf("weight %g: %w: it has to be finite", m.Weight, director.ErrInvalid)
	}
	entry := shardMember{target: d, given: m.Ident, weight: max(m.Weight, 1), rampup: unknownRampup}
	if m.Rampup != nil {
		if *m.Rampup < 0 {
			return shardMember{}, fmt.Errorf("rampup %v: %w: it has to be 0 or more", *m.Rampup, director.ErrInvalid)
		}
		entry.rampup = *m.Rampup
	}
	return entry, nil
}

// Remove queues the removal of members: of those with the identity, if one is
// given, and else of all entries of the director. Nobody there to remove is no
// error; neither director nor identity given is [director.ErrInvalid].
func (c *ShardChange) Remove(d *director.Director, ident string) error {
	if d == nil && ident == "" {
		return fmt.Errorf("%w: neither director nor identity to remove", director.ErrInvalid)
	}
	c.queue = append(c.queue, shardChange{verb: shardRemove, member: shardMember{target: d, given: ident}})
	return nil
}

// Clear queues the removal of all members. What was queued before is void.
func (c *ShardChange) Clear() {
	c.queue = append(c.queue, shardChange{verb: shardClear})
}

// Reconfigure applies what is queued. New members get the given number of
// replicas, times their weight; others keep theirs. With nothing queued it does
// nothing: the number of replicas alone cannot be changed.
//
// skipped names the identities that were not added because they existed, which
// is no error. It fails with [director.ErrInvalid] for replicas below 1 or
// beyond [MaxPoints], and then nothing is applied and all stays queued; with
// [ErrNoMembers] when none are left, which is applied; and with the errors of
// [director.Ref.Assign], when none is added.
func (c *ShardChange) Reconfigure(replicas int) (skipped []string, err error) {
	if replicas < 1 {
		return nil, fmt.Errorf("%d replicas: %w: at least 1", replicas, director.ErrInvalid)
	}
	if len(c.queue) == 0 {
		return nil, nil
	}
	for i := range c.queue {
		if err := c.queue[i].member.place(replicas); err != nil {
			return nil, err
		}
	}
	defer c.drop()
	return c.shard.apply(c.queue)
}

// place computes the points of a member that has none yet.
func (m *shardMember) place(replicas int) error {
	if m.target == nil || m.weight == 0 {
		return nil // a removal
	}
	count := float64(replicas) * m.weight
	if count > MaxPoints {
		return fmt.Errorf("%s: %d replicas with weight %g: %w: at most %d points",
			m.ident(), replicas, m.weight, director.ErrInvalid, MaxPoints)
	}
	m.points = pointsOf(m.ident(), int(count))
	return nil
}

// End applies what is still queued, with the shard's number of replicas, and
// lets go of all that the transaction holds: the end of a task in Varnish.
func (c *ShardChange) End() error {
	defer c.drop()
	skipped, err := c.Reconfigure(c.shard.options.Replicas)
	if err == nil && len(skipped) > 0 {
		err = fmt.Errorf("add %s to %s: %w", strings.Join(skipped, ", "), c.shard.name(), director.ErrExists)
	}
	return err
}

// drop forgets the queue.
func (c *ShardChange) drop() {
	for _, h := range c.holds {
		h.Drop()
	}
	c.holds, c.queue = nil, nil
}
