package view_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func timelineOf(t *testing.T, st *viewtest.Stage, q view.TimelineQuery) *view.Timeline {
	t.Helper()
	line, err := view.NewTimeline(st.Snapshot, st.Events, q)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// lanesNamed are the lanes of all directors that had the name, oldest first.
func lanesNamed(line *view.Timeline, name string) []*view.Lane {
	var found []*view.Lane
	for _, l := range line.Lanes {
		if l.Name == name && l.Kind == "director" {
			found = append(found, l)
		}
	}
	return found
}

// laneOf is the only lane of that name.
func laneOf(t *testing.T, line *view.Timeline, name string) *view.Lane {
	t.Helper()
	found := lanesNamed(line, name)
	if len(found) != 1 {
		t.Fatalf("got %d lanes of %s, want one", len(found), name)
	}
	return found[0]
}

// drawn says in a line which stretches a lane has, in columns: "live 2–5".
func drawn(l *view.Lane) string {
	var parts []string
	for _, bar := range l.Bars {
		parts = append(parts, fmt.Sprintf("%s %.3g–%.3g", bar.Kind,
			float64(bar.X)/view.ColumnPitch, float64(bar.X+bar.Width)/view.ColumnPitch))
	}
	return strings.Join(parts, ", ")
}

// marked says in a line what happened in a lane, by column.
func marked(l *view.Lane) string {
	var parts []string
	for _, tick := range l.Ticks {
		text := tick.Mark + "@" + strconv.Itoa(tick.X/view.ColumnPitch)
		if tick.Count != "" {
			text += "=" + tick.Count
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// small is a pool with one backend that is pinned: events 4 to 8, columns 3 to 7.
func small() (st *viewtest.Stage, backend, pool, pin uint64) {
	st = viewtest.New("demo")
	backend = st.Add("a1", "backend")
	pool = st.Add("pool", "random")
	st.Member(pool, backend, 1)
	return st, backend, pool, st.Pin(backend, "workshop")
}

func TestLaneIsALife(t *testing.T) {
	st, backend, pool, pin := small()
	st.Health(backend, false, "probe")
	st.Delete(backend)
	st.Unpin(backend, pin)
	st.Assign(pool, 1, 0)
	line := timelineOf(t, st, view.TimelineQuery{})
	l := laneOf(t, line, "a1")
	// VCL 0 1 2, a1 added 3, pool 4, assigned 5, pool healthy 6, pinned 7, sick 8, pool sick 9,
	// deleted 10, released 11, unpinned 12, dropped 13, COLD 14, destroyed 15.
	if got, want := marked(l), "added@3 gained@5=2 gained@7=3 sick@8 deleted@10 released@11 dropped@12=1 dropped@13=0 told@14 destroyed@15"; got != want {
		t.Errorf("ticks:\ngot  %s\nwant %s", got, want)
	}
	if got, want := drawn(l), "live 3.5–11.5, lingering 11.5–15.5, sick 8.5–15.5"; got != want {
		t.Errorf("bars: got %s, want %s", got, want)
	}
	if l.Phase != "destroyed" {
		t.Errorf("phase: got %q, want destroyed", l.Phase)
	}
	if got, want := marked(laneOf(t, line, "pool")), "added@4 slot@5 healthy@6 sick@9 slot@13"; got != want {
		t.Errorf("the holder: got %s, want %s", got, want)
	}
	if got, want := l.Ticks[4].Label, "#11 19:30:01 a1 was deleted"; got != want {
		t.Errorf("label: got %q, want %q", got, want)
	}
}

func TestLingeringGoesOnToTheEdge(t *testing.T) {
	st, backend, _, _ := small()
	st.Delete(backend)
	l := laneOf(t, timelineOf(t, st, view.TimelineQuery{}), "a1")
	if got, want := drawn(l), "live 3.5–9.5, lingering 9.5–10"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if l.Phase != "lingering" {
		t.Errorf("phase: got %q, want lingering", l.Phase)
	}
}

func TestNameThatWasTakenAgainHasTwoLanes(t *testing.T) {
	st := viewtest.New("demo")
	first := st.Add("a1", "backend")
	st.Pin(first, "workshop")
	st.Delete(first)
	st.Add("a1", "backend")
	line := timelineOf(t, st, view.TimelineQuery{})
	old, lanes := lanesNamed(line, fmt.Sprintf("a1 @%d", first)), lanesNamed(line, "a1")
	if len(old) != 1 || len(lanes) != 1 || old[0].Phase != "lingering" || lanes[0].Phase != "" {
		t.Fatalf("got %d and %d lanes, want one that lingers and one that lives", len(old), len(lanes))
	}
	if got, want := marked(lanes[0]), "added@7"; got != want {
		t.Errorf("the second: got %s, want %s", got, want)
	}
}

func TestWindowCutsLives(t *testing.T) {
	st, backend, _, _ := small()
	st.Delete(backend) // 9, 10
	line := timelineOf(t, st, view.TimelineQuery{Span: 3, Before: 10})
	if want := []uint64{7, 8, 9}; !slices.Equal(line.Columns, want) {
		t.Fatalf("columns: got %v, want %v", line.Columns, want)
	}
	if got, want := drawn(laneOf(t, line, "a1")), "live 0–3"; got != want {
		t.Errorf("a life that began before and goes on: got %s, want %s", got, want)
	}
	if line.Earlier != "timeline?before=7&span=3" || line.Later != "timeline?span=3" || line.Newest != line.Later {
		t.Errorf("ways: got %q, %q and %q", line.Earlier, line.Later, line.Newest)
	}
	line = timelineOf(t, st, view.TimelineQuery{Span: 3, Before: 4})
	if len(lanesNamed(line, "a1")) != 0 {
		t.Error("a director has a lane before it was added")
	}
	if line.Earlier != "" || line.Later != "timeline?before=7&span=3" {
		t.Errorf("ways from the first window: got %q and %q", line.Earlier, line.Later)
	}
}

// What came before the log is told by what came after it, and by what is so now.
func TestLogThatHasForgottenTheBeginning(t *testing.T) {
	st, backend, _, pin := small()
	st.Delete(backend)
	st.Unpin(backend, pin)
	st.Assign(2, 1, 0)
	line, err := view.NewTimeline(st.Snapshot, st.Events[len(st.Events)-3:], view.TimelineQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := drawn(laneOf(t, line, "a1")), "lingering 0–2.5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	st.Health(st.Add("a2", "backend"), false, "probe")
	line, err = view.NewTimeline(st.Snapshot, st.Events[len(st.Events)-1:], view.TimelineQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := drawn(laneOf(t, line, "a2")), "live 0–1, sick 0.5–1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKindsAndFilterChooseColumns(t *testing.T) {
	st := viewtest.Busy()
	line := timelineOf(t, st, view.TimelineQuery{Kinds: []string{view.GroupHealth}, View: view.Query{Q: "b2"}})
	if len(line.Lanes) != 1 || marked(line.Lanes[0]) != "admin-sick@0" {
		t.Fatalf("got %d lanes, want one of b2 with its one change of health", len(line.Lanes))
	}
	if got, want := drawn(line.Lanes[0]), "live 0–1, sick 0.5–1"; got != want {
		t.Errorf("bars: got %s, want %s", got, want)
	}
	if _, err := view.NewTimeline(st.Snapshot, st.Events, view.TimelineQuery{View: view.Query{Q: "colour:red"}}); err == nil {
		t.Error("a filter that nobody understands is no error")
	}
}

func TestEventIsToldInFull(t *testing.T) {
	st, _, _, _ := small()
	line := timelineOf(t, st, view.TimelineQuery{Event: 8})
	if got, want := text(line.Told.Row.Parts), "pin “workshop” took hold of a1 · refs 2 → 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.HasPrefix(line.Told.JSON, `{"seq":8,"time":"2026-03-27T19:30:01.04Z","kind":"ref.assigned"`) {
		t.Errorf("JSON: got %s", line.Told.JSON)
	}
	for _, l := range line.Lanes {
		if l.Chosen != 7*view.ColumnPitch+view.ColumnPitch/2 {
			t.Errorf("%s: got the column at %d", l.Name, l.Chosen)
		}
	}
	if told := timelineOf(t, st, view.TimelineQuery{Event: 99}).Told; told.Row != nil || told.Words == "" {
		t.Errorf("an event of the future: got %+v", told)
	}
	if told := timelineOf(t, st, view.TimelineQuery{Event: 2, Span: 3}).Told; told.Around == "" || told.Row == nil {
		t.Errorf("an event outside of the window: got %+v, want a way to it", told)
	}
}

func TestManyDirectorsHaveNoLane(t *testing.T) {
	st := viewtest.Wide(150)
	line := timelineOf(t, st, view.TimelineQuery{Span: 10})
	if len(line.Lanes) == 0 || len(line.Lanes) > 20 || !strings.HasSuffix(line.Rest, " more directors without an event in this window") {
		t.Errorf("got %d lanes and %q", len(line.Lanes), line.Rest)
	}
	line = timelineOf(t, st, view.TimelineQuery{Span: view.MaxSpan})
	if len(line.Lanes) != view.MaxLanes || !strings.Contains(line.Rest, "with events") {
		t.Errorf("got %d lanes and %q", len(line.Lanes), line.Rest)
	}
}

func TestClocksStandWhereASecondBegins(t *testing.T) {
	st := viewtest.Demo() // an event each 130 ms, about eight in a second
	line := timelineOf(t, st, view.TimelineQuery{})
	last := ""
	for i, c := range line.Clocks {
		if c.Again != (c.Clock == last) {
			t.Errorf("%s at %d: again is %t", c.Clock, c.X, c.Again)
		}
		if i > 0 && c.X-line.Clocks[i-1].X < 70 {
			t.Errorf("%s at %d covers the one before", c.Clock, c.X)
		}
		last = c.Clock
	}
	if len(line.Clocks) < 3 || line.Clocks[0].X != 0 {
		t.Errorf("got %+v, want one at the beginning and one for each second", line.Clocks)
	}
}
