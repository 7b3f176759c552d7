package view

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A laneKey names who has a lane: a director by its ID, a VCL by its name, the
// instance by neither.
type laneKey struct {
	id  uint64
	vcl string
}

// lanesOf are the lanes that an event concerns, each once.
func lanesOf(e event.Event) []laneKey {
	switch {
	case kindGroup(e.Kind) == GroupVCL:
		return []laneKey{{vcl: e.VCL}}
	case e.Assigned == nil:
		return []laneKey{{id: e.ID}}
	}
	var keys []laneKey
	add := func(key laneKey) {
		if key != (laneKey{}) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	switch e.Holder.Kind {
	case event.HolderMember:
		add(laneKey{id: e.Holder.ID})
	case event.HolderDefault:
		add(laneKey{vcl: e.Holder.Name})
	}
	add(laneKey{id: e.FromID})
	add(laneKey{id: e.ToID})
	return keys
}

// lanes makes the lanes: of all that the window has events of, and of the
// others that there were at its time if there is room for all of them. Their
// order is that in which they were added, so that none changes its place.
func (b *timelineBuilder) lanes() {
	var busy, idle []laneKey
	ticks := b.ticks()
	for key, l := range b.lives {
		switch {
		case !b.wanted[key]:
		case len(ticks[key]) > 0:
			busy = append(busy, key)
		case key.id != 0 && b.wasThere(l):
			idle = append(idle, key)
		}
	}
	shown := slices.Clone(busy)
	if len(busy)+len(idle) <= MaxLanes {
		shown, idle = append(shown, idle...), nil
	}
	slices.SortFunc(shown, func(a, z laneKey) int { return cmp.Or(cmp.Compare(a.id, z.id), cmp.Compare(a.vcl, z.vcl)) })
	more := max(0, len(shown)-MaxLanes)
	for _, key := range shown[:len(shown)-more] {
		b.t.Lanes = append(b.t.Lanes, b.lane(key, ticks[key]))
	}
	b.t.Rest = rest(more, len(idle))
}

func rest(busy, idle int) string {
	text := ""
	if busy > 0 {
		text = "and " + count(busy, "more director") + " with events in this window: the filter narrows it"
	}
	if idle > 0 && text != "" {
		text += "; "
	}
	if idle > 0 {
		text += "and " + count(idle, "more director") + " without an event in this window"
	}
	return text
}

// wasThere reports whether a life and the window overlap.
func (b *timelineBuilder) wasThere(l *life) bool {
	if len(b.t.Columns) == 0 {
		return l.destroyed == 0
	}
	first, last := b.t.Columns[0], b.t.Columns[len(b.t.Columns)-1]
	if b.query.Before == 0 {
		last = b.s.Seq // what happened since is of kinds that are not shown
	}
	return l.added <= last && (l.destroyed == 0 || l.destroyed >= first)
}

func (b *timelineBuilder) lane(key laneKey, ticks []*Tick) *Lane {
	l := b.lives[key]
	lane := &Lane{Kind: "director", Ticks: ticks, Bars: b.bars(l)}
	switch {
	case key.id != 0:
		lane.ID, lane.Name = "lane-"+strconv.FormatUint(key.id, 10), b.shortName(l.director)
		lane.Href = b.selecting(atID(key.id))
		if b.q.Select != "" {
			lane.Current = b.q.Select == atID(key.id) || b.q.Select == b.token(l.director)
		}
		switch {
		case l.destroyed != 0:
			lane.Phase = "destroyed"
		case l.released != 0 || l.lingered:
			lane.Phase = "lingering"
		}
	case key.vcl != "":
		lane.ID, lane.Name, lane.Kind = "lane-vcl-"+key.vcl, key.vcl, "vcl"
	default:
		lane.ID, lane.Name, lane.Kind = "lane-instance", b.s.Instance, "instance"
	}
	if _, found := slices.BinarySearch(b.t.Columns, b.query.Event); found {
		lane.Chosen = b.at(b.query.Event)
	}
	return lane
}

// textRoom is the least width of a bar that has room for a word.
const textRoom = 76

// bars are the stretches of a life that the window shows. What began before it
// or goes on after it reaches its edge.
func (b *timelineBuilder) bars(l *life) []Bar {
	end := b.t.Width
	if l.destroyed != 0 {
		end = b.at(l.destroyed)
	}
	start, turn := b.at(l.added), end
	switch {
	case l.lingered:
		turn = start
	case l.released != 0:
		turn = b.at(l.released)
	}
	var bars []Bar
	add := func(kind string, from, to uint64, x0, x1 int) {
		if x1 <= x0 {
			return
		}
		bar := Bar{Kind: kind, X: x0, Width: x1 - x0, Title: stretch(kind, from, to)}
		if kind == "lingering" && x1-x0 >= textRoom {
			bar.Text = kind
		}
		bars = append(bars, bar)
	}
	add("live", l.added, cmp.Or(l.released, l.destroyed), start, turn)
	add("lingering", l.released, l.destroyed, turn, end)
	for _, s := range l.sickness() {
		x1 := end
		if s.until != 0 {
			x1 = b.at(s.until)
		}
		add("sick", s.from, s.until, max(start, b.at(s.from)), x1)
	}
	return bars
}

// stretch says from when to when: "lingering from #41 to #47".
func stretch(kind string, from, to uint64) string {
	if from > 0 {
		kind += " from " + hash(from)
	}
	if to > 0 {
		kind += " to " + hash(to)
	}
	return kind
}

// A life is what is known of a director, or of a VCL, from the snapshot and
// from the events. Steps that lie before what is known are 0.
type life struct {
	director                   *tree.Director // as it is, or as it last was; nil for a VCL
	added, released, destroyed uint64
	// lingered: it was released before what is known.
	lingered bool
	flips    []flip
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
		lives[laneKey{id: d.ID}] = &life{director: d, added: d.Steps.Added.Seq, released: d.Steps.Released.Seq}
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
		l.released = e.Seq
	case event.DirectorDestroyed:
		l.destroyed = e.Seq
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
