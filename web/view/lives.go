package view

import (
	"fmt"
	"strconv"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A life is what is known of a director, or of a VCL, from the snapshot and
// from the events. Steps that lie before what is known are 0.
type life struct {
	director                   *tree.Director // as it is, or as it last was; nil for a VCL
	added, released, destroyed uint64
	// lingered: it was released before what is known.
	lingered bool
	flips    []flip

	releasedAt, destroyedAt time.Time // zero if that is not known
}

// lingering says that it lingers, or for how long it did: the columns of a time
// line are events, not seconds.
func (l *life) lingering() string {
	if l.releasedAt.IsZero() || l.destroyedAt.IsZero() {
		return "lingering"
	}
	return "lingered " + elapsed(l.destroyedAt.Sub(l.releasedAt))
}

// elapsed says how long something took, in one unit.
func elapsed(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	}
	return strconv.Itoa(int(d.Hours())) + " h"
}

// A flip is the health that a director came to have; seq is 0 for the one that
// it had before what is known.
type flip struct {
	seq     uint64
	healthy bool
}

// A sickness is a stretch in which a director was sick; 0 for an end that is
// not known, or not there yet.
type sickness struct{ from, until uint64 }

// sickness are the stretches in which it was sick, in order.
func (l *life) sickness() []sickness {
	var all []sickness
	sick := false
	for _, f := range l.flips {
		switch {
		case !f.healthy && !sick:
			all = append(all, sickness{from: f.seq})
		case f.healthy && sick:
			all[len(all)-1].until = f.seq
		}
		sick = !f.healthy
	}
	return all
}

// livesOf collects the lives of all that are there or that an event tells of.
func livesOf(s *tree.Snapshot, events []event.Event) map[laneKey]*life {
	lives := make(map[laneKey]*life, s.Len())
	for d := range s.Directors() {
		lives[laneKey{id: d.ID}] = &life{director: d, added: d.Steps.Added.Seq, released: d.Steps.Released.Seq, releasedAt: d.Steps.Released.Time}
	}
	for _, e := range events {
		for _, key := range lanesOf(e) {
			if lives[key] == nil {
				lives[key] = &life{}
			}
		}
		if kindGroup(e.Kind) == GroupVCL {
			lives[laneKey{vcl: e.VCL}].vclStep(e)
		} else if e.Assigned == nil {
			lives[laneKey{id: e.ID}].step(e)
		}
	}
	for key, l := range lives {
		if key.id != 0 {
			l.complete(key.id)
		}
	}
	return lives
}

func (l *life) vclStep(e event.Event) {
	switch e.Kind {
	case event.VCLAdded:
		l.added, l.destroyed = e.Seq, 0
	case event.VCLDiscarded:
		l.destroyed = e.Seq
	}
}

func (l *life) step(e event.Event) {
	if l.director == nil || l.director.Phase == tree.Destroyed {
		gone := tree.Director{}
		if l.director != nil {
			gone = *l.director
		}
		gone.ID, gone.VCL, gone.Name, gone.Phase = e.ID, e.VCL, e.Director, tree.Destroyed
		if e.Added != nil {
			gone.Type = e.Added.Type
		}
		l.director = &gone
	}
	switch e.Kind {
	case event.DirectorAdded:
		l.added = e.Seq
	case event.DirectorReleased:
		l.released, l.releasedAt = e.Seq, e.Time
	case event.DirectorDestroyed:
		l.destroyed, l.destroyedAt = e.Seq, e.Time
	}
	if e.Health == nil {
		return
	}
	if e.Kind == event.DirectorHealth && len(l.flips) == 0 {
		l.flips = append(l.flips, flip{0, !e.Healthy}) // only what is not so becomes so
	}
	l.flips = append(l.flips, flip{e.Seq, e.Healthy})
}

// complete says what follows from what is known.
func (l *life) complete(id uint64) {
	if l.director == nil {
		// Neither there nor ever heard of by itself: a snapshot of another run.
		l.director = &tree.Director{ID: id, Name: fmt.Sprintf("@%d", id), Phase: tree.Destroyed}
	}
	if l.destroyed != 0 && l.released == 0 {
		l.lingered = true
	}
	if len(l.flips) == 0 {
		l.flips = []flip{{0, l.director.Healthy || l.director.Phase == tree.Destroyed}}
	}
}
