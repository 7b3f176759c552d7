package server

import (
	"fmt"

	"github.com/callboard/callboard/director"
)

// A plannedMember is a member of which it is known that it is there.
type plannedMember struct {
	field  string
	target *director.Director
	weight float64
}

// plan finds the members before anything is added.
func (s *Server) plan(v *director.VCL, members []newMember, rowsMayBeEmpty bool) ([]plannedMember, error) {
	var planned []plannedMember
	for i, m := range members {
		if m.Director == "" && rowsMayBeEmpty {
			continue
		}
		row := fmt.Sprintf("members[%d].", i)
		target, err := s.bodyDirector(row+"director", v, m.Director)
		if err != nil {
			return nil, err
		}
		weight, err := weightOf(m.Weight, 1)
		if err != nil {
			return nil, wrongField(row+"weight", err)
		}
		planned = append(planned, plannedMember{field: row + "director", target: target, weight: weight})
	}
	return planned, nil
}

// bodyDirector returns the director that a field of the body names. A name
// without its VCL is looked for in v first: a director's members are of its own
// VCL, whichever is active.
func (s *Server) bodyDirector(field string, v *director.VCL, name string) (*director.Director, error) {
	if name == "" {
		return nil, refuse(field, "name a director")
	}
	if known, ok := s.rt.Tree().Lookup(v.Name(), name); ok {
		name = fmt.Sprintf("@%d", known.ID)
	}
	d, err := s.rt.Find(name)
	if err != nil {
		return nil, wrongField(field, err)
	}
	return d, nil
}

// weightOf returns the weight to use. What NaN means nobody knows.
func weightOf(given *float64, usual float64) (float64, error) {
	if given == nil {
		return usual, nil
	}
	if !(*given >= 0 && *given <= 1e9) {
		return 0, fmt.Errorf("%w: a weight is 0 to 1e9", director.ErrInvalid)
	}
	return *given, nil
}

// fill gives the new director its members. If one is refused, the director is
// deleted again: a command takes effect as a whole or not at all.
func (s *Server) fill(c *director.Command, d *director.Director, members []plannedMember) error {
	if len(members) == 0 {
		return nil
	}
	group, err := c.Group(d)
	if err == nil {
		err = addAll(group, members)
	}
	if err != nil {
		_ = c.Delete(d) // fails only if another command has deleted it already
	}
	return err
}

// addAll adds the members, at the cost of one change where the type can do that.
func addAll(group director.Group, members []plannedMember) error {
	return batched(group, func() error {
		for _, m := range members {
			if _, err := group.AddMember(m.target, m.weight); err != nil {
				return wrongField(m.field, err)
			}
		}
		return nil
	})
}

// batched makes many changes of members at the cost of one, where the type can do
// that.
func batched(group director.Group, change func() error) error {
	if batcher, ok := group.(interface{ Batch(func() error) error }); ok {
		return batcher.Batch(change)
	}
	return change()
}
