package lb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/callboard/callboard/director"
)

// A dnsMember is a director that a [DNS] has added to its VCL, and is to delete.
// Fields without a comment are written before others can see it.
type dnsMember struct {
	key      string
	director *director.Director
	target   *DNS // nil for a backend

	slot     *director.Ref // guarded by DNS.mu; nil while only kept
	priority uint16        // guarded by DNS.mu
	keep     int           // guarded by DNS.mu; answers that it survives in kept
}

// A dnsChoice is a member, and how an answer wants it.
type dnsChoice struct {
	*dnsMember
	wanted dnsWanted
}

// update makes the members those of an answer. It fails when there is nothing
// more to change: the run has ended, or the director or its VCL is going. What
// stops one member from being made is reported, and the others go on.
//
// Only one goroutine at a time is here, but Release may come between any two
// steps. Three things keep it complete. A director that was added is written
// down, or deleted if Release has been; a slot is written down before it is
// filled, and the runtime lets it gain nothing once Delete was called; and
// nothing is struck out before it has been let go of. So Release finds all that
// there is, and at worst both let go of the same thing, which harms nobody.
func (d *DNS) update(ctx context.Context, wanted []dnsWanted) error {
	choices, err := d.gather(ctx, wanted)
	if err != nil {
		return err
	}
	for _, c := range choices {
		// A target without its first answer would be passed over for a worse one.
		if c.target != nil {
			c.target.await(ctx.Done())
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, c := range choices {
		err := d.join(c.dnsMember, c.wanted.weight)
		switch {
		case errors.Is(err, director.ErrDestroyed):
			// It was only kept, and somebody has deleted it by hand.
			d.forget(c.dnsMember)
			return d.update(ctx, wanted)
		case err != nil:
			return err
		}
	}
	return d.adopt(choices)
}

// gather returns the members that are wanted, and adds those that are new.
func (d *DNS) gather(ctx context.Context, wanted []dnsWanted) ([]dnsChoice, error) {
	known := make(map[string]*dnsMember)
	d.mu.Lock()
	for _, m := range slices.Concat(d.list, d.kept) {
		known[m.key] = m
	}
	d.mu.Unlock()
	choices := make([]dnsChoice, 0, len(wanted))
	for _, w := range wanted {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m := known[w.key]
		if m == nil {
			var err error
			if m, err = d.create(w); over(err) {
				return nil, err
			} else if err != nil {
				d.self.ReportError("update", err)
				continue
			}
		}
		choices = append(choices, dnsChoice{m, w})
	}
	return choices, nil
}

// create adds a director to the VCL. Until it is in an answer that was adopted
// it counts as kept.
func (d *DNS) create(w dnsWanted) (*dnsMember, error) {
	impl, err := w.make()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.name, err)
	}
	added, err := d.self.Acting().Add(d.self.VCL(), w.name, impl)
	if err != nil {
		return nil, err
	}
	m := &dnsMember{key: w.key, director: added, keep: *d.options.Keep}
	m.target, _ = impl.(*DNS)
	d.mu.Lock()
	released := d.released
	if !released {
		d.kept = append(d.kept, m)
	}
	d.mu.Unlock()
	if released {
		d.delete(m)
		return nil, director.ErrReleased
	}
	return m, nil
}

// join points a slot at the member, unless one does already.
func (d *DNS) join(m *dnsMember, weight float64) error {
	d.mu.Lock()
	slot := m.slot
	d.mu.Unlock()
	if slot == nil {
		slot = d.self.NewRef()
		d.mu.Lock()
		m.slot = slot
		released := d.released
		d.mu.Unlock()
		if released {
			slot.Close()
			return director.ErrReleased
		}
	}
	if err := slot.AssignWeight(m.director, weight); err != nil {
		return fmt.Errorf("member %s: %w", m.director.Name(), err)
	}
	return nil
}

// forget strikes out a member that has ended.
func (d *DNS) forget(m *dnsMember) {
	d.mu.Lock()
	slot := m.slot
	d.kept = slices.DeleteFunc(d.kept, func(o *dnsMember) bool { return o == m })
	d.mu.Unlock()
	slot.Close() // it is empty, and of no more use
}

// adopt makes picks use the members, and lets go of all others: of those that
// were in the answer before, and for good of those whose time is over (DNS-12).
func (d *DNS) adopt(choices []dnsChoice) error {
	d.mu.Lock()
	if d.released {
		d.mu.Unlock()
		return director.ErrReleased
	}
	chosen := make(map[*dnsMember]bool, len(choices))
	list := make([]*dnsMember, len(choices))
	for i, c := range choices {
		c.priority, c.keep = c.wanted.priority, *d.options.Keep
		list[i], chosen[c.dnsMember] = c.dnsMember, true
	}
	rest := slices.DeleteFunc(slices.Concat(d.list, d.kept), func(m *dnsMember) bool { return chosen[m] })
	d.list, d.kept = list, rest
	d.publishLocked()
	left := slices.Clone(rest)
	slots := slotsOf(rest)
	d.mu.Unlock()

	for _, slot := range slots {
		slot.Close()
	}
	d.age(left)
	return nil
}

// age deletes the members that have survived as many answers as they may.
func (d *DNS) age(members []*dnsMember) {
	var ended []*dnsMember
	d.mu.Lock()
	for _, m := range members {
		m.slot = nil
		if m.keep == 0 {
			ended = append(ended, m)
		} else {
			m.keep--
		}
	}
	d.mu.Unlock()
	for _, m := range ended {
		d.delete(m)
	}
	d.mu.Lock()
	d.kept = slices.DeleteFunc(d.kept, func(m *dnsMember) bool { return slices.Contains(ended, m) })
	d.mu.Unlock()
}

// Release implements [director.Releaser]: it lets go of all members and deletes
// them. A lookup that is under way changes nothing any more.
func (d *DNS) Release() { d.end() }

// Destroy implements [director.Destroyer]. It has something to do only where the
// director was disowned instead of deleted.
func (d *DNS) Destroy() { d.end() }

func (d *DNS) end() {
	d.mu.Lock()
	d.released = true
	r := d.run
	members := slices.Concat(d.list, d.kept)
	slots := slotsOf(members)
	d.run, d.list, d.kept = nil, nil, nil
	d.publishLocked()
	d.mu.Unlock()

	d.stop(r)
	for _, slot := range slots {
		slot.Close()
	}
	for _, m := range members {
		d.delete(m)
	}
}

// delete ends the owner's hold. Others may have done so: an operator, or a VCL
// that is torn down.
func (d *DNS) delete(m *dnsMember) { _ = d.self.Acting().Delete(m.director) }

// slotsOf returns the slots of those that have one. The caller holds DNS.mu.
func slotsOf(members []*dnsMember) []*director.Ref {
	var slots []*director.Ref
	for _, m := range members {
		if m.slot != nil {
			slots = append(slots, m.slot)
		}
	}
	return slots
}
