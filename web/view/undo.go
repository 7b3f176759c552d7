package view

import (
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// UndoGrace is how long the delete of a director can be undone.
const UndoGrace = time.Minute

// An Undo is how to undo the delete of a director.
type Undo struct {
	Form
	Name string
	// Until is when it is too late.
	Until Moment
}

// undo returns how to undo a delete, nil where that cannot be done: nobody knows
// how to make such a director, its time has passed, its VCL is gone, or another
// one has its name.
func (b *builder) undo(id string, d *tree.Director) *Undo {
	until := d.Steps.Deleted.Time.Add(UndoGrace)
	if d.Config == nil || !d.Steps.Deleted.Taken() || !b.s.Time.Before(until) || b.replaced(d) {
		return nil
	}
	if v, ok := b.s.VCL(d.VCL); !ok || v.Temperature != "warm" && v.Temperature != "busy" && v.Temperature != "init" {
		return nil
	}
	if b.m.undoUntil.IsZero() || until.Before(b.m.undoUntil) {
		b.m.undoUntil = until
	}
	number := atID(d.ID)[1:]
	u := &Undo{Form: b.form(id+"-"+number, "", "/undo/"+number), Name: d.Name, Until: moment(until)}
	if alive := *d; !b.chosen.filter.Empty() {
		// Who looks at what lingers wants to see it back.
		if alive.Phase = tree.Live; !b.chosen.filter.Matches(&alive) {
			u.Back = b.q.WithPanel("").Whole().Href()
		}
	}
	return u
}

// replaced reports whether another director has the name of a deleted one.
func (b *builder) replaced(d *tree.Director) bool {
	other, ok := b.s.Lookup(d.VCL, d.Name)
	return ok && other.ID != d.ID && other.Phase == tree.Live && !other.Steps.Deleted.Taken()
}

// undoPassed reports whether the page before offers to undo what cannot be undone
// any more.
func (b *builder) undoPassed(prev *Model) bool {
	return !prev.undoUntil.IsZero() && !b.s.Time.Before(prev.undoUntil)
}

// told is what the story says of a director that is destroyed, as far as it
// matters for undoing its delete.
func (b *builder) told() *tree.Director {
	d := &tree.Director{ID: b.selected}
	for _, e := range b.m.story.events {
		switch {
		case e.ID != b.selected:
		case e.Kind == event.DirectorAdded && e.Added != nil:
			d.Type, d.Leaf, d.Config = e.Added.Type, e.Added.Leaf, e.Added.Config
		case e.Kind == event.DirectorDeleted:
			d.VCL, d.Name = e.VCL, e.Director
			d.Steps.Deleted = tree.Step{Seq: e.Seq, Time: e.Time}
		}
	}
	return d
}
