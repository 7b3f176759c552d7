package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// maxUndo bounds the deletes that can be undone at a time, and maxPast those of
// which it is known what became of them: both are memory that clients fill.
const (
	maxUndo = 100
	maxPast = 1000
)

// A deleted is what is remembered of a director that was deleted by the API.
type deleted struct {
	id    uint64
	name  string // with its VCL
	vcl   *director.VCL
	until time.Time
	// command is the number of the one that deleted it.
	command event.Number
	// was is the director at the moment of its delete, and slots are those that
	// held it then. was is nil when the delete cannot be undone any more.
	was   *tree.Director
	slots []heldSlot
	// letGo ends the hold on the secrets that was names; expiry calls it in time.
	letGo  func()
	expiry *time.Timer
	// busy is set while it is being undone, heir when that was done: the number
	// of the director that was made in its place. places are the heir's slots
	// by those of the deleted one, missing what it could not take.
	busy    bool
	heir    uint64
	places  map[int]int
	missing []tree.Member
}

// A heldSlot is a slot that pointed at a director when that was deleted.
type heldSlot struct {
	event.Holder
	weight float64
}

// undos are the deletes that can be undone, and some that could. Only secrets
// wait for the time to pass; else the clock is looked at when there is a question.
type undos struct {
	mu     sync.Mutex // guards the fields below, and what they hold
	all    []*deleted // oldest first
	closed bool
}

func (u *undos) keep(d *deleted, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = append(u.all, d)
	past := max(0, len(u.all)-maxPast)
	for _, old := range u.all[:past] {
		old.forget()
	}
	u.all = slices.Delete(u.all, 0, past)
	if len(d.was.Secrets) > 0 {
		d.expiry = time.AfterFunc(d.until.Sub(now), func() { u.forget(time.Now()) })
	}
	u.forgetLocked(now)
}

// forget lets go of what cannot be undone any more.
func (u *undos) forget(now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forgetLocked(now)
}

// close lets go of everything: nothing can be undone any more.
func (u *undos) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	u.forgetLocked(time.Now())
}

// forget lets go of what is needed to undo the delete.
func (d *deleted) forget() {
	d.was, d.slots = nil, nil
	if d.expiry != nil {
		d.expiry.Stop()
	}
	if d.letGo != nil {
		d.letGo()
	}
}

// forgetLocked lets go of what is needed to undo what is past.
func (u *undos) forgetLocked(now time.Time) {
	kept := 0
	for _, d := range slices.Backward(u.all) {
		if d.was == nil {
			continue
		}
		if kept++; !d.busy && (u.closed || kept > maxUndo || !now.Before(d.until)) {
			d.forget()
		}
	}
}

// list returns what can be undone, newest first.
func (u *undos) list(now time.Time) []undoJSON {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forgetLocked(now)
	list := []undoJSON{}
	for _, d := range slices.Backward(u.all) {
		if d.was != nil && !d.busy {
			list = append(list, undoJSON{ID: d.id, Command: d.command, Director: d.name, Type: d.was.Type, Until: d.until})
		}
	}
	return list
}

// claim returns the delete of the director with that number, to be undone by
// nobody else until it is given back to settle or release.
func (u *undos) claim(id uint64, now time.Time) (*deleted, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forgetLocked(now)
	d := u.findLocked(id)
	switch {
	case d == nil:
		return nil, fmt.Errorf("delete of a director @%d that could be undone: %w", id, director.ErrNotFound)
	case d.busy:
		return nil, &problem{Status: http.StatusConflict, Detail: fmt.Sprintf("The delete of %s (@%d) is being undone just now.", d.name, id)}
	case d.was == nil:
		return nil, d.tooLate(now)
	}
	d.busy = true
	return d, nil
}

func (d *deleted) tooLate(now time.Time) error {
	p := &problem{Status: http.StatusGone, Title: "Too late to undo"}
	switch {
	case d.heir != 0:
		p.Title = "Undone already"
		p.Detail = fmt.Sprintf("The delete of %s (@%d) was undone already: the new director is @%d.", d.name, d.id, d.heir)
	case now.Before(d.until):
		p.Detail = fmt.Sprintf("Only the newest %d deletes can be undone, and that of %s (@%d) is older.", maxUndo, d.name, d.id)
	default:
		p.Detail = fmt.Sprintf("The delete of %s (@%d) could be undone until %s UTC.", d.name, d.id, d.until.UTC().Format(time.TimeOnly))
	}
	return p
}

// release gives back a claimed delete that was not undone.
func (u *undos) release(d *deleted) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d.busy = false
	u.forgetLocked(time.Now()) // its time may have passed meanwhile
}

// settle records what became of a claimed delete.
func (u *undos) settle(d *deleted, heir uint64, places map[int]int, missing []tree.Member) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d.busy = false
	d.forget()
	d.heir, d.places, d.missing = heir, places, missing
}

// missing returns the slots of directors that came back without the director,
// which was destroyed at that time.
func (u *undos) missing(id uint64) []heldSlot {
	u.mu.Lock()
	defer u.mu.Unlock()
	var slots []heldSlot
	for _, d := range u.all {
		for _, m := range d.missing {
			if m.ID == id {
				name := strings.TrimPrefix(d.name, d.vcl.Name()+".")
				h := event.Holder{Kind: event.HolderMember, Name: name, ID: d.id, Slot: m.Slot, Ref: m.Ref}
				slots = append(slots, heldSlot{h, m.Weight})
			}
		}
	}
	return slots
}

// heir follows a director that came back under other numbers, and one of its
// slots: 0 if the heir has no such slot. What did not come back is its own heir.
func (u *undos) heir(id uint64, slot int) (uint64, int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for d := u.findLocked(id); d != nil && d.heir != 0; d = u.findLocked(id) {
		id, slot = d.heir, d.places[slot]
	}
	return id, slot
}

func (u *undos) findLocked(id uint64) *deleted {
	if i := slices.IndexFunc(u.all, func(d *deleted) bool { return d.id == id }); i >= 0 {
		return u.all[i]
	}
	return nil
}

// remember keeps what is needed to undo the delete of d, and returns nil if that
// cannot be done: nobody knows how to make again what Go code has added. Before
// is a tree from before the delete, and letGo ends a hold on d's secrets.
func (s *Server) remember(d *director.Director, before *tree.Snapshot, letGo func()) *deletedUndo {
	kept := s.keepUndo(d, before, letGo)
	if kept == nil {
		letGo()
	}
	return kept
}

func (s *Server) keepUndo(d *director.Director, before *tree.Snapshot, letGo func()) *deletedUndo {
	moment, deletion, ok := s.momentOfDelete(d.ID(), before)
	if !ok {
		return nil
	}
	was, ok := moment.Director(d.ID())
	if !ok || was.Config == nil {
		return nil
	}
	gone := &deleted{
		id: was.ID, name: was.FullName(), vcl: d.VCL(), was: was, letGo: letGo,
		command: deletion.Command, until: deletion.Time.Add(view.UndoGrace),
	}
	for h := range was.Slots() {
		slot := heldSlot{Holder: h}
		if holder, ok := moment.Director(h.ID); ok && h.Kind == event.HolderMember {
			m, _ := holder.Member(h.Slot)
			slot.weight = m.Weight
		}
		if h.Kind != event.HolderPin {
			gone.slots = append(gone.slots, slot)
		}
	}
	s.undos.keep(gone, time.Now())
	return &deletedUndo{gone.id, gone.command, gone.until}
}

// momentOfDelete returns the tree just before the director was deleted, and the
// event of that. What happened since the tree before belongs to what was deleted, so
// the events in between are applied.
func (s *Server) momentOfDelete(id uint64, moment *tree.Snapshot) (*tree.Snapshot, event.Event, bool) {
	for {
		events, err := s.rt.Log().After(moment.Seq, 64)
		if err != nil || len(events) == 0 {
			return nil, event.Event{}, false // the log has forgotten
		}
		for _, e := range events {
			if e.Kind == event.DirectorDeleted && e.ID == id {
				return moment, e, true
			}
			moment = moment.Apply(e)
		}
	}
}
