package director

import "slices"

// An act is a call of a director's type that changes the slots of that director
// for a command.
type act struct {
	by   *Command
	slot int       // that is to change, 0 for one that is to be made
	to   *Director // that is to be added
}

// act runs do, and makes what it assigns to slots of d part of the command.
func (d *Director) act(a act, do func()) {
	d.rt.mu.Lock()
	d.acts = append(d.acts, &a)
	d.rt.mu.Unlock()
	defer func() { // also when do panics
		d.rt.mu.Lock()
		defer d.rt.mu.Unlock()
		d.acts = slices.DeleteFunc(d.acts, func(o *act) bool { return o == &a })
	}()
	do()
}

// Acting returns the command that has the director's type release, or change its
// members, just now. While there is none, it returns one whose events have no
// number. A type that adds and deletes directors, as one that follows DNS does, uses
// it for that; what it does to its slots is part of the right command anyway.
func (d *Director) Acting() *Command {
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	if len(d.acts) > 0 && d.acts[0].by != nil {
		return d.acts[0].by
	}
	return &Command{rt: d.rt, over: true}
}

// Change runs do, by which the director's type changes its member slots because one
// of its own methods was called from outside. What do assigns is part of the command
// for which the type acts, or else a command of its own.
func (d *Director) Change(do func() error) error {
	d.rt.mu.Lock()
	acts := len(d.acts) > 0
	d.rt.mu.Unlock()
	if acts {
		return do()
	}
	return d.rt.one(func(c *Command) (err error) {
		d.act(act{by: c}, func() { err = do() })
		return err
	})
}

// byLocked returns the command for which the slot's type points it at to, nil if
// it does so by itself. A type does not say for which command it assigns; where
// it acts for several at once, the act that asks for this assignment tells.
func (r *Ref) byLocked(to *Director) *Command {
	if r.owner == nil || len(r.owner.acts) == 0 {
		return nil
	}
	for _, a := range r.owner.acts {
		if a.slot == r.holder.Slot || a.slot == 0 && a.to != nil && a.to == to {
			return a.by
		}
	}
	return r.owner.acts[0].by
}

// A changer is the [Group] of a director whose changes are part of a command, or
// of one for each call if by is nil.
type changer struct {
	Group
	by *Command
	d  *Director
}

func (g changer) change(a act, do func() error) (err error) {
	a.by = g.by
	if a.by == nil {
		a.by = g.d.rt.begin("")
		defer a.by.end()
	}
	g.d.act(a, func() { err = do() })
	return err
}

// AddMember implements [Group].
func (g changer) AddMember(d *Director, weight float64) (slot int, err error) {
	err = g.change(act{to: d}, func() (err error) {
		slot, err = g.Group.AddMember(d, weight)
		return err
	})
	return slot, err
}

// SetMember implements [Group].
func (g changer) SetMember(slot int, d *Director, weight float64) error {
	return g.change(act{slot: slot}, func() error { return g.Group.SetMember(slot, d, weight) })
}

// RemoveMember implements [Group].
func (g changer) RemoveMember(slot int) error {
	return g.change(act{slot: slot}, func() error { return g.Group.RemoveMember(slot) })
}

// Batch makes many changes at the cost of one, where the type can do that.
func (g changer) Batch(change func() error) error {
	if b, ok := g.Group.(interface{ Batch(func() error) error }); ok {
		return b.Batch(change)
	}
	return change()
}
