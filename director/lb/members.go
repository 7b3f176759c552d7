package lb

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// members is what the load balancers of this package share: the ordered list of
// slots, and the table that picks read. It is vmod_directors.c for types that
// are told of changes instead of asking at each pick. A type embeds it and gets
// all of [director.Group], [director.Releaser] and [director.MemberWatcher].
type members struct {
	// kind says what the table of the type has to hold.
	kind tableKind

	self  *director.Director
	table atomic.Pointer[table]

	mu    sync.Mutex // guards the field below, and orders the making of tables
	slots []*director.Ref
	batch int // changes in progress that want one new table at their end
}

// current returns the table, never nil.
func (m *members) current() *table {
	if t := m.table.Load(); t != nil {
		return t
	}
	return noMembers
}

// Bind implements [director.Binder].
func (m *members) Bind(self *director.Director) {
	m.self = self
	self.FollowMembers()
}

// AddMember implements [director.Group]. A director may be added several times,
// and each time gets its share. The weight has to be 0 or more and finite; types
// without weights drop it. It fails with [director.ErrInvalid] for a weight that
// cannot be and for nil, and with the errors of [director.Ref.Assign].
func (m *members) AddMember(d *director.Director, weight float64) (int, error) {
	weight, err := m.check(d, weight)
	if err != nil {
		return 0, err
	}
	slot := m.self.NewRef()
	m.mu.Lock()
	m.slots = append(m.slots, slot)
	m.mu.Unlock()
	if err := m.self.Change(func() error { return slot.AssignWeight(d, weight) }); err != nil {
		m.drop(slot)
		return 0, err
	}
	return slot.Slot(), nil
}

// SetMember implements [director.Group]. The slot keeps its place in the order.
// It fails as AddMember does, and with [director.ErrNotFound] for a slot that
// there is not.
func (m *members) SetMember(number int, d *director.Director, weight float64) error {
	weight, err := m.check(d, weight)
	if err != nil {
		return err
	}
	slot, err := m.slot(number)
	if err != nil {
		return err
	}
	return m.self.Change(func() error { return slot.AssignWeight(d, weight) })
}

// RemoveMember implements [director.Group]. The order of the others stays. It
// fails with [director.ErrNotFound] for a slot that there is not.
func (m *members) RemoveMember(number int) error {
	slot, err := m.slot(number)
	if err != nil {
		return err
	}
	m.drop(slot)
	return nil
}

// Remove removes the first of the slots that point at d, as Varnish's
// remove_backend does, and reports whether there was one. It fails with
// [director.ErrInvalid] if d is nil.
func (m *members) Remove(d *director.Director) (bool, error) {
	if d == nil {
		return false, fmt.Errorf("%w: no director to remove", director.ErrInvalid)
	}
	m.mu.Lock()
	i := slices.IndexFunc(m.slots, func(slot *director.Ref) bool { return slot.Target() == d })
	if i < 0 {
		m.mu.Unlock()
		return false, nil
	}
	slot := m.slots[i]
	m.mu.Unlock()
	m.drop(slot)
	return true, nil
}

// Release implements [director.Releaser].
func (m *members) Release() {
	m.mu.Lock()
	slots := m.slots
	m.slots = nil
	m.mu.Unlock()
	for _, slot := range slots {
		_ = slot.Assign(nil) // letting go cannot fail
	}
}

// MembersChanged implements [director.MemberWatcher].
func (m *members) MembersChanged() {
	m.mu.Lock()
	defer m.mu.Unlock()
	// What is read here is at least as new as the change that led to the call,
	// and the lock makes the newest reading the one that stays.
	if m.batch > 0 || m.self == nil {
		return
	}
	before, version := m.current(), m.self.MembersVersion()
	t := m.extended(before, version)
	if t == nil {
		t = newTable(m.kind, m.slots, before)
	}
	t.version, t.read = version, len(m.slots)
	m.table.Store(t)
}

// extended returns the table before with the members that were added after all
// others since it was made, and nil if anything else has changed, or may have.
// It makes the adding of n members one by one cost as little as n times one.
func (m *members) extended(before *table, version int) *table {
	if before.read == 0 || before.read > len(m.slots) {
		return nil
	}
	added := m.slots[before.read:]
	// Each slot that was filled is one change: if there were no more, then
	// there was no other.
	if len(added) == 0 || version-before.version != len(added) {
		return nil
	}
	for _, slot := range added {
		if slot.Target() == nil {
			return nil
		}
	}
	t := before.extend(added)
	if m.self.MembersVersion() != version {
		return nil // what was read may be something that was not counted
	}
	return t
}

// Batch runs change, which adds, sets or removes many members, at the cost of one
// new table at its end. Until then picks are made from the old one.
func (m *members) Batch(change func() error) error {
	m.mu.Lock()
	m.batch++
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.batch--
		m.mu.Unlock()
		m.MembersChanged()
	}()
	return change()
}

// Dump implements [director.Dumper].
func (m *members) Dump(w io.Writer) {
	t := m.current()
	for i, slot := range t.slots {
		if d := slot.Target(); d != nil {
			fmt.Fprintf(w, "  member %d = %s weight %g healthy %t\n", slot.Slot(), d.Name(), slot.Weight(), t.healthy[i])
		}
	}
}

func (m *members) slot(number int) (*director.Ref, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, slot := range m.slots {
		if slot.Slot() == number {
			return slot, nil
		}
	}
	name := "a director in no VCL"
	if m.self != nil {
		name = m.self.FullName()
	}
	return nil, fmt.Errorf("member slot %d of %s: %w", number, name, director.ErrNotFound)
}

// drop empties the slot before it forgets it: a Release that runs meanwhile
// must not overlook what the slot still holds.
func (m *members) drop(slot *director.Ref) {
	_ = m.self.Change(func() error { // that cannot fail
		slot.Close()
		return nil
	})
	m.mu.Lock()
	m.slots = slices.DeleteFunc(m.slots, func(o *director.Ref) bool { return o == slot })
	m.mu.Unlock()
}

// check returns the weight to use for a member.
func (m *members) check(d *director.Director, weight float64) (float64, error) {
	switch {
	case m.self == nil:
		return 0, fmt.Errorf("%w: the director is in no VCL yet", director.ErrInvalid)
	case d == nil:
		return 0, fmt.Errorf("%w: no director to add", director.ErrInvalid)
	case weight < 0 || math.IsNaN(weight) || math.IsInf(weight, 0):
		return 0, fmt.Errorf("weight %g: %w: it has to be 0 or more", weight, director.ErrInvalid)
	case !m.kind.weighted():
		return 0, nil
	}
	return weight, nil
}
