package director

import (
	"encoding/json"

	"github.com/callboard/callboard/director/tree"
)

// Seq returns the sequence number of the newest event of the command, 0 if it has
// made none.
func (c *Command) Seq() uint64 {
	c.rt.mu.Lock()
	defer c.rt.mu.Unlock()
	return c.last
}

// Number returns the number of the command, 0 before its first event.
func (c *Command) Number() uint64 {
	c.rt.mu.Lock()
	defer c.rt.mu.Unlock()
	return c.number
}

// AddVCL is [Runtime.AddVCL].
func (c *Command) AddVCL(name string) (*VCL, error) { return c.LoadVCL(name, Auto, nil) }

// LoadVCL is [Runtime.LoadVCL]. The directors that build adds are the command's.
func (c *Command) LoadVCL(name string, state State, build func(*VCL) error) (*VCL, error) {
	return c.rt.load(name, state, build, c)
}

// Activate is [VCL.Activate].
func (c *Command) Activate(v *VCL) error { return v.activate(c) }

// SetState is [VCL.SetState].
func (c *Command) SetState(v *VCL, s State) error { return v.changeState(s, c) }

// SetDefault is [VCL.SetDefault].
func (c *Command) SetDefault(v *VCL, d *Director) error { return v.setDefault(d, c) }

// Discard is [VCL.Discard].
func (c *Command) Discard(v *VCL) error { return v.discard(c) }

// Label is [Runtime.Label].
func (c *Command) Label(label string, v *VCL) error { return c.rt.label(label, v, c) }

// Unlabel is [Runtime.Unlabel].
func (c *Command) Unlabel(label string) error { return c.rt.unlabel(label, c) }

// Add is [VCL.Add].
func (c *Command) Add(v *VCL, name string, impl Implementation) (*Director, error) {
	return v.add(name, impl, addition{}, c)
}

// AddRecorded is [VCL.AddRecorded].
func (c *Command) AddRecorded(
	v *VCL, name string, impl Implementation, config json.RawMessage, secrets ...Secret,
) (*Director, error) {
	return v.add(name, impl, addition{config: config, secrets: secrets}, c)
}

// Group is [Director.Group]: all changes made by it are the command's.
func (c *Command) Group(d *Director) (Group, error) { return d.group(c) }

// SetHealth is [Director.SetHealth].
func (c *Command) SetHealth(d *Director, admin AdminHealth) error { return d.setHealth(admin, c) }

// SetHealthMatching is [Runtime.SetHealth].
func (c *Command) SetHealthMatching(pattern string, admin AdminHealth) (int, error) {
	return c.rt.setHealth(pattern, admin, c)
}

// Pin is [Director.Pin].
func (c *Command) Pin(d *Director, note string) (id uint64, err error) { return d.pin(note, c) }

// Unpin is [Runtime.Unpin].
func (c *Command) Unpin(id uint64) error { return c.rt.unpin(id, c) }

// Delete is [Director.Delete].
func (c *Command) Delete(d *Director) error { return d.deleteBy(c) }

// Disown is [Director.Disown].
func (c *Command) Disown(d *Director) error { return d.disownBy(c) }

// SetStepping is [Runtime.SetStepping].
func (c *Command) SetStepping(on bool) error { return c.rt.setStepping(on, c) }

// Next is [Runtime.Next], NextOf is [Director.Next].
func (c *Command) Next() (tree.Held, error)              { return c.rt.next(c) }
func (c *Command) NextOf(d *Director) (tree.Held, error) { return d.next(c) }
