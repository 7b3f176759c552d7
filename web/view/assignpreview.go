package view

import (
	"errors"
	"fmt"
	"slices"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// ErrNoSlot reports a member slot that there is not.
var ErrNoSlot = errors.New("there is no such member slot")

// An AssignPreview says what pointing a member slot at another director would
// do at this moment. Directors are named as in their VCL. It is also the answer
// of the API.
type AssignPreview struct {
	// Director has the slot; Slot is 0 for a new one.
	Director string `json:"director"`
	Slot     int    `json:"slot"`
	// From is what the slot points at now, To what it would point at; nil for
	// nothing. If both are the same director, nothing would change.
	From *AssignEffect `json:"from"`
	To   *AssignEffect `json:"to"`
	// Destroys are the directors whose last reference would go, in that order.
	Destroys []string `json:"destroys"`
	// Loop is the way from the director over its new member back to itself, if
	// the assignment would close it; LoopIDs are the numbers of those directors.
	// Both are empty if it would not.
	Loop    []string `json:"loop"`
	LoopIDs []uint64 `json:"loop_ids"`
	// Refused says why the assignment would not be done, "" if it would.
	Refused string `json:"refused"`
}

// An AssignEffect is what becomes of one director's references.
type AssignEffect struct {
	Director string `json:"director"`
	ID       uint64 `json:"id"`
	// RefcountFrom is the number of references now, RefcountTo after.
	RefcountFrom int64 `json:"refcount_from"`
	RefcountTo   int64 `json:"refcount_to"`
	Destroyed    bool  `json:"destroyed"`
}

// PreviewAssign finds out what pointing a member slot at target would do. Slot 0
// is a new one; target 0 lets go of what is in the slot. It fails with
// [ErrNoSlot], and for directors that there are not.
func PreviewAssign(s *tree.Snapshot, id uint64, slot int, target uint64) (AssignPreview, error) {
	d, ok := s.Director(id)
	if !ok {
		return AssignPreview{}, fmt.Errorf("there is no director @%d", id)
	}
	to, ok := s.Director(target)
	if !ok && target != 0 {
		return AssignPreview{}, fmt.Errorf("there is no director @%d", target)
	}
	p := AssignPreview{Director: d.Name, Slot: slot, Destroys: []string{}, Loop: []string{}, LoopIDs: []uint64{}}
	var from tree.Member
	if slot != 0 {
		if from, ok = d.Member(slot); !ok {
			return AssignPreview{}, fmt.Errorf("slot %d of %s: %w", slot, d.FullName(), ErrNoSlot)
		}
	}
	if to != nil {
		p.To = effectOf(to, one(!to.Static && to.ID != from.ID))
	}
	if old, ok := s.Director(from.ID); ok {
		p.letGo(s, old, from, to)
	}
	p.refuse(s, d, from, to)
	return p, nil
}

func effectOf(d *tree.Director, change int64) *AssignEffect {
	n := d.Refcount()
	return &AssignEffect{Director: d.Name, ID: d.ID, RefcountFrom: n, RefcountTo: n + change}
}

// letGo tells what becomes of the director that the slot points at now. The new
// reference is taken before: one that stays in its slot loses nothing.
func (p *AssignPreview) letGo(s *tree.Snapshot, old *tree.Director, slot tree.Member, to *tree.Director) {
	p.From = effectOf(old, -one(!old.Static && old != to))
	if p.From.RefcountTo > 0 || old == to {
		return
	}
	p.From.Destroyed = true
	run := newDemolition(s)
	run.dropped[old.ID] = map[uint64]bool{slot.Ref: true}
	p.Destroys = append([]string{old.Name}, run.empty(old)...)
}

// refuse finds the reason for which the runtime would refuse, as it would.
func (p *AssignPreview) refuse(s *tree.Snapshot, d *tree.Director, from tree.Member, to *tree.Director) {
	switch {
	case !d.Group:
		p.Refused = fmt.Sprintf("A director of type %s has no members to change.", kindWord(d.Type))
	case to == nil || to.ID == from.ID:
	case d.Phase != tree.Live || d.Steps.Deleted.Taken():
		p.Refused = fmt.Sprintf("%s was deleted and may gain no reference.", d.Name)
	case d.VCL != to.VCL:
		p.Refused = fmt.Sprintf("%s is of another VCL than %s.", to.FullName(), d.Name)
	case d.Type == "shard" && slices.ContainsFunc(slices.Collect(d.Members()), func(m tree.Member) bool { return m.ID == to.ID }):
		p.Refused = fmt.Sprintf("%s is a member of %s already, and a shard has each only once.", to.Name, d.Name)
	default:
		p.loop(s, d, to)
	}
}

func (p *AssignPreview) loop(s *tree.Snapshot, d, to *tree.Director) {
	way := wayTo(s, to, d)
	if way == nil {
		return
	}
	p.Refused = "This would close a loop."
	for _, stop := range append([]*tree.Director{d}, way...) {
		p.Loop, p.LoopIDs = append(p.Loop, stop.Name), append(p.LoopIDs, stop.ID)
	}
}

// wayTo returns a way from one director over members down to the other, both
// included; nil if there is none. It looks upwards from the goal: there are few
// that hold it, and a great many that from holds.
func wayTo(s *tree.Snapshot, from, goal *tree.Director) []*tree.Director {
	below := map[uint64]*tree.Director{goal.ID: nil} // the next one on the way
	for queue := []*tree.Director{goal}; len(queue) > 0; queue = queue[1:] {
		d := queue[0]
		if d.ID == from.ID {
			var way []*tree.Director
			for stop := d; stop != nil; stop = below[stop.ID] {
				way = append(way, stop)
			}
			return way
		}
		for h := range d.Slots() {
			holder, ok := s.Director(h.ID)
			if h.Kind != event.HolderMember || !ok {
				continue
			}
			if _, seen := below[holder.ID]; !seen {
				below[holder.ID] = d
				queue = append(queue, holder)
			}
		}
	}
	return nil
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
