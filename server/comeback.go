package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A comeback makes a director in the place of one that was deleted. Once the new
// director is there, nothing makes it fail: whatever cannot be as it was is left
// out, and the answer says so.
type comeback struct {
	s       *Server
	command *director.Command
	gone    *deleted
	heir    *director.Director
	places  map[int]int // the heir's member slots, by those of the old one
	missing []tree.Member
	rewired []rewiredJSON
	leftOut []leftOutJSON
}

// bringBack undoes a delete that was claimed.
func (s *Server) bringBack(command *director.Command, gone *deleted) (undoAnswer, error) {
	heir, err := s.makeHeir(command, gone)
	if err != nil {
		s.undos.release(gone)
		return undoAnswer{}, err
	}
	c := &comeback{
		s: s, command: command, gone: gone, heir: heir, places: make(map[int]int),
		rewired: []rewiredJSON{}, leftOut: []leftOutJSON{},
	}
	// The health before the slots: nobody sends requests to a director that is
	// sick by hand, not for a moment.
	if err := command.SetHealth(heir, director.AdminHealth(gone.was.Admin)); err != nil {
		c.leave("health", heir.FullName(), 0, reason(err))
	}
	c.takeMembers()
	c.takeSlots()
	s.undos.settle(gone, heir.ID(), c.places, c.missing)
	answer, err := s.answerFor(heir.ID())
	if err != nil {
		return undoAnswer{}, err // deleted by somebody else at this moment
	}
	return undoAnswer{
		Seq: answer.Seq, Director: answer.directorJSON, Note: c.note(), Rewired: c.rewired, LeftOut: c.leftOut,
	}, nil
}

// makeHeir adds a director of the same name from what was recorded of the old.
func (s *Server) makeHeir(command *director.Command, gone *deleted) (*director.Director, error) {
	v, err := s.rt.VCL(gone.was.VCL)
	if err != nil || v != gone.vcl {
		return nil, fmt.Errorf("undo the delete of %s: VCL %s was discarded: %w", gone.name, gone.was.VCL, director.ErrDeleted)
	}
	whole, err := s.reveal(gone.was)
	if err != nil {
		return nil, fmt.Errorf("make %s again: %w", gone.name, err)
	}
	impl, err := s.maker().Make(whole)
	if err != nil {
		return nil, fmt.Errorf("make %s again: %w", gone.name, err)
	}
	heir, err := s.addNamed(command, v, gone.was.Name, impl, whole)
	if err != nil {
		return nil, fmt.Errorf("undo the delete of %s: %w", gone.name, err)
	}
	return heir, nil
}

func (c *comeback) leave(what, name string, slot int, why string) {
	c.leftOut = append(c.leftOut, leftOutJSON{What: what, Director: name, Slot: slot, Reason: why})
}

// reason is an error as a part of a sentence.
func reason(err error) string {
	if errors.Is(err, director.ErrNotFound) || errors.Is(err, director.ErrDestroyed) {
		return "it is destroyed by now"
	}
	if errors.Is(err, director.ErrReleased) {
		return "it was deleted and may gain no reference"
	}
	return strings.TrimSuffix(sentence(err), ".")
}

// takeMembers gives the heir the members that the old one had.
func (c *comeback) takeMembers() {
	if c.gone.was.TotalMembers() == 0 {
		return
	}
	group, err := c.command.Group(c.heir)
	if err != nil {
		return // its type finds its members by itself
	}
	_ = batched(group, func() error { // nothing in it fails
		for m := range c.gone.was.Members() {
			if slot, err := c.takeMember(group, m); err != nil {
				c.missing = append(c.missing, m)
				c.leave("member", c.gone.was.VCL+"."+m.Name, m.Slot, reason(err))
			} else {
				c.places[m.Slot] = slot
			}
		}
		return nil
	})
}

// takeMember adds a member, or who came back in its place.
func (c *comeback) takeMember(group director.Group, m tree.Member) (slot int, err error) {
	id, _ := c.s.undos.heir(m.ID, 0)
	member, err := c.s.rt.Find(fmt.Sprintf("@%d", id))
	if err != nil {
		return 0, err
	}
	return group.AddMember(member, m.Weight)
}

// takeSlots points all slots at the heir that held the old one when it was
// deleted, and those that came to hold it since.
func (c *comeback) takeSlots() {
	slots := append(slices.Clone(c.gone.slots), c.s.undos.missing(c.gone.id)...)
	if old, ok := c.s.rt.Tree().Director(c.gone.id); ok {
		for h := range old.Slots() {
			slots = append(slots, heldSlot{Holder: h})
		}
	}
	seen := make(map[uint64]bool, len(slots))
	for _, slot := range slots {
		switch {
		case seen[slot.Ref] || slot.Kind == event.HolderPin:
		case slot.Kind == event.HolderDefault:
			c.takeDefault()
		default:
			c.takeSlot(slot)
		}
		seen[slot.Ref] = true
	}
}

func (c *comeback) takeDefault() {
	v, _ := c.s.rt.Tree().VCL(c.gone.was.VCL)
	if v == nil || v.Default == c.heir.ID() {
		return
	}
	if v.Default != 0 && v.Default != c.gone.id {
		c.leave("default", v.Name, 0, c.pointsAt(v.Default))
		return
	}
	if err := c.command.SetDefault(c.heir.VCL(), c.heir); err != nil {
		c.leave("default", v.Name, 0, reason(err))
		return
	}
	c.rewired = append(c.rewired, rewiredJSON{Kind: "default", Director: v.Name})
}

// takeSlot points one slot at the heir. A slot that is gone comes back as a new
// one, behind the others; one that points elsewhere keeps doing so.
func (c *comeback) takeSlot(slot heldSlot) {
	id, number := c.s.undos.heir(slot.ID, slot.Slot)
	name := c.gone.was.VCL + "." + slot.Name
	holder, err := c.s.rt.Find(fmt.Sprintf("@%d", id))
	if err != nil {
		c.leave("slot", name, slot.Slot, reason(err))
		return
	}
	points, weight := uint64(0), slot.weight
	if known, ok := c.s.rt.Tree().Director(id); ok {
		if m, ok := known.Member(number); ok {
			points, weight = m.ID, m.Weight
		}
	}
	switch points {
	case c.heir.ID():
		return
	case 0, c.gone.id:
		number, err = c.assign(holder, number, points != 0, weight)
	default:
		c.leave("slot", name, slot.Slot, c.pointsAt(points))
		return
	}
	if err != nil {
		c.leave("slot", name, slot.Slot, reason(err))
		return
	}
	done := rewiredJSON{Kind: "member", Director: name, ID: id, Slot: number}
	if number != slot.Slot {
		done.Was = slot.Slot
	}
	c.rewired = append(c.rewired, done)
}

// assign points a member slot at the heir and returns its number, which is a new
// one if the slot is not there any more.
func (c *comeback) assign(holder *director.Director, number int, there bool, weight float64) (int, error) {
	group, err := c.command.Group(holder)
	if err != nil {
		return 0, err
	}
	if there {
		return number, group.SetMember(number, c.heir, weight)
	}
	return group.AddMember(c.heir, weight)
}

func (c *comeback) pointsAt(id uint64) string {
	name := fmt.Sprintf("@%d", id)
	if d, ok := c.s.rt.Tree().Director(id); ok {
		name = d.FullName()
	}
	return "it points at " + name + " now"
}

// note says that it is a new director, and what becomes of the old one.
func (c *comeback) note() string {
	note := fmt.Sprintf("%s is a new director (@%d); the old one (@%d) ", c.gone.name, c.heir.ID(), c.gone.id)
	old, ok := c.s.rt.Sample().Director(c.gone.id)
	switch {
	case !ok:
		return note + "is destroyed"
	case old.Refcount() == 0:
		return note + "is about to be destroyed"
	}
	return note + "lingers until it is let go of by " + holderWords(old.CountHolders())
}

// holderWords says who holds a director: "its owner, 2 pins".
func holderWords(held tree.HolderCounts) string {
	var words []string
	if held.Owner > 0 {
		words = append(words, "its owner")
	}
	for _, kind := range []struct {
		n    int64
		noun string
	}{{held.Members, "member slot"}, {held.Defaults, "default slot"}, {held.Pins, "pin"}, {held.Tasks, "request"}} {
		switch {
		case kind.n == 1:
			words = append(words, "1 "+kind.noun)
		case kind.n > 1:
			words = append(words, fmt.Sprintf("%d %ss", kind.n, kind.noun))
		}
	}
	return strings.Join(words, ", ")
}
