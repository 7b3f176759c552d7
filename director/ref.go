package director

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/callboard/callboard/director/event"
)

// A Ref is a slot: a place that holds at most one counted reference to a
// director, and knows whose it is. It is Varnish's VCL_BACKEND variable together
// with VRT_Assign_Backend. Slots are made by [Director.NewRef]; the zero Ref is
// not usable. All methods may be called from any goroutine.
type Ref struct {
	rt     *Runtime
	owner  *Director // whose slot it is; nil for default slots and pins
	holder event.Holder

	target atomic.Pointer[Director] // stored under rt.mu
	weight atomic.Uint64            // float64 bits; stored under rt.mu
	// carried counts the requests that went through the slot.
	carried atomic.Uint64

	// The fields below are guarded by rt.mu.

	index  int    // in target's holders
	place  int    // in owner's slots
	closed bool   // gains nothing any more
	seen   uint64 // of carried, at the last sample
	flow   event.Flow
	flows  bool // carried something in the last sample
}

// Slot returns the number of the slot among those of its director, from 1.
func (r *Ref) Slot() int { return r.holder.Slot }

// Target returns the director that the slot points at, nil if it is empty. The
// director is not held for the caller: it may be destroyed at any time after.
func (r *Ref) Target() *Director { return r.target.Load() }

// Weight returns the weight given with the last assignment.
func (r *Ref) Weight() float64 { return math.Float64frombits(r.weight.Load()) }

// Hold takes a reference to the director that the slot points at, for one
// request. It takes no lock and allocates nothing.
func (r *Ref) Hold() Hold {
	for {
		d := r.target.Load()
		if d == nil {
			return Hold{}
		}
		if h := d.hold(); !h.IsZero() {
			r.carried.Add(1)
			return h
		}
		// The slot was pointed elsewhere between the load and the take, and
		// its reference was the last: look where it points now. If that is
		// still d, the slot was not counted: d is static, has ended and is
		// about to take itself out of the slot.
		if r.target.Load() == d {
			return Hold{}
		}
	}
}

// Assign points the slot at d, or empties it if d is nil. The reference to d is
// taken before the one to the previous director is dropped, so that assigning
// what is there already never destroys it. Assign refuses to close a loop
// ([LoopError]), to let a deleted director gain anything ([ErrReleased]) and to
// take what is destroyed ([ErrDestroyed]); the slot then stays as it was.
//
// When the reference dropped was the last one, the director is destroyed before
// Assign returns, unless step mode holds it (see [Runtime.SetStepping]).
func (r *Ref) Assign(d *Director) error { return r.AssignWeight(d, 0) }

// AssignWeight is Assign for a type whose members have weights.
func (r *Ref) AssignWeight(d *Director, weight float64) error {
	return r.assign(d, weight, nil)
}

// assign is AssignWeight for the command by, nil for what the slot's type does.
func (r *Ref) assign(d *Director, weight float64, by *Command) error {
	r.rt.mu.Lock()
	after := work{by: cmp.Or(by, r.byLocked(d))}
	err := r.assignLocked(d, weight, &after)
	r.rt.mu.Unlock()
	after.run()
	return err
}

func (r *Ref) assignLocked(to *Director, weight float64, after *work) error {
	from := r.target.Load()
	if to == nil {
		weight = 0
	}
	if math.IsNaN(weight) || math.IsInf(weight, 0) {
		return fmt.Errorf("assign %s: weight %g: %w", to.FullName(), weight, ErrInvalid)
	}
	if from == to && r.Weight() == weight {
		return nil
	}
	if to != nil && from != to {
		if err := r.mayGainLocked(to); err != nil {
			return err
		}
		if !to.takeSlotLocked() {
			return fmt.Errorf("assign %s: %w", to.FullName(), ErrDestroyed)
		}
	}
	r.weight.Store(math.Float64bits(weight))
	r.target.Store(to)
	last, kept := false, (*Ref)(nil)
	if from != to {
		if from != nil {
			r.leaveLocked(from)
			last, kept = from.dropSlotLocked(after.by)
		}
		if to != nil {
			r.index = len(to.holders)
			to.holders = append(to.holders, r)
		}
	}
	r.emitLocked(from, to, weight, after.by)
	if kept != nil {
		from.holdKeptLocked(kept, r.shownHolder(), after.by)
	}
	r.countMemberLocked(from, to, after)
	if last {
		after.retired = append(after.retired, from)
	}
	return nil
}

// takeSlotLocked counts a slot that is to point at d, and reports whether that
// is possible. Those of a static director are not counted.
func (d *Director) takeSlotLocked() bool {
	if d.static {
		return d.count.count() > 0
	}
	return d.count.take()
}

// dropSlotLocked counts a slot that no longer points at d, and reports whether
// that was the last reference. In step mode that one is kept instead.
func (d *Director) dropSlotLocked(by *Command) (last bool, kept *Ref) {
	switch {
	case d.static:
		return false, nil
	case !d.rt.stepping.Load():
		return d.dropLast(), nil
	case d.count.dropUnlessLast():
		return false, nil
	}
	return false, d.keepLocked(1, by) // the slot's event is still to come
}

// mayGainLocked reports why the slot must not come to hold d.
func (r *Ref) mayGainLocked(d *Director) error {
	switch {
	case d.rt != r.rt:
		return fmt.Errorf("assign %s: %w", d.FullName(), ErrForeign)
	case r.rt.closed:
		return fmt.Errorf("assign %s: %w", d.FullName(), ErrClosed)
	case r.closed:
		return fmt.Errorf("assign %s: the slot %w", d.FullName(), ErrReleased)
	case d.id == 0:
		return fmt.Errorf("assign %s: it is not added yet: %w", d.FullName(), ErrInvalid)
	case r.owner == nil:
		return nil
	case r.owner.id == 0:
		return fmt.Errorf("assign to a slot of %s: it is not added yet: %w", r.owner.FullName(), ErrInvalid)
	case r.owner.deleted:
		return fmt.Errorf("assign %s: %s %w", d.FullName(), r.owner.FullName(), ErrReleased)
	case r.owner.vcl != d.vcl:
		return fmt.Errorf("assign %s to a slot of %s: %w", d.FullName(), r.owner.FullName(), ErrForeign)
	}
	if path := pathLocked(d, r.owner); path != nil {
		return &LoopError{Path: append([]string{r.owner.name}, path...)}
	}
	return nil
}

// leaveLocked takes the slot out of d's holders.
func (r *Ref) leaveLocked(d *Director) {
	lastIndex := len(d.holders) - 1
	moved := d.holders[lastIndex]
	d.holders[r.index] = moved
	moved.index = r.index
	d.holders[lastIndex] = nil
	d.holders = d.holders[:lastIndex]
}

// shownHolder is the slot as events name it.
func (r *Ref) shownHolder() event.Holder {
	h := r.holder
	if r.owner != nil {
		h.Name, h.ID = r.owner.name, r.owner.id
	}
	return h
}

func (r *Ref) emitLocked(from, to *Director, weight float64, by *Command) {
	assigned := &event.Assigned{Holder: r.shownHolder(), Weight: weight}
	e := event.Event{Kind: event.RefAssigned, Assigned: assigned}
	subject := to
	if from != nil {
		assigned.From, assigned.FromID, assigned.RefcountFrom = from.name, from.id, from.count.count()
	}
	if to != nil {
		assigned.To, assigned.ToID, assigned.RefcountTo = to.name, to.id, to.count.count()
	} else {
		subject = from
	}
	if r.owner != nil {
		subject = r.owner
		if r.owner.deleted && from != nil && from != to {
			r.owner.letGo = append(r.owner.letGo, from.name)
		}
	}
	e.VCL, e.Director, e.ID = subject.vcl.name, subject.name, subject.id
	r.rt.emitLocked(e, by)
}

// countMemberLocked keeps the owner's count of members right, and with it the
// owner's health.
func (r *Ref) countMemberLocked(from, to *Director, after *work) {
	d := r.owner
	if d == nil {
		return
	}
	if from != nil {
		d.members--
		d.healthyMs -= one(from.Healthy())
	}
	if to != nil {
		d.members++
		d.healthyMs += one(to.Healthy())
	}
	after.changeLocked(d)
	d.updateHealthLocked(after)
}

// Close empties the slot for good: whoever still has it can assign nothing to
// it any more.
func (r *Ref) Close() { r.close(nil) }

// close is Close for the command by, nil for what the slot's type does.
func (r *Ref) close(by *Command) {
	r.rt.mu.Lock()
	after := work{by: cmp.Or(by, r.byLocked(nil))}
	r.closed = true
	_ = r.assignLocked(nil, 0, &after) // letting go cannot fail
	if r.owner != nil {
		r.owner.forgetSlotLocked(r)
	}
	r.rt.mu.Unlock()
	after.run()
}

// pathLocked returns the names of the directors from d down to target, both
// included, and nil if target cannot be reached. Since no assignment closes a
// loop, the search ends; it is short, because it does not start where nobody
// holds the target.
func pathLocked(d, target *Director) []string {
	if d == target {
		return []string{d.name}
	}
	if len(target.holders) == 0 || len(d.slots) == 0 {
		return nil
	}
	return searchLocked(d, target, make(map[*Director]bool))
}

func searchLocked(d, target *Director, seen map[*Director]bool) []string {
	if d == target {
		return []string{d.name}
	}
	if seen[d] {
		return nil
	}
	seen[d] = true
	for _, r := range d.slots {
		if member := r.target.Load(); member != nil {
			if path := searchLocked(member, target, seen); path != nil {
				return slices.Insert(path, 0, d.name)
			}
		}
	}
	return nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
