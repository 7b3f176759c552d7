package director

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/callboard/callboard/director/event"
)

// A Director is anything that can be resolved to a place to send a request. It
// is the runtime's side of an [Implementation]; all methods may be called from
// any goroutine, also after the director was deleted.
type Director struct {
	rt      *Runtime
	vcl     *VCL
	id      uint64
	name    string
	impl    Implementation
	methods methods
	// typeName is asked for once: what the type says later is its own business.
	typeName string
	static   bool // slots do not count
	object   bool // added while its VCL was loaded; written before anybody can find it

	count   counter
	healthy atomic.Bool  // what Healthy answers; stored under rt.mu
	changed atomic.Int64 // when that changed, in nanoseconds; stored under rt.mu
	probe   atomic.Pointer[event.Probe]

	requests, failures atomic.Uint64
	retried            atomic.Uint64 // of the failures, those that went to another leaf
	inFlight           atomic.Int64
	dirty              atomic.Bool // in rt.dirty
	nextDirty          *Director   // guarded by being in rt.dirty

	// The fields below are guarded by rt.mu.

	holders []*Ref // the slots that hold this director
	slots   []*Ref // the slots of this director, empty ones too
	// lastSlot numbers the slots.
	lastSlot int
	// deleted is set first, so that no slot gains anything while Release runs.
	deleted   bool
	owned     bool
	letGo     []string // what Release has let go of so far
	admin     AdminHealth
	reported  bool       // what the type reports of itself
	reason    string     // why
	follow    bool       // health is that of the members
	founded   bool       // the type has reported health
	members   int        // filled slots
	healthyMs int        // filled slots whose director is healthy
	passed    event.Flow // what went on to the members
	version   int        // grows with each change of a member or its health
	noted     uint64     // the work that has last noted such a change
	// pending are events that the type is still to be told, by one goroutine
	// at a time: the one that has set telling. awake is what it was told last.
	pending []toTell
	telling bool
	awake   bool
	// calls counts the callbacks in progress that hold no reference. ended is
	// set when the last reference went meanwhile; retiring when the end has
	// begun, once.
	calls    int
	ended    bool
	retiring bool
	gone     bool // destroyed: there is nothing more to tell of it
	// secrets are those that the director was added with.
	secrets []event.Secret
	acts    []*act
}

// ID returns a number that no other director of this epoch has.
func (d *Director) ID() uint64 { return d.id }

// Name returns the name within the VCL.
func (d *Director) Name() string { return d.name }

// FullName returns the name with that of the VCL: "boot.a1".
func (d *Director) FullName() string { return d.vcl.name + "." + d.name }

// VCL returns the VCL that the director belongs to.
func (d *Director) VCL() *VCL { return d.vcl }

// Implementation returns what was given to [VCL.Add].
func (d *Director) Implementation() Implementation { return d.impl }

// Group returns the interface by which the members can be changed, each call as
// a command of its own.
func (d *Director) Group() (Group, error) { return d.group(nil) }

func (d *Director) group(by *Command) (Group, error) {
	if g, ok := d.impl.(Group); ok {
		return changer{Group: g, by: by, d: d}, nil
	}
	return nil, fmt.Errorf("%s: %w: a director of type %s has no members to change", d.FullName(), ErrInvalid, d.typeName)
}

// Dump writes what the type says of its private state.
func (d *Director) Dump(w io.Writer) {
	fmt.Fprintf(w, "director %s = %s (id %d) {\n  refcount %d\n  healthy %t\n", d.FullName(), d.typeName, d.id, d.count.count(), d.Healthy())
	if dumper, ok := d.impl.(Dumper); ok {
		d.call(nil, "dump", func() { dumper.Dump(w) })
	}
	fmt.Fprintln(w, "}")
}

// Pin takes a reference by hand, which keeps the director from being destroyed
// until [Runtime.Unpin]. The note says what for.
func (d *Director) Pin(note string) (id uint64, err error) {
	err = d.rt.one(func(c *Command) error {
		id, err = c.Pin(d, note)
		return err
	})
	return id, err
}

func (d *Director) pin(note string, by *Command) (id uint64, err error) {
	rt := d.rt
	rt.mu.Lock()
	if rt.closed {
		rt.mu.Unlock()
		return 0, fmt.Errorf("pin %s: %w", d.FullName(), ErrClosed)
	}
	rt.lastRef++
	id = rt.lastRef
	r := &Ref{rt: rt, holder: event.Holder{Kind: event.HolderPin, Name: note, ID: id, Ref: id}}
	rt.pins[id] = r
	rt.mu.Unlock()
	if err := r.assign(d, 0, by); err != nil {
		rt.mu.Lock()
		delete(rt.pins, id)
		rt.mu.Unlock()
		return 0, fmt.Errorf("pin %s: %w", d.FullName(), err)
	}
	return id, nil
}

// NewRef makes an empty slot of this director. Only the director's type calls
// it, from Bind on.
func (d *Director) NewRef() *Ref {
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	d.lastSlot++
	d.rt.lastRef++
	r := &Ref{rt: d.rt, owner: d, holder: event.Holder{Kind: event.HolderMember, Slot: d.lastSlot, Ref: d.rt.lastRef}}
	r.place = len(d.slots)
	d.slots = append(d.slots, r)
	return r
}

// Go runs f in a goroutine that [Runtime.Close] waits for. It is for a type's
// background work, which Event(EventWarm) starts and Event(EventCold) has to
// stop: neither may wait for it, since f itself may be what ends the director.
func (d *Director) Go(f func()) {
	rt := d.rt
	rt.mu.Lock()
	if rt.ended { // Close has returned: nothing may outlive it
		rt.mu.Unlock()
		return
	}
	rt.running++
	rt.mu.Unlock()
	go func() {
		defer func() {
			rt.mu.Lock()
			defer rt.mu.Unlock()
			rt.running--
			rt.settleLocked()
		}()
		d.contain("background", f)
	}()
}

// InFlight returns the number of requests that the director is answering now,
// as their leaf.
func (d *Director) InFlight() int64 { return d.inFlight.Load() }

// event returns an event about d, to be completed and emitted.
func (d *Director) event(kind event.Kind) event.Event {
	return event.Event{Kind: kind, VCL: d.vcl.name, Director: d.name, ID: d.id}
}

// A toTell is an event that a director's type is still to be told, as a part of a
// command.
type toTell struct {
	Event
	by *Command
}

// tellLocked makes e the next thing that the director is told, by the next call
// of drain.
func (d *Director) tellLocked(e Event, by *Command) {
	d.pending = append(d.pending, toTell{e, by})
}

// tell tells the director e, unless it has ended.
func (d *Director) tell(e Event, by *Command) {
	d.rt.mu.Lock()
	d.tellLocked(e, by)
	d.rt.mu.Unlock()
	d.drain()
}

// drain tells the director what is pending, in order. When another goroutine is
// about it, that one also tells what has come since.
func (d *Director) drain() {
	for d.tellNext() {
	}
}

func (d *Director) tellNext() (told bool) {
	d.rt.mu.Lock()
	if d.telling || len(d.pending) == 0 || !d.enterLocked() {
		d.rt.mu.Unlock()
		return false
	}
	e := d.pending[0]
	d.pending = d.pending[1:]
	d.telling = true
	d.deliveringLocked(e)
	d.rt.mu.Unlock()
	defer func() { // also when the callback ends its goroutine
		d.rt.mu.Lock()
		d.telling = false
		d.rt.mu.Unlock()
		d.exit(e.by)
	}()
	d.deliver(e)
	return true
}

// enterLocked reports whether the type may still be called, and keeps it from
// being destroyed until exit.
func (d *Director) enterLocked() bool {
	if d.ended || d.retiring {
		return false
	}
	d.calls++
	return true
}

// exit ends what enterLocked began. The last one out ends the director, if its
// last reference went meanwhile.
func (d *Director) exit(by *Command) {
	d.rt.mu.Lock()
	d.calls--
	last := d.ended && d.calls == 0 && !d.retiring
	if last {
		d.retiring = true
	}
	d.rt.mu.Unlock()
	if last {
		d.end(by)
	}
}

// call runs a callback that nothing else keeps the director alive for, as a part
// of the command by.
func (d *Director) call(by *Command, callback string, f func()) {
	d.rt.mu.Lock()
	ok := d.enterLocked()
	d.rt.mu.Unlock()
	if ok {
		defer d.exit(by)
		d.containBy(by, callback, f)
	}
}

// deliveringLocked records that the director is told e.
func (d *Director) deliveringLocked(e toTell) {
	switch e.Event {
	case EventWarm:
		d.awake = true
	case EventCold:
		d.awake = false
	}
	d.emitLifeLocked(event.DirectorEvent, event.Life{Event: string(e.Event)}, e.by)
}

func (d *Director) deliver(e toTell) {
	if d.methods.event != nil {
		d.containBy(e.by, "event", func() { d.methods.event.Event(e.Event) })
	}
}

func (d *Director) emitLifeLocked(kind event.Kind, life event.Life, by *Command) {
	e := d.event(kind)
	life.Refcount = d.count.count()
	e.Life = &life
	d.rt.emitLocked(e, by)
}

// contain runs a callback of the director's type. A panic in it ends the
// callback and nothing else, and becomes a director.error event.
func (d *Director) contain(callback string, f func()) { d.containBy(nil, callback, f) }

func (d *Director) containBy(by *Command, callback string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			d.reportError(callback, fmt.Errorf("panic: %v", r), by)
		}
	}()
	f()
}

// ReportError makes an error that the director's type has met in the background
// a director.error event, so that people can see it. Callback says during what
// it happened, in a word or two.
func (d *Director) ReportError(callback string, err error) { d.reportError(callback, err, nil) }

func (d *Director) reportError(callback string, err error, by *Command) {
	text := fmt.Sprint(err) // err is the type's: it may be nil, panic or call back
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	d.emitLifeLocked(event.DirectorError, event.Life{Callback: callback, Error: text}, by)
}

// forgetSlotLocked takes an emptied slot out of the list, whose order means
// nothing.
func (d *Director) forgetSlotLocked(r *Ref) {
	last := len(d.slots) - 1
	if r.place > last || d.slots[r.place] != r {
		return // forgotten before, or the director is gone
	}
	moved := d.slots[last]
	d.slots[r.place], moved.place = moved, r.place
	d.slots[last] = nil
	d.slots = d.slots[:last]
}
