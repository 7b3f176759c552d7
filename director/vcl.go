package director

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/callboard/callboard/director/event"
)

// A Temperature says how awake a VCL is.
type Temperature string

// The temperatures of a VCL.
const (
	Init      Temperature = "init"
	Warm      Temperature = "warm"
	Busy      Temperature = "busy"
	Cooling   Temperature = "cooling"
	Cold      Temperature = "cold"
	Discarded Temperature = "discarded"
)

// warm reports whether directors are awake, in Varnish's sense (is_warm).
func (t Temperature) warm() bool { return t == Warm || t == Busy }

// A VCL is a configuration: it owns directors and has a default one.
type VCL struct {
	rt   *Runtime
	name string
	// fallback is the default slot: requests that name no director go there.
	fallback *Ref

	temperature Temperature // guarded by rt.mu
}

// AddVCL adds a VCL and warms it. The first one becomes the active one.
func (rt *Runtime) AddVCL(name string) (*VCL, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("VCL name: %w", err)
	}
	if strings.Contains(name, ".") {
		return nil, fmt.Errorf("VCL name %q: %w: no dots, they part VCL and director", name, ErrInvalid)
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return nil, fmt.Errorf("add VCL %s: %w", name, ErrClosed)
	}
	if rt.indexVCLLocked(name) >= 0 {
		return nil, fmt.Errorf("VCL %s: %w", name, ErrExists)
	}
	v := &VCL{rt: rt, name: name, temperature: Init}
	rt.lastRef++
	v.fallback = &Ref{rt: rt, holder: event.Holder{Kind: event.HolderDefault, Name: name, Ref: rt.lastRef}}
	rt.vcls = append(rt.vcls, v)
	rt.emitLocked(event.Event{Kind: event.VCLAdded, VCL: name, Temperature: &event.Temperature{Temperature: string(Init)}})
	v.setTemperatureLocked(Warm)
	if rt.active.Load() == nil {
		rt.activateLocked(v)
	}
	return v, nil
}

// VCL returns the VCL of that name.
func (rt *Runtime) VCL(name string) (*VCL, error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if i := rt.indexVCLLocked(name); i >= 0 {
		return rt.vcls[i], nil
	}
	return nil, fmt.Errorf("VCL %q: %w", name, ErrNotFound)
}

func (rt *Runtime) indexVCLLocked(name string) int {
	return slices.IndexFunc(rt.vcls, func(v *VCL) bool { return v.name == name })
}

// Active returns the VCL that new requests go to, nil if there is none.
func (rt *Runtime) Active() *VCL { return rt.active.Load() }

// Activate makes new requests go to v.
func (v *VCL) Activate() error {
	v.rt.mu.Lock()
	defer v.rt.mu.Unlock()
	if v.temperature == Discarded || v.rt.closed {
		return fmt.Errorf("activate VCL %s: %w", v.name, ErrClosed)
	}
	v.rt.activateLocked(v)
	return nil
}

func (rt *Runtime) activateLocked(v *VCL) {
	if rt.active.Load() == v {
		return
	}
	rt.active.Store(v)
	rt.emitLocked(event.Event{Kind: event.VCLActive, VCL: v.name})
}

// Name returns the name of the VCL.
func (v *VCL) Name() string { return v.name }

// Runtime returns the instance that the VCL belongs to.
func (v *VCL) Runtime() *Runtime { return v.rt }

// SetDefault points the default slot at d. nil empties it.
func (v *VCL) SetDefault(d *Director) error {
	if d != nil && d.vcl != v {
		return fmt.Errorf("default of VCL %s: %s %w", v.name, d.name, ErrForeign)
	}
	return v.fallback.Assign(d)
}

// Default returns the default director, held, and the zero Hold if there is
// none. It takes no lock.
func (v *VCL) Default() Hold { return v.fallback.Hold() }

func (v *VCL) setTemperatureLocked(t Temperature) {
	previous := v.temperature
	v.temperature = t
	v.rt.emitLocked(event.Event{
		Kind: event.VCLTemperature, VCL: v.name,
		Temperature: &event.Temperature{Temperature: string(t), Previous: string(previous)},
	})
}

// Add makes impl a director of the VCL and gives the VCL the owner's reference,
// which it keeps until [Director.Delete]. Names need not be unique: a director
// may take the name of one that it replaces. The WARM event is delivered before
// Add returns. If Add fails, impl was told nothing but Bind.
func (v *VCL) Add(name string, impl Implementation) (*Director, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("director name: %w", err)
	}
	d := &Director{rt: v.rt, vcl: v, name: name, impl: impl, methods: methodsOf(impl)}
	d.admin = AdminAuto
	d.reported = true
	d.count.take()
	d.contain("bind", func() {
		if b, ok := impl.(Binder); ok {
			b.Bind(d)
		}
	})
	if err := v.insert(d); err != nil {
		return nil, fmt.Errorf("add %s.%s: %w", v.name, name, err)
	}
	d.send(EventWarm)
	return d, nil
}

func (v *VCL) insert(d *Director) error {
	rt := v.rt
	added := &event.Added{Type: d.impl.Type(), Leaf: d.methods.resolve == nil}
	if describer, ok := d.impl.(Describer); ok {
		d.contain("describe", func() { added.Options = describer.Describe() })
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return ErrClosed
	}
	if !v.temperature.warm() {
		return fmt.Errorf("%w: it is %s", ErrNotWarm, v.temperature)
	}
	rt.lastID++
	d.id = rt.lastID
	rt.directors[d.id] = d
	d.owned = true
	d.initHealthLocked()
	e := d.event(event.DirectorAdded)
	e.Added, e.Health = added, d.healthLocked()
	rt.emitLocked(e)
	d.touch() // its probe may have been reported before there was a number for it
	return nil
}

// discard makes the VCL cold and deletes what is left in it, newest first, so
// that load balancers usually go before their members.
func (v *VCL) discard() {
	rt := v.rt
	rt.mu.Lock()
	if v.temperature == Discarded {
		rt.mu.Unlock()
		return
	}
	wasWarm := v.temperature.warm()
	v.setTemperatureLocked(Cold)
	directors := v.directorsLocked()
	if rt.active.Load() == v {
		rt.active.Store(nil)
	}
	rt.mu.Unlock()

	slices.Reverse(directors)
	for _, d := range directors {
		if wasWarm {
			d.send(EventCold)
		}
	}
	_ = v.fallback.Assign(nil) // letting go cannot fail
	for _, d := range directors {
		_ = d.Delete() // a director that was deleted before only waits for its last reference
	}

	rt.mu.Lock()
	defer rt.mu.Unlock()
	v.temperature = Discarded
	rt.vcls = slices.DeleteFunc(rt.vcls, func(o *VCL) bool { return o == v })
	rt.emitLocked(event.Event{Kind: event.VCLDiscarded, VCL: v.name})
}

// directorsLocked returns the directors in the order in which they were added.
func (v *VCL) directorsLocked() []*Director {
	var directors []*Director
	for known := range v.rt.Tree().Directors() {
		if d := v.rt.directors[known.ID]; d.vcl == v {
			directors = append(directors, d)
		}
	}
	return directors
}

// maxName bounds a name in bytes, so that a row of any list stays readable.
const maxName = 127

func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: it is empty", ErrInvalid)
	case len(name) > maxName:
		return fmt.Errorf("%w: %d bytes are too long, %d is the most", ErrInvalid, len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%q: %w: not UTF-8", name, ErrInvalid)
	case name[0] == '@' || name[0] == '-':
		return fmt.Errorf("%q: %w: a name does not start with %q", name, ErrInvalid, name[0])
	}
	for _, r := range name {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return fmt.Errorf("%q: %w: %q may not stand in a name", name, ErrInvalid, r)
		}
	}
	return nil
}
