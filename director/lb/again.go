package lb

import "github.com/callboard/callboard/director"

// The picks of this file are for a request that a leaf has failed
// ([director.Task.Retrying]). Each type chooses by its own rule, as if the
// members that the request excludes were sick, and moves neither turn nor
// cursor: what the next request gets does not depend on what failed another.
// They look at the members one by one, which a request that fails can afford.

// holdOther holds what a slot points at, unless the task excludes it.
func holdOther(task *director.Task, slot *director.Ref) director.Hold {
	if !left(task, slot) {
		return director.Hold{}
	}
	return slot.Hold()
}

// firstOther holds the first of n slots from an index on, with wrap, that the
// task does not exclude. slot returns nil for those that do not count.
func firstOther(task *director.Task, from, n int, slot func(i int) *director.Ref) director.Hold {
	for i := range n {
		if s := slot((from + i) % n); s != nil {
			if h := holdOther(task, s); !h.IsZero() {
				return h
			}
		}
	}
	return director.Hold{}
}

// againInTurn takes a member without a turn. It begins at another place in each
// round of turns, so that it is not always the same neighbour who takes over for
// one that fails.
func (t *table) againInTurn(task *director.Task) director.Hold {
	n := len(t.up)
	if n == 0 {
		return director.Hold{}
	}
	turn := t.cursor.Load()
	from := int((turn + turn/uint64(n)) % uint64(n))
	return firstOther(task, from, n, t.upSlot)
}

// upSlot returns the slot at an index of up.
func (t *table) upSlot(i int) *director.Ref { return t.slots[t.up[i]] }

// againInOrder takes the first member from a position on.
func (t *table) againInOrder(task *director.Task, from uint64) director.Hold {
	return firstOther(task, int(from), len(t.slots), func(i int) *director.Ref {
		if t.healthy[i] {
			return t.slots[i]
		}
		return nil
	})
}

// otherByWeight holds the first of n slots whose cumulative weight, among those
// that are left, exceeds the share u of their total.
func otherByWeight(task *director.Task, u float64, n int, slot func(i int) *director.Ref, weight func(i int) float64) director.Hold {
	total := 0.0
	for i := range n {
		if left(task, slot(i)) {
			total += weight(i)
		}
	}
	want, sum, from := u*total, 0.0, 0
	for i := range n {
		if left(task, slot(i)) {
			from = i
			if sum += weight(i); sum > want {
				break
			}
		}
	}
	return firstOther(task, from, n, slot)
}

// left reports whether a slot points at a director that the task does not
// exclude.
func left(task *director.Task, slot *director.Ref) bool {
	d := slot.Target()
	return d != nil && !task.Excludes(d)
}

// againByWeight takes the member that the share u of the weights leads to.
func (t *table) againByWeight(task *director.Task, u float64) director.Hold {
	return otherByWeight(task, u, len(t.up), t.upSlot, func(i int) float64 { return t.weights[i] })
}

// againByLoad takes the member with the least to do for its weight, the first
// from the turn on among equals, however many there are.
func (t *table) againByLoad(task *director.Task) director.Hold {
	n := len(t.up)
	if n == 0 {
		return director.Hold{}
	}
	from := int(t.cursor.Load() % uint64(n))
	best := -1
	for i := range n {
		at := (from + i) % n
		if left(task, t.upSlot(at)) && (best < 0 || t.less(at, best)) {
			best = at
		}
	}
	return firstOther(task, max(best, 0), n, t.upSlot)
}

// pickAgain is Pick for a request that a leaf has failed. Where it does not
// matter whether a member is healthy, it matters that it is not excluded; and
// where a walk for an alternative ends without one although a member is left
// (SHARD-7), the first on the ring serves.
func (s *Shard) pickAgain(task *director.Task, table *shardTable, p *Params) director.Hold {
	t := *table
	t.healthy, t.up = make([]bool, len(t.members)), 0
	for i := range t.members {
		if t.healthy[i] = (table.healthy[i] || p.healthy == Ignore) && left(task, t.members[i].slot); t.healthy[i] {
			t.up++
		}
	}
	if t.up == 0 {
		return director.Hold{}
	}
	params := *p
	if p.healthy == Ignore {
		params.healthy = Chosen
	}
	key := params.keyOf(requestOf(task))
	m := s.choose(&t, &params, key)
	if m < 0 {
		m = t.ring.firstHealthy(t.ring.lookup(key), -1, t.healthy)
	}
	return firstOther(task, max(m, 0), len(t.members), func(i int) *director.Ref {
		if t.healthy[i] {
			return t.members[i].slot
		}
		return nil
	})
}

// pickAgain takes a healthy member. Sick ones are not tried: the backend that
// has failed says more than one that refuses.
func (d *DNS) pickAgain(task *director.Task, v *dnsView) director.Hold {
	healthy := func(i int) *director.Ref {
		if v.healthy[i] {
			return v.slots[i]
		}
		return nil
	}
	if !v.srv {
		return firstOther(task, int(v.cursor.Load())+1, len(v.slots), healthy)
	}
	upSlot := func(i int) *director.Ref { return v.slots[v.up[i]] }
	if h := otherByWeight(task, d.uniform(), len(v.up), upSlot, v.weightAt); !h.IsZero() {
		return h
	}
	// None of the best priority is left: the others follow in order.
	return firstOther(task, 0, len(v.slots), healthy)
}

// weightAt returns the weight of the member at an index of up.
func (v *dnsView) weightAt(i int) float64 {
	if i == 0 {
		return v.cumulative[0]
	}
	return v.cumulative[i] - v.cumulative[i-1]
}
