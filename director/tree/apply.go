package tree

import "github.com/callboard/callboard/director/event"

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
	case event.StepMode:
		next.Stepping = e.Stepping != nil && e.Stepping.On
	case event.StepHeld, event.StepTaken:
		next.applyStep(e)
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
			d.Requests, d.Failures, d.Retried = g.Requests, g.Failures, g.Retried
			d.Passed, d.Carried = g.Passed, g.Carried
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
	before, ok := s.directors.get(id)
	if !ok {
		return
	}
	d := *before
	edit(&d)
	s.put(before, &d)
}

// put makes after the director of its ID instead of before. Before is nil when
// it is new.
func (s *Snapshot) put(before, after *Director) {
	s.directors = s.directors.set(after.ID, after)
	s.index.change(after.ID, before, after)
}

func (s *Snapshot) applyAdded(e event.Event) {
	if e.Added == nil {
		return
	}
	d := &Director{
		ID: e.ID, VCL: e.VCL, Name: e.Director,
		Type: e.Added.Type, Leaf: e.Added.Leaf, Group: e.Added.Group, Static: e.Added.Static, Options: e.Added.Options,
		Config: e.Added.Config, Secrets: e.Added.Secrets,
		Phase: Live, Owned: true,
	}
	d.Steps.Added = stepOf(e)
	if e.Health != nil {
		d.setHealth(e.Health)
	}
	before, _ := s.directors.get(d.ID)
	s.put(before, d)
	key := nameKey(d.VCL, d.Name)
	ids, _ := s.names.get(key)
	s.names = s.names.set(key, ids.add(d.ID))
}

func (s *Snapshot) applyDestroyed(e event.Event) {
	d, ok := s.directors.get(e.ID)
	if !ok {
		return
	}
	s.directors = s.directors.remove(d.ID)
	s.held = s.held.remove(d.turn)
	s.index.change(d.ID, d, nil)
	if d.Healthy {
		s.tellHolders(d, false) // a slot that still points at it has nobody healthy
	}
	key := nameKey(d.VCL, d.Name)
	ids, _ := s.names.get(key)
	if ids = ids.remove(d.ID); ids.empty() {
		s.names = s.names.remove(key)
	} else {
		s.names = s.names.set(key, ids)
	}
}

// applyLife handles the events that change one director's own state.
func (s *Snapshot) applyLife(e event.Event) {
	before, ok := s.directors.get(e.ID)
	if !ok || before.stays(e) {
		return
	}
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
	if after, _ := s.directors.get(e.ID); before.Healthy != after.Healthy {
		s.tellHolders(after, after.Healthy)
	}
}

// stays reports that e says nothing of d that was not known.
func (d *Director) stays(e event.Event) bool {
	switch e.Kind {
	case event.DirectorEvent, event.DirectorError, event.DirectorLeaked:
		return e.Life == nil || e.Life.Refcount == d.Refcount()
	}
	return false
}

// tellHolders tells the directors that hold d whether it is healthy now.
func (s *Snapshot) tellHolders(d *Director, healthy bool) {
	if d.heldBy.members == 0 {
		return
	}
	for h := range d.Slots() {
		if h.Kind == event.HolderMember {
			s.change(h.ID, func(holder *Director) {
				slot := uint64(h.Slot)
				holder.sick = with(holder.sick, slot, !healthy && holder.members.has(slot))
			})
		}
	}
}

func (s *Snapshot) applyAssigned(e event.Event) {
	a := e.Assigned
	if a == nil {
		return
	}
	s.change(a.ToID, func(d *Director) {
		if a.FromID != a.ToID {
			d.gain(a.Holder)
			if !d.Steps.Assigned.Taken() {
				d.Steps.Assigned = stepOf(e)
			}
		}
		d.setRefcount(a.RefcountTo)
	})
	if a.FromID != a.ToID {
		s.change(a.FromID, func(d *Director) {
			d.lose(a.Holder.Ref)
			d.setRefcount(a.RefcountFrom)
		})
	}
	switch a.Holder.Kind {
	case event.HolderMember:
		s.assignMember(a)
	case event.HolderDefault:
		if i := s.indexVCL(a.Holder.Name); i >= 0 {
			s.changeVCL(i, func(v *VCL) { v.Default = a.ToID })
		}
	}
}

func (s *Snapshot) assignMember(a *event.Assigned) {
	target, ok := s.directors.get(a.ToID)
	healthy := ok && target.Healthy
	s.change(a.Holder.ID, func(d *Director) {
		d.setMember(Member{
			Slot: a.Holder.Slot, Ref: a.Holder.Ref, ID: a.ToID, Name: a.To, Weight: a.Weight,
		}, healthy)
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
