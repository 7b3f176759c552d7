package view

import (
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Limits of a time line, and its measures in pixels.
const (
	UsualSpan = 200
	MaxSpan   = 1000
	MaxLanes  = 100

	ColumnPitch = 14
	LaneHeight  = 32
)

// A TimelineQuery says which part of the past a time line shows.
type TimelineQuery struct {
	// View is that of the page: its filter chooses the directors.
	View Query
	// Kinds are the groups of events that are shown, all if there are none.
	Kinds []string
	// Before is the number that all shown events are below, 0 for the newest.
	Before uint64
	// Span is the most events that are shown.
	Span int
	// Event is the one that is told in full, 0 for none.
	Event uint64
	// Page leads from where the time line is to the page: "" within it.
	Page string
}

// A Timeline is a window of the past: a lane for each director, a column for
// each event. The columns are equally wide, whatever time went by between two
// events, so that steps that follow each other quickly can be told apart.
type Timeline struct {
	Instance, Epoch string
	Query           TimelineQuery
	// Seq is that of the newest event, Oldest that of the oldest one known.
	Seq, Oldest uint64
	// Columns are the numbers of the events, oldest first.
	Columns []uint64
	Width   int
	Clocks  []Clock
	Lanes   []*Lane
	// Words says which events these are, Rest which directors have no lane.
	Words, Rest string
	Kinds       []KindToggle
	// Earlier, Later and Newest are links, "" where there is nothing.
	Earlier, Later, Newest string
	Told                   *Told
}

// A Clock is a time of day over the lanes. Again says that it did not begin
// there.
type Clock struct {
	X     int
	Again bool
	Moment
}

// A Lane is the life of one director, or of a VCL, within the window.
type Lane struct {
	ID, Name, Href string
	// Kind is director, vcl or instance; Phase is empty for a live director.
	Kind, Phase string
	Current     bool
	Bars        []Bar
	Ticks       []*Tick
	// Chosen is the middle of the column that is told in full, 0 if there is none.
	Chosen int
}

// A Bar is a stretch of a life: live, lingering or sick.
type Bar struct {
	Kind     string
	X, Width int
	// Text stands below the bar from TextX on, "" where there is no room for it;
	// Title says more.
	Text, Title string
	TextX       int
}

// NewTimeline returns the time line of the snapshot. The events are all that
// are known, oldest first and up to s.Seq; the error is that of the filter.
func NewTimeline(s *tree.Snapshot, events []event.Event, q TimelineQuery) (*Timeline, error) {
	filter, err := ParseFilter(q.View.Q)
	if err != nil {
		return nil, err
	}
	if q.Span == 0 {
		q.Span = UsualSpan
	}
	b := &timelineBuilder{
		builder: &builder{s: s, q: q.View, several: len(s.VCLs()) > 1, link0: q.Page + q.View.selecting()},
		query:   q, filter: filter, lives: livesOf(s, events),
		t: &Timeline{Instance: s.Instance, Epoch: s.Epoch, Query: q, Seq: s.Seq, Oldest: s.Seq + 1, Kinds: kindToggles(q)},
	}
	if len(events) > 0 {
		b.t.Oldest = events[0].Seq
	}
	b.match()
	b.choose(events)
	b.clocks()
	b.lanes()
	b.tell(events)
	return b.t, nil
}

// A timelineBuilder is one run of NewTimeline.
type timelineBuilder struct {
	*builder
	query  TimelineQuery
	filter Filter
	lives  map[laneKey]*life
	wanted map[laneKey]bool // lanes that the filter lets through
	window []event.Event
	t      *Timeline
}

// match finds out which lanes the filter wants. Of VCLs it says nothing, so
// they have lanes only where there is none.
func (b *timelineBuilder) match() {
	b.wanted = make(map[laneKey]bool, len(b.lives))
	for key, l := range b.lives {
		b.wanted[key] = b.filter.Empty() || l.director != nil && b.filter.Matches(l.director)
	}
}

// wants reports whether the event has a column.
func (b *timelineBuilder) wants(e event.Event) bool {
	if len(b.query.Kinds) > 0 && !slices.Contains(b.query.Kinds, kindGroup(e.Kind)) {
		return false
	}
	return slices.ContainsFunc(lanesOf(e), func(key laneKey) bool { return b.wanted[key] })
}

// choose picks the events of the window, and finds the ways to those beside it.
func (b *timelineBuilder) choose(events []event.Event) {
	end := len(events)
	if b.query.Before > 0 {
		end, _ = slices.BinarySearchFunc(events, b.query.Before, func(e event.Event, seq uint64) int {
			return int(int64(e.Seq) - int64(seq))
		})
	}
	for _, e := range slices.Backward(events[:end]) {
		if !b.wants(e) {
			continue
		}
		if len(b.window) == b.query.Span {
			b.t.Earlier = b.query.with("before", b.window[len(b.window)-1].Seq)
			break
		}
		b.window = append(b.window, e)
	}
	slices.Reverse(b.window)
	for _, e := range b.window {
		b.t.Columns = append(b.t.Columns, e.Seq)
	}
	b.t.Width = max(1, len(b.window)) * ColumnPitch
	b.t.Words = b.words()
	b.later(events[end:])
}

// later leads to the window after this one, which is the newest where less than
// another whole one follows.
func (b *timelineBuilder) later(events []event.Event) {
	if b.query.Before == 0 {
		return
	}
	b.t.Newest = b.query.with("before", 0)
	n := 0
	for _, e := range events {
		if b.wants(e) {
			n++
		}
		if n > b.query.Span {
			b.t.Later = b.query.with("before", e.Seq)
			return
		}
	}
	if n > 0 {
		b.t.Later = b.t.Newest
	}
}

func (b *timelineBuilder) words() string {
	if len(b.window) == 0 {
		return "No such event is known"
	}
	first, last := b.window[0].Seq, b.window[len(b.window)-1].Seq
	return count(len(b.window), "event") + ", " + hash(first) + " to " + hash(last) + " of " + strconv.FormatUint(b.s.Seq, 10)
}

// at is where an event stands: in the middle of its column, or between two if
// it has none.
func (b *timelineBuilder) at(seq uint64) int {
	i, found := slices.BinarySearch(b.t.Columns, seq)
	if found {
		return i*ColumnPitch + ColumnPitch/2
	}
	return i * ColumnPitch
}

// clockRoom is the least space between the beginnings of two clock times, and
// clockEvery the most: wherever one has scrolled to, one is in sight.
const (
	clockRoom  = 70
	clockEvery = 20 * ColumnPitch
)

// clocks says where a new second begins, as far as there is room, and now and
// then which one it still is.
func (b *timelineBuilder) clocks() {
	last, x0 := "", -clockEvery
	for i, e := range b.window {
		m, x := moment(e.Time), i*ColumnPitch
		again := m.Clock == last
		if x-x0 < clockRoom || again && x-x0 < clockEvery || i > 0 && x+clockRoom > b.t.Width {
			continue
		}
		b.t.Clocks = append(b.t.Clocks, Clock{X: x, Again: again, Moment: m})
		last, x0 = m.Clock, x
	}
}
