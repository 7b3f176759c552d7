package director

import (
	"fmt"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A heldStep is what a director does next, once somebody says so. That it is
// held, and since when, is told by events: the tree knows, and knows the order.
type heldStep struct {
	// keep holds the last reference, if it is neither the owner's nor gone.
	keep *Ref
	// next goes on. It is called once, without locks, by the command that says so, as a
	// part of that command.
	next func(by *Command)
}

// SetStepping switches step mode on or off; it is off in a new runtime. While it
// is on, the end of each director is held three times, so that people can look:
// before its type's Release is called, before its last reference is dropped, and
// before its type's Destroy is called. [Runtime.Next] lets one go on.
//
// Nobody waits for a held step. [Director.Delete] returns at once, and so does
// whoever lets go of a last reference, a request or the owner of a slot: a pin of
// the runtime's own, named "step mode", then keeps that reference. Until its
// last reference is dropped the director is callable, and can be held anew; one
// that is, when its turn comes, just goes on and lingers.
//
// The directors of a VCL that is discarded are held as well: Discard deletes all
// of them in its order and ends the VCL, and then their steps can be watched one
// by one. [Director.Disown] calls no Release, and so is not held before it.
//
// Switching off lets everything that is held go on in order, in this goroutine,
// before SetStepping returns; [Runtime.Close] does the same. It fails with
// [ErrClosed] if a closed runtime is to step.
func (rt *Runtime) SetStepping(on bool) error {
	return rt.one(func(c *Command) error { return c.SetStepping(on) })
}

func (rt *Runtime) setStepping(on bool, by *Command) error {
	rt.mu.Lock()
	if on && rt.closed {
		rt.mu.Unlock()
		return fmt.Errorf("step mode: %w", ErrClosed)
	}
	rt.setSteppingLocked(on, by)
	rt.mu.Unlock()
	rt.goOn(by)
	return nil
}

func (rt *Runtime) setSteppingLocked(on bool, by *Command) {
	if rt.stepping.Load() != on {
		rt.stepping.Store(on)
		rt.emitLocked(event.Event{Kind: event.StepMode, Stepping: &event.Stepping{On: on}}, by)
	}
}

// Next lets the step go on that has been held longest, and returns it. When Next
// returns the step was taken, callbacks included, and the director is held before
// the following one, lingers, or is destroyed. It fails with [ErrNotHeld] if
// nothing is held.
func (rt *Runtime) Next() (held tree.Held, err error) {
	err = rt.one(func(c *Command) error {
		held, err = c.Next()
		return err
	})
	return held, err
}

func (rt *Runtime) next(by *Command) (tree.Held, error) {
	rt.mu.Lock()
	for held := range rt.Tree().Held() {
		next := rt.directors[held.ID].takeStepLocked(held, by)
		rt.mu.Unlock()
		next(by)
		return held, nil
	}
	rt.mu.Unlock()
	return tree.Held{}, fmt.Errorf("next step: %w", ErrNotHeld)
}

// Next is [Runtime.Next] for the held step of this director, whatever else has
// been held longer.
func (d *Director) Next() (held tree.Held, err error) {
	err = d.rt.one(func(c *Command) error {
		held, err = c.NextOf(d)
		return err
	})
	return held, err
}

func (d *Director) next(by *Command) (tree.Held, error) {
	d.rt.mu.Lock()
	held, ok := d.rt.Tree().HeldStep(d.id)
	if !ok {
		d.rt.mu.Unlock()
		return tree.Held{}, fmt.Errorf("next step of %s: %w", d.FullName(), ErrNotHeld)
	}
	next := d.takeStepLocked(held, by)
	d.rt.mu.Unlock()
	next(by)
	return held, nil
}

// goOn lets everything go on that is held, unless step mode is on.
func (rt *Runtime) goOn(by *Command) {
	for !rt.stepping.Load() {
		if _, err := rt.next(by); err != nil {
			return
		}
	}
}

// takeStepLocked ends the hold; what it returns is to be called after unlock.
func (d *Director) takeStepLocked(held tree.Held, by *Command) (next func(*Command)) {
	next = d.rt.held[d.id].next
	delete(d.rt.held, d.id)
	d.emitStepLocked(event.StepTaken, event.Step{Before: held.Before}, by)
	return next
}

func (d *Director) emitStepLocked(kind event.Kind, step event.Step, by *Command) {
	e := d.event(kind)
	e.Step = &step
	d.rt.emitLocked(e, by)
}

func (d *Director) holdLocked(step event.Step, held heldStep, by *Command) {
	d.rt.held[d.id] = held
	d.emitStepLocked(event.StepHeld, step, by)
}

// holdReleaseLocked reports whether the director is held before Release.
func (d *Director) holdReleaseLocked(by *Command) bool {
	if !d.rt.stepping.Load() {
		return false
	}
	d.holdLocked(event.Step{Before: event.BeforeRelease}, heldStep{next: func(by *Command) {
		d.rt.mu.Lock()
		d.letGo = nil // by hand, meanwhile: that was not Release
		d.rt.mu.Unlock()
		d.release(by)
	}}, by)
	return true
}

// holdOwnerLocked holds the director before the owner's reference is dropped,
// which is the last one.
func (d *Director) holdOwnerLocked(by *Command) {
	owner := event.Holder{Kind: event.HolderOwner, Name: d.vcl.name}
	d.holdLocked(event.Step{Before: event.BeforeLastDrop, Last: &owner}, heldStep{next: func(by *Command) { d.dropOwner(true, by) }}, by)
}

// holdDestroy reports whether the director is held before Destroy.
func (d *Director) holdDestroy(by *Command) bool {
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	if !d.rt.stepping.Load() {
		return false
	}
	d.holdLocked(event.Step{Before: event.BeforeDestroy}, heldStep{next: d.destroy}, by)
	return true
}

// runOut ends a director that a request, or somebody like it, has found without
// references when it gave its own back, or has step mode hold it.
func (d *Director) runOut() {
	rt := d.rt
	if !rt.stepping.Load() {
		if d.count.end() {
			d.retire(nil)
		}
		return
	}
	if !d.count.keep() {
		return // somebody has taken a reference since, and answers for the end
	}
	rt.mu.Lock()
	stepping := rt.stepping.Load()
	if stepping {
		d.holdKeptLocked(d.keepLocked(0, nil), event.Holder{Kind: event.HolderTask, Name: "request"}, nil)
	}
	rt.mu.Unlock()
	if !stepping && d.dropLast() { // switched off just now
		d.retire(nil)
	}
}

// stepMode is the name of the pins that keep last references.
const stepMode = "step mode"

// keepLocked makes a reference that is counted that of a pin of the runtime's
// own. Told is the number of references that the tree still counts besides
// because the event that takes them away is yet to come.
func (d *Director) keepLocked(told int64, by *Command) *Ref {
	d.rt.lastRef++
	id := d.rt.lastRef
	keep := &Ref{rt: d.rt, holder: event.Holder{Kind: event.HolderPin, Name: stepMode, ID: id, Ref: id}, index: len(d.holders)}
	keep.target.Store(d)
	d.holders = append(d.holders, keep)
	e := d.event(event.RefAssigned)
	e.Assigned = &event.Assigned{Holder: keep.holder, To: d.name, ToID: d.id, RefcountTo: d.count.count() + told}
	d.rt.emitLocked(e, by)
	return keep
}

// holdKeptLocked holds the director before the reference of keep is dropped, which
// was last's before.
func (d *Director) holdKeptLocked(keep *Ref, last event.Holder, by *Command) {
	d.holdLocked(event.Step{Before: event.BeforeLastDrop, Last: &last}, heldStep{keep: keep, next: func(by *Command) { d.dropKept(keep, by) }}, by)
}

func (d *Director) dropKept(keep *Ref, by *Command) {
	d.rt.mu.Lock()
	keep.target.Store(nil)
	keep.leaveLocked(d)
	last := d.dropLast()
	keep.emitLocked(d, nil, 0, by)
	d.rt.mu.Unlock()
	if last {
		d.retire(by)
	}
}

// takeKeeperLocked ends the hold that keeps a reference by the pin of that number,
// as takeStepLocked does. It returns nil if there is none.
func (rt *Runtime) takeKeeperLocked(pin uint64, by *Command) (next func(*Command)) {
	for held := range rt.Tree().Held() {
		if keep := rt.held[held.ID].keep; keep != nil && keep.holder.ID == pin {
			return rt.directors[held.ID].takeStepLocked(held, by)
		}
	}
	return nil
}
