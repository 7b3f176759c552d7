package view

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
)

// A Tick is what one event was for one lane.
type Tick struct {
	ID, Seq string
	X       int
	// Mark names the shape, see web/timelinemarks.go; Tone is as in an EventRow.
	Mark, Tone string
	// Count is the refcount after, where the event changed it.
	Count  string
	Label  string
	Href   string
	Chosen bool
}

// Told is an event in full.
type Told struct {
	Row *EventRow // nil if it is not known
	// Words says what there is to say besides.
	Words string
	// JSON is the event as the API gives it.
	JSON string
	// Before and After lead to the events beside it, Around to the window that
	// it is in, Close to the time line without it.
	Before, After, Around, Close string
}

// ticks are those of the window, by lane.
func (b *timelineBuilder) ticks() map[laneKey][]*Tick {
	ticks := map[laneKey][]*Tick{}
	for i, e := range b.window {
		label := b.label(e)
		for _, key := range lanesOf(e) {
			if !b.wanted[key] {
				continue
			}
			t := &Tick{
				ID: "tick-" + strconv.FormatUint(e.Seq, 10) + "-" + strconv.FormatUint(key.id, 10), Seq: strconv.FormatUint(e.Seq, 10),
				X: i*ColumnPitch + ColumnPitch/2, Tone: tone(e), Label: label,
				Href: b.query.with("event", e.Seq), Chosen: e.Seq == b.query.Event,
			}
			t.Mark, t.Count = markOf(e, key)
			ticks[key] = append(ticks[key], t)
		}
	}
	return ticks
}

// label tells an event in one line: "#42 12:03:11 pool_a was released · refs 3".
func (b *timelineBuilder) label(e event.Event) string {
	var s strings.Builder
	s.WriteString(hash(e.Seq) + " " + moment(e.Time).Clock + " ")
	for _, p := range b.sentence(e) {
		s.WriteString(p.Text)
	}
	return s.String()
}

// markOf is the shape of an event in a lane, and the refcount after it if it is
// a reference to the director of the lane that came or went.
func markOf(e event.Event, key laneKey) (mark, refcount string) {
	if e.Assigned == nil {
		return lifeMark(e), ""
	}
	switch {
	case e.FromID == e.ToID:
		return "weight", ""
	case key.id != 0 && key.id == e.ToID:
		return "gained", strconv.FormatInt(e.RefcountTo, 10)
	case key.id != 0 && key.id == e.FromID:
		return "dropped", strconv.FormatInt(e.RefcountFrom, 10)
	}
	return "slot", ""
}

func lifeMark(e event.Event) string {
	healthy := e.Health != nil && e.Healthy
	switch e.Kind {
	case event.DirectorHealth:
		return either(healthy, "healthy", "sick")
	case event.DirectorAdminHealth:
		return either(healthy, "admin-healthy", "admin-sick")
	case event.DirectorAdded, event.DirectorDeleted, event.DirectorReleased, event.DirectorDestroyed:
		return strings.TrimPrefix(string(e.Kind), "director.")
	case event.DirectorEvent:
		return "told"
	case event.DirectorLeaked, event.DirectorError:
		return "alarm"
	case event.StepHeld:
		return "held"
	case event.StepTaken:
		return "taken"
	}
	return "vcl"
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// tell says all of the event that was asked for.
func (b *timelineBuilder) tell(events []event.Event) {
	q := b.query
	if q.Event == 0 {
		return
	}
	told := &Told{Close: q.with("event", 0)}
	b.t.Told = told
	if q.Event < b.t.Oldest || q.Event > b.s.Seq {
		told.Words = hash(q.Event) + " is not known any more"
		if q.Event > b.s.Seq {
			told.Words = hash(q.Event) + " has not happened yet"
		}
		return
	}
	e := events[q.Event-b.t.Oldest]
	told.Row = b.eventRow("told-", e)
	told.JSON = eventJSON(e)
	i, found := slices.BinarySearch(b.t.Columns, q.Event)
	if !found {
		told.Words = "It is not in this window"
		around := q
		around.Before = q.Event + uint64(q.Span)/2
		told.Around = "timeline?" + around.Values().Encode()
		return
	}
	if i > 0 {
		told.Before = q.with("event", b.t.Columns[i-1])
	}
	if i+1 < len(b.t.Columns) {
		told.After = q.with("event", b.t.Columns[i+1])
	}
}

// eventJSON is the event as the API writes it.
func eventJSON(e event.Event) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return err.Error() // of a time that no calendar has
	}
	return strings.TrimSpace(text.String())
}
