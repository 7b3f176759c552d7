package lb

import (
	"slices"
	"time"

	"github.com/callboard/callboard/director"
)

// A shardMember is one entry of a shard's configuration. A director may have
// several, under different identities.
type shardMember struct {
	// target is what the slot pointed at when the entry was made.
	target *director.Director
	slot   *director.Ref // nil until the entry is to be used
	// given is the identity that was asked for, "" for the director's name.
	given  string
	weight float64 // 1 or more
	// rampup is unknownRampup for the director's.
	rampup time.Duration
	// points are those on the ring. They depend on the number of replicas that
	// was asked for when the entry was made, and stay when others change.
	points []uint32
}

const unknownRampup = time.Duration(-1)

// ident returns the identity: what the points are made of.
func (m *shardMember) ident() string {
	if m.given != "" {
		return m.given
	}
	return m.target.Name()
}

// same reports whether two entries stand for the same (shardcfg_backend_cmp).
// Directors may share a name here, so two without an identity of their own are
// the same only if the director is.
func (m *shardMember) same(o *shardMember) bool {
	if m.given == "" && o.given == "" {
		return m.target == o.target
	}
	return m.ident() == o.ident()
}

type shardVerb uint8

const (
	shardAdd shardVerb = iota
	shardRemove
	shardClear
)

// A shardChange is one step of a transaction. For a removal, the member has an
// identity, or else a target all of whose entries go.
type shardChange struct {
	verb   shardVerb
	member shardMember
}

// matches reports whether a removal is for m (shardcfg_backend_del_cmp).
func (c *shardChange) matches(m *shardMember) bool {
	if c.member.given != "" {
		return c.member.given == m.ident()
	}
	return c.member.target == m.target
}

// A shardPlan is a configuration on its way from one list of members to
// another. It is pure: no slot is touched.
type shardPlan struct {
	members []shardMember // with holes, whose target is nil, until closed
	from    []int         // where each was in the list before, ^i if the i-th change added it
	skipped []string      // identities that were added but existed
}

// planShard applies changes to members as shardcfg_apply_change does: what
// comes before the last clear is ignored, and the rest taken in order.
func planShard(members []shardMember, changes []shardChange) *shardPlan {
	p := unchangedShard(members)
	first := 0
	for i := range changes {
		if changes[i].verb == shardClear {
			p.members, p.from = p.members[:0], p.from[:0]
			first = i + 1
		}
	}
	for i := first; i < len(changes); i++ {
		if c := &changes[i]; c.verb == shardAdd {
			p.add(&c.member, ^i)
		} else {
			p.remove(c)
		}
	}
	p.closeHoles()
	return p
}

// unchangedShard returns the plan to leave members as they are.
func unchangedShard(members []shardMember) *shardPlan {
	p := &shardPlan{members: slices.Clone(members), from: make([]int, len(members))}
	for i := range p.from {
		p.from[i] = i
	}
	return p
}

// add puts m into the first hole, or at the end.
func (p *shardPlan) add(m *shardMember, from int) {
	hole := -1
	for i := range p.members {
		switch have := &p.members[i]; {
		case have.target == nil:
			if hole < 0 {
				hole = i
			}
		case have.same(m):
			p.skipped = append(p.skipped, m.ident())
			return
		}
	}
	if hole >= 0 {
		p.members[hole], p.from[hole] = *m, from
		return
	}
	p.members = append(p.members, *m)
	p.from = append(p.from, from)
}

func (p *shardPlan) remove(c *shardChange) {
	for i := range p.members {
		if m := &p.members[i]; m.target != nil && c.matches(m) {
			*m = shardMember{}
		}
	}
}

// closeHoles moves the last member into the first hole until none is left. The
// order changes by that, as in shardcfg_backend_finalize.
func (p *shardPlan) closeHoles() {
	hole := 0
	for {
		end := len(p.members)
		for end > 0 && p.members[end-1].target == nil {
			end--
		}
		p.members, p.from = p.members[:end], p.from[:end]
		for hole < end && p.members[hole].target != nil {
			hole++
		}
		if hole >= end {
			return
		}
		p.members[hole], p.from[hole] = p.members[end-1], p.from[end-1]
		p.members[end-1] = shardMember{}
	}
}

// ring returns the ring of the planned members, given that of the members
// before, which had count entries.
func (p *shardPlan) ring(before *ring, count int) *ring {
	moved := make([]int, count)
	for i := range moved {
		moved[i] = -1
	}
	added := make(map[int][]uint32)
	for to, from := range p.from {
		if from >= 0 {
			moved[from] = to
		} else {
			added[to] = p.members[to].points
		}
	}
	return before.with(moved, added)
}
