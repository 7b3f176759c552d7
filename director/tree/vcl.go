package tree

import (
	"slices"

	"github.com/callboard/callboard/director/event"
)

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
