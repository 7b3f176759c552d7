package director

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director/event"
)

// Discard takes the VCL out of use: it goes cold, once its requests have ended
// and nobody prevents it, and then its directors are deleted. Discard does not
// wait for that. The active VCL and one with a label are refused ([ErrInUse]).
//
// What was added while the VCL was loaded is deleted in reverse order. What was
// added later, and static directors, are then told DISCARD, the oldest first,
// and deleted if they have not done so themselves. Directors that something
// else still holds linger until it lets go.
func (v *VCL) Discard() error {
	return v.rt.one(func(c *Command) error { return c.Discard(v) })
}

func (v *VCL) discard(by *Command) error {
	after := work{by: by}
	v.rt.mu.Lock()
	err := v.discardLocked(&after)
	v.rt.mu.Unlock()
	after.run()
	if err != nil {
		return fmt.Errorf("discard VCL %s: %w", v.name, err)
	}
	return nil
}

func (v *VCL) discardLocked(after *work) error {
	switch {
	case v.discarding:
		return ErrDeleted
	case v.rt.closed:
		// Close discards whatever is in use.
	case v.rt.active.Load() == v:
		return fmt.Errorf("%w: it is the active one", ErrInUse)
	case len(v.labels) > 0:
		return fmt.Errorf("%w: it has the label %s", ErrInUse, strings.Join(v.labels, ", "))
	}
	v.discarding = true
	v.restartCooldownLocked()
	v.rt.active.CompareAndSwap(v, nil)
	v.settleLocked(after)
	return nil
}

// tearDown deletes what is in a discarded VCL that has gone cold. It is called
// once, without locks.
func (v *VCL) tearDown(by *Command) {
	v.fallback.close(by)
	v.rt.mu.Lock()
	directors := v.directorsLocked()
	v.rt.mu.Unlock()
	for _, d := range slices.Backward(directors) {
		if d.object && !d.static {
			_ = d.delete(true, by) // it may have been deleted before, and linger
		}
	}
	for _, d := range directors {
		if d.object && !d.static {
			continue
		}
		d.tell(EventDiscard, by)
		_ = d.delete(true, by)
	}
	v.rt.mu.Lock()
	defer v.rt.mu.Unlock()
	v.temperature = Discarded
	v.rt.vcls = slices.DeleteFunc(v.rt.vcls, func(o *VCL) bool { return o == v })
	v.rt.emitLocked(event.Event{Kind: event.VCLDiscarded, VCL: v.name}, by)
	v.rt.settleLocked()
}

// A Prevention keeps a VCL from going cold or from being discarded, for a
// reason that operators are shown (Varnish: VRT_VCL_Prevent_Cold and
// VRT_VCL_Prevent_Discard).
type Prevention struct {
	v    *VCL
	why  string
	busy bool // counts as a request
	over bool // guarded by rt.mu
}

// PreventCold makes the VCL busy, as a request does.
func (v *VCL) PreventCold(why string) (*Prevention, error) { return v.prevent(why, true) }

// PreventDiscard lets the VCL's directors go cold but keeps it cooling.
func (v *VCL) PreventDiscard(why string) (*Prevention, error) { return v.prevent(why, false) }

func (v *VCL) prevent(why string, busy bool) (*Prevention, error) {
	v.rt.mu.Lock()
	defer v.rt.mu.Unlock()
	if !v.temperature.warm() {
		return nil, fmt.Errorf("VCL %s: %w: it is %s", v.name, ErrNotWarm, v.shownTemperatureLocked())
	}
	p := &Prevention{v: v, why: why, busy: busy}
	v.preventions = append(v.preventions, p)
	if busy {
		v.requests.Add(1)
	}
	return p, nil
}

// Allow ends the prevention. Calling it twice is the same as calling it once.
func (p *Prevention) Allow() {
	v := p.v
	var after work
	v.rt.mu.Lock()
	if !p.over {
		p.over = true
		v.preventions = slices.DeleteFunc(v.preventions, func(o *Prevention) bool { return o == p })
		if p.busy {
			v.requests.Add(-1)
		}
		v.settleLocked(&after)
	}
	v.rt.mu.Unlock()
	after.run()
}

func (v *VCL) waitsForLocked() string {
	var reasons []string
	for _, p := range v.preventions {
		reasons = append(reasons, p.why)
	}
	return strings.Join(reasons, ", ")
}
