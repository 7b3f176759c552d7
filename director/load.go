package director

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director/event"
)

// AddVCL adds an empty VCL and warms it. The first one becomes the active one.
func (rt *Runtime) AddVCL(name string) (*VCL, error) {
	return rt.LoadVCL(name, Auto, nil)
}

// LoadVCL adds a VCL and lets build add its directors before it is warmed, so
// that they are told WARM only when all are there. With [AlwaysCold] it stays
// cold, and its directors are told nothing. If build fails the VCL is
// discarded, with all that is in it, and nothing is left. The first VCL that is
// not cold becomes the active one.
func (rt *Runtime) LoadVCL(name string, state State, build func(*VCL) error) (v *VCL, err error) {
	err = rt.one(func(c *Command) error {
		v, err = c.LoadVCL(name, state, build)
		return err
	})
	return v, err
}

func (rt *Runtime) load(name string, state State, build func(*VCL) error, by *Command) (*VCL, error) {
	v, err := rt.initVCL(name, state, by)
	if err != nil {
		return nil, fmt.Errorf("load VCL %s: %w", name, err)
	}
	if build != nil {
		if err := build(v); err != nil {
			_ = v.discard(by) // nothing can use it yet
			return nil, fmt.Errorf("load VCL %s: %w", name, err)
		}
	}
	after := work{by: by}
	rt.mu.Lock()
	v.loading = nil
	switch {
	case v.discarding: // by build, or by Close meanwhile
		rt.mu.Unlock()
		return nil, fmt.Errorf("load VCL %s: %w", name, ErrClosed)
	case state == AlwaysCold:
		v.setTemperatureLocked(Cold, by)
	default:
		v.warmLocked(&after)
		if rt.active.Load() == nil {
			rt.activateLocked(v, by)
		}
	}
	v.restartCooldownLocked()
	rt.mu.Unlock()
	after.run()
	return v, nil
}

func (rt *Runtime) initVCL(name string, state State, by *Command) (*VCL, error) {
	if err := checkVCLName(name); err != nil {
		return nil, fmt.Errorf("VCL name: %w", err)
	}
	switch state {
	case Auto, AlwaysWarm, AlwaysCold:
	default:
		return nil, fmt.Errorf("state %q: %w: use auto, warm or cold", state, ErrInvalid)
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return nil, ErrClosed
	}
	if rt.indexVCLLocked(name) >= 0 || rt.labels[name] != nil {
		return nil, ErrExists
	}
	v := &VCL{rt: rt, name: name, state: state, temperature: Init, loading: by}
	v.asleep.Store(true)
	rt.lastRef++
	v.fallback = &Ref{rt: rt, holder: event.Holder{Kind: event.HolderDefault, Name: name, Ref: rt.lastRef}}
	rt.vcls = append(rt.vcls, v)
	rt.emitLocked(event.Event{Kind: event.VCLAdded, VCL: name, Temperature: &event.Temperature{Temperature: string(Init), State: string(state)}}, by)
	return v, nil
}

// checkVCLName checks the name of a VCL, or of a label, which stands for one.
func checkVCLName(name string) error {
	if strings.Contains(name, ".") {
		return fmt.Errorf("%q: %w: no dots, they part VCL and director", name, ErrInvalid)
	}
	return checkName(name)
}

// Active returns the VCL that new requests go to, nil if there is none.
func (rt *Runtime) Active() *VCL { return rt.active.Load() }

// Activate makes new requests go to v. A VCL in state auto that has gone cold
// is warmed first; one that the operator made cold is refused ([ErrNotWarm]).
func (v *VCL) Activate() error {
	return v.rt.one(func(c *Command) error { return c.Activate(v) })
}

func (v *VCL) activate(by *Command) error {
	after := work{by: by}
	v.rt.mu.Lock()
	err := v.wakeLocked(&after)
	if err == nil {
		v.rt.activateLocked(v, by)
	}
	v.rt.mu.Unlock()
	after.run()
	if err != nil {
		return fmt.Errorf("activate VCL %s: %w", v.name, err)
	}
	return nil
}

// wakeLocked makes the VCL usable for requests.
func (v *VCL) wakeLocked(after *work) error {
	switch {
	case v.discarding || v.rt.closed:
		return ErrClosed
	case v.temperature == Init:
		return fmt.Errorf("%w: it is being loaded", ErrInUse)
	case v.state == AlwaysCold:
		return fmt.Errorf("%w: set it to auto or warm first", ErrNotWarm)
	case v.temperature == Cooling:
		return fmt.Errorf("%w: it is cooling, and waits for %s", ErrInUse, v.waitsForLocked())
	}
	v.idle = false
	v.warmLocked(after)
	return nil
}

func (rt *Runtime) activateLocked(v *VCL, by *Command) {
	before := rt.active.Load()
	if before == v {
		return
	}
	rt.active.Store(v)
	rt.emitLocked(event.Event{Kind: event.VCLActive, VCL: v.name}, by)
	v.restartCooldownLocked()
	if before != nil {
		before.restartCooldownLocked()
	}
}

// Label gives v a name of its own, by which requests can be sent to it
// ([Runtime.VCL] knows it). A label that another VCL has moves over. A VCL with
// a label stays warm and cannot be discarded.
func (rt *Runtime) Label(label string, v *VCL) error {
	return rt.one(func(c *Command) error { return c.Label(label, v) })
}

func (rt *Runtime) label(label string, v *VCL, by *Command) error {
	if err := checkVCLName(label); err != nil {
		return fmt.Errorf("label: %w", err)
	}
	if v == nil || v.rt != rt {
		return fmt.Errorf("label %s: %w", label, ErrForeign)
	}
	after := work{by: by}
	rt.mu.Lock()
	err := rt.labelLocked(label, v, &after)
	rt.mu.Unlock()
	after.run()
	if err != nil {
		return fmt.Errorf("label %s: %w", label, err)
	}
	return nil
}

func (rt *Runtime) labelLocked(label string, v *VCL, after *work) error {
	if rt.indexVCLLocked(label) >= 0 {
		return fmt.Errorf("%w: a VCL has that name", ErrExists)
	}
	if rt.labels[label] == v {
		return nil
	}
	if err := v.wakeLocked(after); err != nil {
		return err
	}
	rt.unlabelLocked(label, after.by)
	rt.labels[label] = v
	v.labels = append(v.labels, label)
	rt.emitLocked(event.Event{Kind: event.VCLLabel, VCL: v.name, Label: &event.Label{Label: label, Set: true}}, after.by)
	v.restartCooldownLocked()
	return nil
}

// Unlabel takes a label away.
func (rt *Runtime) Unlabel(label string) error {
	return rt.one(func(c *Command) error { return c.Unlabel(label) })
}

func (rt *Runtime) unlabel(label string, by *Command) error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if !rt.unlabelLocked(label, by) {
		return fmt.Errorf("label %s: %w", label, ErrNotFound)
	}
	return nil
}

func (rt *Runtime) unlabelLocked(label string, by *Command) bool {
	v := rt.labels[label]
	if v == nil {
		return false
	}
	delete(rt.labels, label)
	v.labels = slices.DeleteFunc(slices.Clone(v.labels), func(l string) bool { return l == label })
	rt.emitLocked(event.Event{Kind: event.VCLLabel, VCL: v.name, Label: &event.Label{Label: label}}, by)
	v.restartCooldownLocked()
	return true
}
