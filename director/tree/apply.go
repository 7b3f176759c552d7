package tree

import (
	"slices"

	"github.com/callboard/callboard/director/event"
)

// Apply returns the state after e, which has to be the event that follows
// s.Seq. An event that speaks of a director that s does not know changes
// nothing but the sequence number: what a reader cannot place it must not
// invent.
func (s *Snapshot) Apply(e event.Event) *Snapshot {
	next := *s
	next.Seq, next.Time = e.Seq, e.Time
	next.Revision++
	switch e.Kind {
	case event.VCLAdded, event.VCLTemperature, event.VCLActive, event.VCLLabel, event.VCLDiscarded:
		next.applyVCL(e)
	case event.RefAssigned:
		next.applyAssigned(e)
	case event.DirectorAdded:
		next.applyAdded(e)
	case event.DirectorDestroyed:
		next.applyDestroyed(e)
	default:
		next.applyLife(e)
	}
	return &next
}

// ApplyGauges returns the state with the sampled numbers of each gauge. The
// sequence number stays.
func (s *Snapshot) ApplyGauges(gauges []event.Gauge) *Snapshot {
	next := *s
	next.Revision++
	for _, g := range gauges {
		next.change(g.ID, func(d *Director) {
			d.Tasks = g.Tasks
			d.Requests, d.Failures = g.Requests, g.Failures
			if g.Probe != nil {
				d.Probe = g.Probe
			}
		})
	}
	return &next
}

// change replaces a director by a changed copy. It may only be called on a
// snapshot that nobody else has seen yet.
func (s *Snapshot) change(id uint64, edit func(*Director)) {
	old, ok := s.directors.get(id)
	if !ok {
		return
	}
	d := *old
	edit(&d)
	s.directors = s.directors.set(id, &d)
}

func (s *Snapshot) applyVCL(e event.Event) {
	i := s.indexVCL(e.VCL)
	if e.Kind == event.VCLAdded && i < 0 {
		v := &VCL{Name: e.VCL}
		v.setTemperature(e.Temperature)
		s.vcls = append(slices.Clone(s.vcls), v)
		return
	}
	switch {
	case e.Kind == event.VCLActive:
		s.Active = e.VCL
	case i < 0:
	case e.Kind == event.VCLDiscarded:
		s.vcls = without(s.vcls, i)
		if s.Active == e.VCL {
			s.Active = "" // only when the runtime is closed
		}
	case e.Kind == event.VCLTemperature:
		s.changeVCL(i, func(v *VCL) { v.setTemperature(e.Temperature) })
	case e.Kind == event.VCLLabel && e.Label != nil:
		s.changeVCL(i, func(v *VCL) { v.setLabel(e.Label) })
	}
}

func (v *VCL) setTemperature(t *event.Temperature) {
	if t != nil {
		v.Temperature, v.State = t.Temperature, t.State
	}
}

func (v *VCL) setLabel(l *event.Label) {
	labels := slices.DeleteFunc(slices.Clone(v.Labels), func(name string) bool { return name == l.Label })
	if l.Set {
		labels = append(labels, l.Label)
	}
	v.Labels = labels
}

func (s *Snapshot) changeVCL(i int, edit func(*VCL)) {
	v := *s.vcls[i]
	edit(&v)
	s.vcls = slices.Clone(s.vcls)
	s.vcls[i] = &v
}

func (s *Snapshot) applyAdded(e event.Event) {
	if e.Added == nil {
		return
	}
	d := &Director{
		ID: e.ID, VCL: e.VCL, Name: e.Director,
		Type: e.Added.Type, Leaf: e.Added.Leaf, Group: e.Added.Group, Static: e.Added.Static, Options: e.Added.Options,
		Config: e.Added.Config,
		Phase:  Live, Owned: true,
	}
	d.Steps.Added = stepOf(e)
	if e.Health != nil {
		d.setHealth(e.Health)
	}
	s.directors = s.directors.set(d.ID, d)
	key := nameKey(d.VCL, d.Name)
	ids, _ := s.names.get(key)
	s.names = s.names.set(key, append(slices.Clip(ids), d.ID))
}

func (s *Snapshot) applyDestroyed(e event.Event) {
	d, ok := s.directors.get(e.ID)
	if !ok {
		return
	}
	s.directors = s.directors.remove(d.ID)
	key := nameKey(d.VCL, d.Name)
	ids, _ := s.names.get(key)
	ids = slices.DeleteFunc(slices.Clone(ids), func(id uint64) bool { return id == d.ID })
	if len(ids) == 0 {
		s.names = s.names.remove(key)
		return
	}
	s.names = s.names.set(key, ids)
}

// applyLife handles the events that change one director's own state.
func (s *Snapshot) applyLife(e event.Event) {
	before, _ := s.directors.get(e.ID)
	s.change(e.ID, func(d *Director) {
		switch e.Kind {
		case event.DirectorDeleted:
			d.Steps.Deleted = stepOf(e)
		case event.DirectorReleased:
			d.Steps.Released = stepOf(e)
			d.Phase = Lingering
			d.Owned = false
		case event.DirectorHealth, event.DirectorAdminHealth:
			if e.Health != nil {
				d.setHealth(e.Health)
			}
		}
		if e.Life != nil {
			d.setRefcount(e.Life.Refcount)
		}
	})
	after, ok := s.directors.get(e.ID)
	if ok && before.Healthy != after.Healthy {
		s.countHealthyMember(after)
	}
}

// countHealthyMember tells the directors that hold d that its health flipped.
func (s *Snapshot) countHealthyMember(d *Director) {
	delta := -1
	if d.Healthy {
		delta = 1
	}
	for h := range d.Slots() {
		if h.Kind == event.HolderMember {
			s.change(h.ID, func(holder *Director) { holder.healthyMembers += delta })
		}
	}
}

func (s *Snapshot) applyAssigned(e event.Event) {
	a := e.Assigned
	if a == nil {
		return
	}
	if a.FromID != a.ToID {
		s.change(a.ToID, func(d *Director) {
			d.holders = d.holders.set(a.Holder.Ref, a.Holder)
			if !d.Steps.Assigned.Taken() {
				d.Steps.Assigned = stepOf(e)
			}
		})
		s.change(a.FromID, func(d *Director) { d.holders = d.holders.remove(a.Holder.Ref) })
	}
	s.change(a.ToID, func(d *Director) { d.setRefcount(a.RefcountTo) })
	s.change(a.FromID, func(d *Director) { d.setRefcount(a.RefcountFrom) })
	switch a.Holder.Kind {
	case event.HolderMember:
		s.assignMember(e)
	case event.HolderDefault:
		if i := s.indexVCL(a.Holder.Name); i >= 0 {
			s.changeVCL(i, func(v *VCL) { v.Default = a.ToID })
		}
	}
}

func (s *Snapshot) assignMember(e event.Event) {
	a := e.Assigned
	healthy := func(id uint64) int {
		if d, ok := s.directors.get(id); ok && d.Healthy {
			return 1
		}
		return 0
	}
	s.change(a.Holder.ID, func(d *Director) {
		d.healthyMembers += healthy(a.ToID) - healthy(a.FromID)
		if a.ToID == 0 {
			d.members = d.members.remove(uint64(a.Holder.Slot))
			return
		}
		d.members = d.members.set(uint64(a.Holder.Slot), Member{
			Slot: a.Holder.Slot, Ref: a.Holder.Ref, ID: a.ToID, Name: a.To, Weight: a.Weight,
		})
	})
}

// setRefcount keeps the invariant of the package: what is not held by the owner
// or a slot is held by requests. Events carry the exact count of their moment.
func (d *Director) setRefcount(n int64) {
	d.Tasks = 0
	d.Tasks = max(0, n-d.Refcount())
}

func (d *Director) setHealth(h *event.Health) {
	d.Healthy, d.Admin, d.Reason, d.Changed = h.Healthy, h.Admin, h.Reason, h.Changed
}

func stepOf(e event.Event) Step { return Step{Seq: e.Seq, Time: e.Time} }
