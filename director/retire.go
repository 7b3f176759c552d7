package director

import (
	"fmt"
	"slices"

	"github.com/callboard/callboard/director/event"
)

// work is what a change makes necessary that must not happen under the
// runtime's lock: callbacks, and the end of directors.
type work struct {
	by      *Command    // that makes the change, nil if it comes by itself
	number  uint64      // of this work, 0 before something has changed
	changed []*Director // their members changed; each once
	told    []*Director // they have events pending
	retired []*Director // their last reference has gone
	torn    []*VCL      // they are discarded and cold
}

// changeLocked notes that a member of d changed. One flip may reach a director
// by many slots: it is noted once.
func (w *work) changeLocked(d *Director) {
	d.version++
	if w.number == 0 {
		d.rt.lastWork++
		w.number = d.rt.lastWork
	}
	if d.noted != w.number {
		d.noted = w.number
		w.changed = append(w.changed, d)
	}
}

func (w *work) run() {
	for _, d := range w.changed {
		if d.methods.watch != nil {
			d.call(w.by, "members changed", d.methods.watch.MembersChanged)
		}
		d.reconsider(w.by)
	}
	for _, d := range w.told {
		d.drain()
	}
	for _, d := range w.retired {
		d.retire(w.by)
	}
	for _, v := range w.torn {
		v.tearDown(w.by)
	}
}

// Delete ends the owner's hold on the director: from now on its slots accept
// nothing but nil, its type's Release lets go of all that they hold, and then
// the owner's reference is dropped. The director stays callable while others
// hold it, and is destroyed when the last of them lets go, which may be before
// Delete returns. It fails with [ErrDeleted] the second time, and with
// [ErrStatic] for a static director. In step mode, Delete returns before Release
// is called; see [Runtime.SetStepping].
func (d *Director) Delete() error {
	return d.rt.one(func(c *Command) error { return c.Delete(d) })
}

func (d *Director) deleteBy(by *Command) error {
	if d.static {
		return fmt.Errorf("delete %s: %w", d.FullName(), ErrStatic)
	}
	return d.delete(true, by)
}

// Disown is Delete without the call of Release, as when the owner of a Varnish
// director just drops its reference (LIFE-9). It is for a type that replaces
// directors that hold nothing; what one does hold, it keeps until it is
// destroyed.
func (d *Director) Disown() error {
	return d.rt.one(func(c *Command) error { return c.Disown(d) })
}

func (d *Director) disownBy(by *Command) error {
	if d.static {
		return fmt.Errorf("disown %s: %w", d.FullName(), ErrStatic)
	}
	return d.delete(false, by)
}

// delete is Delete if release is true, and Disown if it is not.
func (d *Director) delete(release bool, by *Command) error {
	rt := d.rt
	rt.mu.Lock()
	if d.deleted {
		rt.mu.Unlock()
		return fmt.Errorf("delete %s: %w", d.FullName(), ErrDeleted)
	}
	d.deleted = true
	d.emitLifeLocked(event.DirectorDeleted, event.Life{}, by)
	held := release && d.holdReleaseLocked(by)
	rt.mu.Unlock()
	switch {
	case held: // goes on when somebody says so
	case release:
		d.release(by)
	default:
		d.dropOwner(false, by)
	}
	return nil
}

// release has the type let go of all that it holds, and then drops the owner's
// reference.
func (d *Director) release(by *Command) {
	if d.methods.release != nil {
		d.act(act{by: by}, func() { d.containBy(by, "release", d.methods.release.Release) })
	}
	d.rt.mu.Lock()
	if left := d.leftLocked(); len(left) > 0 {
		d.emitLifeLocked(event.DirectorLeaked, event.Life{Left: left}, by)
	}
	d.rt.mu.Unlock()
	d.dropOwner(false, by)
}

// dropOwner drops the owner's reference. If that is the last one, step mode
// holds it first, unless it has done so before.
func (d *Director) dropOwner(wasHeld bool, by *Command) {
	d.rt.mu.Lock()
	last := false
	switch {
	case wasHeld || !d.rt.stepping.Load():
		last = d.dropLast()
	case !d.count.dropUnlessLast():
		d.holdOwnerLocked(by)
		d.rt.mu.Unlock()
		return
	}
	d.owned = false
	d.emitLifeLocked(event.DirectorReleased, event.Life{Released: d.letGo}, by)
	d.letGo = nil
	d.rt.mu.Unlock()
	if last {
		d.retire(by)
	}
}

// dropLast gives a reference back and reports whether it was the last one, so
// that d is to be retired: exactly one caller is told so.
func (d *Director) dropLast() bool {
	none, _ := d.count.drop()
	return none && d.count.end()
}

// leftLocked names what the director still holds.
func (d *Director) leftLocked() []string {
	if d.members == 0 {
		return nil // a pool lets go of thousands: do not sort empty slots
	}
	var left []string
	slots := slices.SortedFunc(slices.Values(d.slots), func(a, b *Ref) int { return a.Slot() - b.Slot() })
	for _, r := range slots {
		if target := r.target.Load(); target != nil {
			left = append(left, target.name)
		}
	}
	return left
}

// retire ends a director whose last reference has gone, in the goroutine that
// dropped it, or in the one that is the last to call the type back just then.
func (d *Director) retire(by *Command) {
	d.rt.mu.Lock()
	busy := d.calls > 0
	d.ended = d.ended || busy
	d.retiring = !busy
	d.rt.mu.Unlock()
	if !busy {
		d.end(by)
	}
}

// end tells COLD if the director was told WARM, then destroys it.
func (d *Director) end(by *Command) {
	d.tellLast(by)
	if !d.holdDestroy(by) {
		d.destroy(by)
	}
}

// tellLast tells the director all that it still has to know.
func (d *Director) tellLast(by *Command) {
	rt := d.rt
	rt.mu.Lock()
	if d.owned || len(d.holders) > 0 && !d.static {
		d.emitLifeLocked(event.DirectorError, event.Life{Callback: "drop", Error: "a request dropped a reference twice: the last one is gone and not all were given back"}, by)
	}
	d.deleted = true
	var last []toTell
	if d.awake {
		last = append(last, toTell{EventCold, by})
	}
	if slices.ContainsFunc(d.pending, func(e toTell) bool { return e.Event == EventDiscard }) {
		last = append(last, toTell{EventDiscard, by})
	}
	d.pending = nil
	rt.mu.Unlock()
	for _, e := range last {
		rt.mu.Lock()
		d.deliveringLocked(e)
		rt.mu.Unlock()
		d.deliver(e)
	}
}

// destroy calls the type's Destroy and takes the director out of the runtime.
func (d *Director) destroy(by *Command) {
	rt := d.rt
	if d.methods.destroy != nil {
		d.containBy(by, "destroy", d.methods.destroy.Destroy)
	}
	after := work{by: by}
	rt.mu.Lock()
	// What a type failed to release would otherwise be held for ever by a
	// director that no longer exists. The leak itself was reported.
	for _, r := range d.slots {
		_ = r.assignLocked(nil, 0, &after)
	}
	d.slots = nil
	// Only slots that were not counted can still point here.
	for len(d.holders) > 0 {
		_ = d.holders[0].assignLocked(nil, 0, &after)
	}
	delete(rt.directors, d.id)
	rt.unclaimLocked(d)
	rt.noteHealthLocked(d)
	d.gone = true
	d.emitLifeLocked(event.DirectorDestroyed, event.Life{}, by)
	rt.secrets.drop(d.secrets)
	rt.destroyed++
	if rt.destroyed > max(1024, len(rt.directors)) {
		rt.sampleLocked() // lets go of the destroyed, should nobody else sample
	}
	rt.settleLocked()
	rt.mu.Unlock()
	after.run()
}
