package view

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/event"
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
	lane := &Lane{Kind: "director", Ticks: ticks, Bars: b.bars(l, ticks)}
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

// textRoom is the width of "lingered 350 ms".
const textRoom = 92

// textPlace is where a word can stand under a bar without covering a count.
func textPlace(from, to int, ticks []*Tick) (x int, ok bool) {
	for x = from; x+textRoom <= to; x += ColumnPitch {
		covers := func(t *Tick) bool {
			return t.Count != "" && t.X > x-ColumnPitch/2 && t.X < x+textRoom+ColumnPitch/2
		}
		if !slices.ContainsFunc(ticks, covers) {
			return x, true
		}
	}
	return 0, false
}

// bars are the stretches of a life that the window shows. What began before it
// or goes on after it reaches its edge.
func (b *timelineBuilder) bars(l *life, ticks []*Tick) []Bar {
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
		if x, ok := textPlace(x0, x1, ticks); ok && kind == "lingering" {
			bar.Text, bar.TextX = l.lingering(), x
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
