package lb

import (
	"math/rand/v2"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// A dnsView is what picks read. It is made anew for each change; only the cursor
// moves.
type dnsView struct {
	slots   []*director.Ref // in the order of the answer, by priority for SRV
	healthy []bool
	// next has for each position that of the first healthy one at or after it, with
	// wrap; nil if none is healthy.
	next []int32
	// cursor is the position of the last pick (DNS-15: current).
	cursor atomic.Int32

	srv bool
	// up are the positions of the healthy ones of the lowest priority that has any,
	// cumulative the sum of their weights up to and including each.
	up         []int32
	cumulative []float64
}

// Resolve implements [director.Resolver].
func (d *DNS) Resolve(t *director.Task) director.Hold {
	if d.wait.Load() != nil {
		var done <-chan struct{}
		if r := requestOf(t); r != nil {
			done = r.Context().Done()
		}
		d.await(done)
	}
	for {
		v := d.view.Load()
		if v == nil || len(v.slots) == 0 {
			return director.Hold{}
		}
		if t.Retrying() {
			return d.pickAgain(t, v)
		}
		if h := v.hold(d.pick(v)); !h.IsZero() {
			return h
		}
		// All slots were emptied after the view was made, so there is a new one, or
		// will be: the director has ended if not.
		if d.view.Load() == v {
			return director.Hold{}
		}
	}
}

// pick returns the position of the member to take, a sick one if all are.
func (d *DNS) pick(v *dnsView) int {
	if !v.srv {
		return v.turn()
	}
	if len(v.up) == 0 {
		return len(v.slots) - 1 // the last one looked at (DNS-20)
	}
	return v.share(d.uniform())
}

// uniform returns a number that is uniform in [0, 1).
func (d *DNS) uniform() float64 {
	if d.options.Uniform == nil {
		return rand.Float64()
	}
	return d.options.Uniform()
}

// turn returns the first healthy position after the cursor, and moves it there.
func (v *dnsView) turn() int {
	n := int32(len(v.slots))
	for {
		at := v.cursor.Load()
		chosen := at + 1
		if chosen == n {
			chosen = 0
		}
		if v.next != nil {
			chosen = v.next[chosen]
		}
		if chosen == at || v.cursor.CompareAndSwap(at, chosen) {
			return int(chosen)
		}
	}
}

// share returns the position of the first healthy target whose cumulative weight
// exceeds the share u of the total, 0 ≤ u < 1.
func (v *dnsView) share(u float64) int {
	last := len(v.cumulative) - 1
	want := u * v.cumulative[last]
	i := sort.Search(last, func(i int) bool { return v.cumulative[i] > want })
	return int(v.up[i])
}

// hold takes a reference to the member at a position. When its slot was emptied
// after the view was made another one serves, a healthy one if there is any.
func (v *dnsView) hold(position int) director.Hold {
	if h := v.slots[position].Hold(); !h.IsZero() {
		return h
	}
	n := len(v.slots)
	for _, healthy := range [...]bool{true, false} {
		for i := 1; i < n; i++ {
			at := (position + i) % n
			if v.healthy[at] == healthy {
				if h := v.slots[at].Hold(); !h.IsZero() {
					return h
				}
			}
		}
	}
	return director.Hold{}
}

// MembersChanged implements [director.MemberWatcher].
func (d *DNS) MembersChanged() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.publishLocked()
}

// publishLocked makes a view of the list. d.mu is held: what is read here is at
// least as new as the change that led to the call, and the newest view stays.
func (d *DNS) publishLocked() {
	n := len(d.list)
	v := &dnsView{slots: make([]*director.Ref, n), healthy: make([]bool, n), srv: d.options.SRV}
	for i, m := range d.list {
		v.slots[i] = m.slot
		v.healthy[i] = m.director.Healthy()
	}
	if first := slices.Index(v.healthy, true); first >= 0 {
		if v.srv {
			v.weigh(d.list, d.list[first].priority)
		} else {
			v.indexTurns(first)
		}
	}
	if before := d.view.Load(); before != nil && len(before.slots) > 0 {
		// DNS-15: when the current one has vanished, the head of the list is it.
		current := before.slots[before.cursor.Load()]
		v.cursor.Store(int32(max(0, slices.Index(v.slots, current))))
	}
	d.view.Store(v)
}

func (v *dnsView) indexTurns(first int) {
	v.next = make([]int32, len(v.slots))
	following := int32(first)
	for i := len(v.slots) - 1; i >= 0; i-- {
		if v.healthy[i] {
			following = int32(i)
		}
		v.next[i] = following
	}
}

// weigh sums up the weights of the healthy members of a priority. Where none
// has any, all weigh the same.
func (v *dnsView) weigh(list []*dnsMember, priority uint16) {
	total := 0.0
	for i, m := range list {
		if v.healthy[i] && m.priority == priority {
			total += m.slot.Weight()
			v.up = append(v.up, int32(i))
			v.cumulative = append(v.cumulative, total)
		}
	}
	if total == 0 {
		for i := range v.cumulative {
			v.cumulative[i] = float64(i + 1)
		}
	}
}

// inFlight implements loader.
func (d *DNS) inFlight() int64 {
	total := int64(0)
	if v := d.view.Load(); v != nil {
		for _, slot := range v.slots {
			total += slotLoad(slot)
		}
	}
	return total
}
