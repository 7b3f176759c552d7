package director

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/callboard/callboard/director/event"
)

// A VCL is a configuration: it owns directors and has a default one.
type VCL struct {
	rt   *Runtime
	name string
	// fallback is the default slot: requests that name no director go there.
	fallback *Ref

	// requests counts what keeps the VCL busy; asleep is set while it takes no
	// requests. See enter for how they work together.
	requests atomic.Int64
	asleep   atomic.Bool
	// leaving is set while the VCL waits for its requests to end.
	leaving atomic.Bool

	// The fields below are guarded by rt.mu.

	state       State
	temperature Temperature
	idle        bool // cold for want of use, in state auto
	discarding  bool // taken out of use; torn down once it is cold
	tornDown    bool
	preventions []*Prevention
	labels      []string
	loading     *Command    // of which the directors are that are added in Init
	cooldown    *time.Timer // nil while nothing will cool the VCL by itself
}

// VCL returns the VCL of that name, or with that label. One that was discarded
// is not found any more, even while its requests keep it (VCL-11).
func (rt *Runtime) VCL(name string) (*VCL, error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if i := rt.indexVCLLocked(name); i >= 0 && !rt.vcls[i].discarding {
		return rt.vcls[i], nil
	}
	if v := rt.labels[name]; v != nil {
		return v, nil
	}
	return nil, fmt.Errorf("VCL %q: %w", name, ErrNotFound)
}

func (rt *Runtime) indexVCLLocked(name string) int {
	return slices.IndexFunc(rt.vcls, func(v *VCL) bool { return v.name == name })
}

// Name returns the name of the VCL.
func (v *VCL) Name() string { return v.name }

// Runtime returns the instance that the VCL belongs to.
func (v *VCL) Runtime() *Runtime { return v.rt }

// SetDefault points the default slot at d. nil empties it.
func (v *VCL) SetDefault(d *Director) error {
	return v.rt.one(func(c *Command) error { return c.SetDefault(v, d) })
}

func (v *VCL) setDefault(d *Director, by *Command) error {
	if d != nil && d.vcl != v {
		return fmt.Errorf("default of VCL %s: %s %w", v.name, d.name, ErrForeign)
	}
	return v.fallback.assign(d, 0, by)
}

// Default returns the default director, held, and the zero Hold if there is
// none. It takes no lock.
func (v *VCL) Default() Hold { return v.fallback.Hold() }

// Add makes impl a director of the VCL and gives the VCL the owner's reference,
// which it keeps until [Director.Delete]. Names need not be unique: a director
// may take the name of one that it replaces. In a warm VCL the WARM event is
// delivered before Add returns; a VCL that is cooling or cold takes nothing
// ([ErrNotWarm]). If Add fails, impl was told nothing but Bind. An impl may be
// added once: while a director of the instance has it, another one cannot
// ([ErrExists]). Values and pointers to types without fields have no identity,
// and may be added again.
func (v *VCL) Add(name string, impl Implementation) (*Director, error) {
	return v.addOne(name, impl, addition{})
}

// AddRecorded is Add for a caller that wants to be able to make the director
// again, after a restart: config, JSON of the caller's own, becomes part of the
// director.added event, and so is shown to all. What must not be shown is in
// secrets, with a placeholder in its field of config; [Runtime.Secrets] keeps the
// values, and [Reveal] puts them back.
func (v *VCL) AddRecorded(name string, impl Implementation, config json.RawMessage, secrets ...Secret) (*Director, error) {
	return v.addOne(name, impl, addition{config: config, secrets: secrets})
}

// AddStatic is Add for a director that lives as long as its VCL: slots that
// point at it are not counted, and it cannot be deleted by itself
// ([ErrStatic]). It is Varnish's VRT_StaticDirector, which the VCL compiler
// applies to each backend definition.
func (v *VCL) AddStatic(name string, impl Implementation) (*Director, error) {
	return v.addOne(name, impl, addition{static: true})
}

// An addition is what is said of a director beside its name and its
// implementation.
type addition struct {
	static  bool
	config  json.RawMessage
	secrets []Secret
}

func (v *VCL) addOne(name string, impl Implementation, a addition) (d *Director, err error) {
	err = v.rt.one(func(c *Command) error {
		d, err = v.add(name, impl, a, c)
		return err
	})
	return d, err
}

func (v *VCL) add(name string, impl Implementation, a addition, by *Command) (*Director, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("director name: %w", err)
	}
	if impl == nil {
		return nil, fmt.Errorf("add %s.%s: %w: there is no implementation", v.name, name, ErrInvalid)
	}
	d := &Director{rt: v.rt, vcl: v, name: name, impl: impl, methods: methodsOf(impl), static: a.static}
	// Asked before Bind and again after it (LIFE-7): Bind makes impl this
	// director's, which must not happen to one that is in use elsewhere.
	v.rt.mu.Lock()
	err := v.refusalLocked()
	if err == nil {
		err = v.rt.claimLocked(d)
	}
	v.rt.mu.Unlock()
	if err == nil {
		err = v.addClaimed(d, a, by)
	}
	if err != nil {
		return nil, fmt.Errorf("add %s.%s: %w", v.name, name, err)
	}
	d.drain()
	return d, nil
}

// addClaimed adds a director whose implementation is its own. If that fails, the
// implementation may be added again.
func (v *VCL) addClaimed(d *Director, a addition, by *Command) (err error) {
	defer func() {
		if err != nil {
			v.rt.mu.Lock()
			v.rt.unclaimLocked(d)
			v.rt.mu.Unlock()
		}
	}()
	d.admin = AdminAuto
	d.reported = true
	d.count.take()
	d.containBy(by, "type", func() { d.typeName = d.impl.Type() })
	if d.typeName == "" {
		return fmt.Errorf("%w: its type has no name", ErrInvalid)
	}
	d.containBy(by, "bind", func() {
		if b, ok := d.impl.(Binder); ok {
			b.Bind(d)
		}
	})
	d.reconsider(by) // before it can be found: it starts with the right health
	return v.insert(d, a, by)
}

// refusalLocked says why the VCL takes no directors now. One that is busy takes
// them, also when it is to be discarded (VCL-5).
func (v *VCL) refusalLocked() error {
	switch {
	case v.rt.closed:
		return ErrClosed
	case v.tornDown || !v.temperature.warm() && v.temperature != Init:
		return fmt.Errorf("%w: it is %s", ErrNotWarm, v.shownTemperatureLocked())
	}
	return nil
}

func (v *VCL) insert(d *Director, a addition, by *Command) error {
	rt := v.rt
	d.secrets = nameSecrets(a.secrets)
	added := &event.Added{Type: d.typeName, Leaf: d.methods.resolve == nil, Static: d.static, Config: a.config, Secrets: d.secrets}
	_, added.Group = d.impl.(Group)
	if describer, ok := d.impl.(Describer); ok {
		d.containBy(by, "describe", func() { added.Options = slices.Clone(describer.Describe()) })
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if err := v.refusalLocked(); err != nil {
		return err
	}
	if v.loading != nil {
		by = v.loading
	}
	rt.lastID++
	d.id = rt.lastID
	d.owned = true
	d.object = v.temperature == Init
	rt.directors[d.id] = d
	d.initHealthLocked()
	e := d.event(event.DirectorAdded)
	e.Added, e.Health = added, d.healthLocked()
	rt.secrets.put(d.secrets, a.secrets) // before the event that names them
	rt.emitLocked(e, by)
	if d.probe.Load() != nil {
		d.touch() // it was reported before there was a number for it
	}
	if v.temperature.warm() {
		d.tellLocked(EventWarm, by)
	}
	return nil
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
	case name == "." || name == "..":
		return fmt.Errorf("%q: %w: that is a folder, and would be lost in an address", name, ErrInvalid)
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
