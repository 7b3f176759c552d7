package server

import (
	"fmt"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
)

// planInto finds the director that a new one is to become a member of, before
// anything is added; nil if it is to stand on its own.
func (s *Server) planInto(c *director.Command, v *director.VCL, name string) (director.Group, error) {
	if name == "" {
		return nil, nil
	}
	into, err := s.bodyDirector("into", v, name)
	if err != nil {
		return nil, err
	}
	if into.VCL() != v {
		return nil, wrongField("into", fmt.Errorf("director %s: %w", into.FullName(), director.ErrForeign))
	}
	if known, ok := s.rt.Tree().Director(into.ID()); !ok || known.Phase != tree.Live || known.Steps.Deleted.Taken() {
		return nil, refuse("into", into.FullName()+" "+director.ErrReleased.Error())
	}
	group, err := c.Group(into)
	if err != nil {
		return nil, wrongField("into", err)
	}
	return group, nil
}

// join makes the new director a member. If that is refused after all, the
// director is deleted again: a command takes effect as a whole or not at all.
func join(c *director.Command, d *director.Director, into director.Group) error {
	if into == nil {
		return nil
	}
	if _, err := into.AddMember(d, 1); err != nil {
		_ = c.Delete(d) // fails only if another command has deleted it already
		return wrongField("into", err)
	}
	return nil
}
