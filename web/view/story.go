package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A Tale is the story of a deletion, step by step.
type Tale struct {
	ID    string
	Title string
	Steps []TaleStep
	Undo  *Undo // nil if that cannot be done
}

// A TaleStep is one step. State is done, now or todo.
type TaleStep struct {
	State, Word string
	Tone        string
	Parts       []Part
	Seq         string
	Time        Moment
}

func (t *Tale) Key() string { return t.ID }

// tale tells how the selected director came to its end, or what it is still
// waiting for. d is nil when it is destroyed.
func (b *builder) tale(d *tree.Director) Fragment {
	t := &Tale{ID: sectionID("story", b.selected), Title: "Why it is still here"}
	deleted, last := false, false
	for _, e := range b.m.story.events {
		deleted = deleted || e.Kind == event.DirectorDeleted
		if !deleted {
			continue
		}
		if !last && endsReferences(e) {
			last = true
			t.Steps = append(t.Steps, TaleStep{State: "done", Word: "Last reference gone", Tone: "end", Seq: hash(e.Seq), Time: moment(e.Time)})
		}
		t.Steps = append(t.Steps, b.taleSteps(e)...)
	}
	if d == nil {
		t.Title = "How it ended"
		t.Undo = b.undo("undo", b.told())
		return t
	}
	t.Undo = b.undo("undo", d)
	t.Steps = append(t.Steps, b.waitsFor(d)...)
	t.Steps = append(t.Steps,
		TaleStep{State: "todo", Word: "Last reference gone"},
		TaleStep{State: "todo", Word: "Destroyed"},
	)
	return t
}

// waitsFor is where the story stands.
func (b *builder) waitsFor(d *tree.Director) []TaleStep {
	var steps []TaleStep
	if h, ok := b.s.HeldStep(d.ID); ok {
		steps = append(steps, TaleStep{
			State: "now", Word: "Held before " + beforeWord(h.Before), Parts: []Part{{Text: "by step mode, until somebody says next"}},
		})
	} else if !d.Steps.Released.Taken() {
		steps = append(steps, TaleStep{State: "now", Word: "Releasing", Parts: []Part{{Text: "it lets go of all it holds"}}})
	}
	if held := b.heldBy(d, false); len(held) > 0 && d.Steps.Released.Taken() {
		steps = append(steps, TaleStep{State: "now", Word: "Still held by", Parts: commas(held)})
	}
	return steps
}

// endsReferences reports whether e comes only after the last reference is gone,
// which has no event of its own where a request held it.
func endsReferences(e event.Event) bool {
	if e.Kind == event.DirectorEvent {
		return e.Life != nil && e.Life.Event == "COLD" && e.Life.Refcount == 0
	}
	return e.Kind == event.DirectorDestroyed
}

// taleSteps are the steps that an event after the deletion stands for.
func (b *builder) taleSteps(e event.Event) []TaleStep {
	step := TaleStep{State: "done", Seq: hash(e.Seq), Time: moment(e.Time), Tone: tone(e)}
	as := func(word string, parts ...Part) TaleStep {
		s := step
		s.Word, s.Parts = word, parts
		return s
	}
	var life event.Life
	if e.Life != nil {
		life = *e.Life
	}
	switch e.Kind {
	case event.DirectorDeleted:
		return []TaleStep{as("Deleted", Part{Text: "its own slots take nothing new"})}
	case event.RefAssigned:
		return []TaleStep{b.refStep(step, *e.Assigned)}
	case event.DirectorReleased:
		return []TaleStep{
			as("Released", releasedPart(life)),
			as("Owner let go", Part{Text: fmt.Sprintf("refs %d → %d", life.Refcount+1, life.Refcount)}),
		}
	case event.DirectorEvent:
		return []TaleStep{as(life.Event, Part{Text: "the director is told"})}
	case event.DirectorDestroyed:
		return []TaleStep{as("Destroyed", Part{Text: "nothing of it is left"})}
	case event.DirectorLeaked:
		return []TaleStep{as("Leaked", Part{Text: "it kept " + strings.Join(life.Left, ", ")})}
	case event.DirectorError:
		return []TaleStep{as("Error", Part{Text: life.Callback + ": " + life.Error})}
	}
	return nil
}

func releasedPart(life event.Life) Part {
	if len(life.Released) == 0 {
		return Part{Text: "it held nothing"}
	}
	return Part{Text: "it let go of " + strings.Join(life.Released, ", ")}
}

// refStep is a reference that the director dropped, or that it lost.
func (b *builder) refStep(step TaleStep, a event.Assigned) TaleStep {
	switch {
	case a.Holder.Kind == event.HolderMember && a.Holder.ID == b.selected:
		step.Word = "Let go"
		step.Parts = []Part{b.link(a.FromID, a.From), {Text: fmt.Sprintf(" refs %d → %d", a.RefcountFrom+1, a.RefcountFrom)}}
	case a.FromID == b.selected:
		step.Word = "Reference dropped"
		step.Parts = []Part{{Text: "by "}, b.holderPart(a.Holder), {Text: fmt.Sprintf(" · refs %d → %d", a.RefcountFrom+1, a.RefcountFrom)}}
	default:
		step.Word = "Reference taken"
		step.Parts = []Part{{Text: "by "}, b.holderPart(a.Holder), {Text: fmt.Sprintf(" · refs %d → %d", a.RefcountTo-1, a.RefcountTo)}}
	}
	return step
}

// commas puts a comma between parts.
func commas(parts []Part) []Part {
	var list []Part
	for i, p := range parts {
		if i > 0 {
			list = append(list, Part{Text: ", "})
		}
		list = append(list, p)
	}
	return list
}

// maxHistory is how many events about one director the inspector lists.
const maxHistory = 8

// A History is the section of the newest events about one director.
type History struct {
	ID   string
	Rows []*EventRow
}

func (h *History) Key() string { return h.ID }

func (b *builder) history() Fragment {
	h := &History{ID: sectionID("history", b.selected)}
	events := b.m.story.events
	for _, e := range slices.Backward(events[max(0, len(events)-maxHistory):]) {
		h.Rows = append(h.Rows, b.eventRow("history-event-", e))
	}
	return h
}

// Waiting is the section of all lingering directors, shown when none is
// selected.
type Waiting struct {
	ID   string
	Rows []WaitingRow
	More string // "and 12 more", "" if all are listed
}

// A WaitingRow is a director that waits for its last reference to go.
type WaitingRow struct {
	Parts []Part // who is held by whom
	Since Moment
	Undo  *Undo // nil if that cannot be done
}

func (w *Waiting) Key() string { return w.ID }

func (b *builder) waiting() Fragment {
	w := &Waiting{ID: "waiting"}
	for d := range b.s.LingeringDirectors() {
		if len(w.Rows) == maxListed {
			w.More = "and " + number(int64(b.s.Lingering()-maxListed)) + " more"
			break
		}
		w.Rows = append(w.Rows, WaitingRow{
			Parts: b.whyWaiting(d),
			Since: moment(d.Steps.Released.Time),
			Undo:  b.undo("undo-waiting", d),
		})
	}
	return w
}

// whyWaiting says who holds a lingering director, or what else it waits for.
func (b *builder) whyWaiting(d *tree.Director) []Part {
	about := event.Event{ID: d.ID, Director: d.Name}
	if held := b.heldBy(d, true); len(held) > 0 {
		return append(b.say(about, " is held by "), commas(held)...)
	}
	if h, ok := b.s.HeldStep(d.ID); ok {
		return b.say(about, " waits for its step: "+beforeWord(h.Before))
	}
	return b.say(about, " is about to be destroyed")
}

// Gone says that there never was such a director, as far as is known.
type Gone struct{ ID, Name, Close string }

func (g *Gone) Key() string { return g.ID }
