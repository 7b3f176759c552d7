package director

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A Temperature says how awake a VCL is. It follows from its [State], from
// whether requests still use it, and from who prevents it from being discarded.
type Temperature string

// The temperatures of a VCL, as in Varnish's cache_vcl.c.
const (
	// Init: being loaded. Directors can be added and are told nothing.
	Init Temperature = "init"
	// Warm: in use, or ready to be.
	Warm Temperature = "warm"
	// Busy: to be cold as soon as its requests end, and warm until then.
	Busy Temperature = "busy"
	// Cooling: its directors are cold, but somebody prevents its discard.
	Cooling Temperature = "cooling"
	// Cold: its directors do nothing in the background.
	Cold Temperature = "cold"
	// Discarded: cold, or on the way there, and then gone.
	Discarded Temperature = "discarded"
)

// warm reports whether directors are awake, in Varnish's sense (is_warm).
func (t Temperature) warm() bool { return t == Warm || t == Busy }

// A State is what the operator wants of a VCL.
type State string

// The states of Varnish's vcl.state.
const (
	// Auto: warm while it is active or labelled, cold some time after.
	Auto State = "auto"
	// AlwaysWarm and AlwaysCold never change by themselves.
	AlwaysWarm State = "warm"
	AlwaysCold State = "cold"
)

// SetState tells the VCL what to be. Auto keeps the present temperature. The
// active VCL and one that has a label cannot be made cold ([ErrInUse]); one
// that requests still use becomes busy and goes cold when they have ended; one
// that is cooling cannot be made warm before it is cold.
func (v *VCL) SetState(s State) error {
	return v.rt.one(func(c *Command) error { return c.SetState(v, s) })
}

func (v *VCL) changeState(s State, by *Command) error {
	after := work{by: by}
	v.rt.mu.Lock()
	err := v.setStateLocked(s, &after)
	v.rt.mu.Unlock()
	after.run()
	if err != nil {
		return fmt.Errorf("VCL %s %s: %w", v.name, s, err)
	}
	return nil
}

func (v *VCL) setStateLocked(s State, after *work) error {
	switch s {
	case Auto, AlwaysWarm, AlwaysCold:
	default:
		return fmt.Errorf("%w: use auto, warm or cold", ErrInvalid)
	}
	switch {
	case v.discarding || v.rt.closed:
		return ErrClosed
	case v.temperature == Init:
		return fmt.Errorf("%w: it is being loaded", ErrInUse)
	case s == v.state:
		return nil
	case s == AlwaysCold && v.rt.active.Load() == v:
		return fmt.Errorf("%w: it is the active one", ErrInUse)
	case s == AlwaysCold && len(v.labels) > 0:
		return fmt.Errorf("%w: it has the label %s", ErrInUse, strings.Join(v.labels, ", "))
	case s == AlwaysWarm && v.temperature == Cooling:
		return fmt.Errorf("%w: it is cooling, and waits for %s", ErrInUse, v.waitsForLocked())
	}
	v.state = s
	// One that is busy was to be cold as soon as its requests end; auto does
	// not change that (VCL-5).
	v.idle = s == Auto && (v.idle || v.temperature == Busy)
	before := v.rt.seq
	switch s {
	case AlwaysWarm:
		v.warmLocked(after)
	case AlwaysCold:
		v.settleLocked(after)
	}
	if v.rt.seq == before {
		v.setTemperatureLocked(v.temperature, after.by) // the state is news
	}
	v.restartCooldownLocked()
	return nil
}

// wantsColdLocked reports that nothing keeps the VCL warm but its requests.
func (v *VCL) wantsColdLocked() bool {
	return v.state == AlwaysCold || v.discarding || v.idle
}

// warmLocked wakes the VCL, and tells its directors, the newest first. A busy
// one is warm already: its directors never knew otherwise.
func (v *VCL) warmLocked(after *work) {
	v.leaving.Store(false)
	switch v.temperature {
	case Busy:
		v.setTemperatureLocked(Warm, after.by)
	case Init, Cold:
		v.setTemperatureLocked(Warm, after.by)
		v.tellAllLocked(EventWarm, after)
	}
	v.asleep.Store(false)
}

// settleLocked takes the VCL as far towards cold as its requests and its
// preventions allow. It is called whenever one of them has changed.
func (v *VCL) settleLocked(after *work) {
	if v.wantsColdLocked() && v.temperature.warm() {
		if !v.sleepLocked() {
			if v.temperature != Busy {
				v.setTemperatureLocked(Busy, after.by)
			}
			return
		}
		if len(v.preventions) > 0 {
			v.setTemperatureLocked(Cooling, after.by)
		} else {
			v.setTemperatureLocked(Cold, after.by)
		}
		v.tellAllLocked(EventCold, after)
	}
	if v.temperature == Cooling && len(v.preventions) == 0 {
		v.setTemperatureLocked(Cold, after.by)
	}
	if v.discarding && !v.tornDown && (v.temperature == Cold || v.temperature == Init) {
		v.tornDown = true
		after.torn = append(after.torn, v)
	}
}

// sleepLocked makes the VCL take no more requests, unless there are some.
func (v *VCL) sleepLocked() bool {
	v.leaving.Store(true) // before the count is read, so that the last one out comes here
	if v.requests.Load() > 0 {
		return false
	}
	// Requests enter by counting themselves and then looking at asleep. Here it
	// is the other way round, so one side sees the other.
	v.asleep.Store(true)
	if v.requests.Load() > 0 {
		v.asleep.Store(false)
		return false
	}
	return true
}

// tellAllLocked tells the directors of the VCL, the newest first (VDIRE-7).
func (v *VCL) tellAllLocked(e Event, after *work) {
	for _, d := range slices.Backward(v.directorsLocked()) {
		d.tellLocked(e, after.by)
		after.told = append(after.told, d)
	}
}

func (v *VCL) setTemperatureLocked(t Temperature, by *Command) {
	previous := v.temperature
	v.temperature = t
	v.rt.emitLocked(event.Event{
		Kind: event.VCLTemperature, VCL: v.name,
		Temperature: &event.Temperature{Temperature: string(t), Previous: string(previous), State: string(v.state)},
	}, by)
}

// shownTemperatureLocked is the temperature as an error names it.
func (v *VCL) shownTemperatureLocked() Temperature {
	if v.discarding {
		return Discarded
	}
	return v.temperature
}

// enter counts a request in, and reports whether the VCL takes any.
func (v *VCL) enter() bool {
	v.requests.Add(1)
	if v.asleep.Load() {
		v.leave()
		return false
	}
	return true
}

// leave counts a request out. The last one out of a busy VCL makes it cold.
func (v *VCL) leave() {
	if v.requests.Add(-1) > 0 || !v.leaving.Load() {
		return
	}
	var after work
	v.rt.mu.Lock()
	v.settleLocked(&after)
	v.rt.mu.Unlock()
	after.run()
}

// restartCooldownLocked starts, or stops, the time after which a VCL that
// nobody uses goes cold by itself. Varnish polls for it, so that its VCLs go
// cold up to half as late again.
func (v *VCL) restartCooldownLocked() {
	if v.cooldown != nil {
		v.cooldown.Stop()
		v.cooldown = nil
	}
	if v.mayCoolLocked() {
		var timer *time.Timer
		timer = time.AfterFunc(v.rt.cooldown, func() { v.coolDown(&timer) })
		v.cooldown = timer
	}
}

func (v *VCL) mayCoolLocked() bool {
	return v.state == Auto && v.temperature == Warm && !v.discarding && !v.rt.closed &&
		v.rt.active.Load() != v && len(v.labels) == 0
}

// coolDown is called by a timer, which is given by reference because it may
// fire before there is a name for it; the lock orders the two.
func (v *VCL) coolDown(timer **time.Timer) {
	var after work
	v.rt.mu.Lock()
	if *timer == v.cooldown && v.mayCoolLocked() { // else it was stopped too late
		// Until somebody uses it again, it is treated as one that is to be
		// cold; its state stays auto.
		v.idle = true
		v.settleLocked(&after)
	}
	v.rt.mu.Unlock()
	after.run()
}
