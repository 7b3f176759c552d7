package view_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// undoIn is the undo that the story offers.
func undoIn(t *testing.T, m *view.Model) *view.Undo {
	t.Helper()
	return sectionOf[*view.Tale](t, m).Undo
}

func TestStoryOffersUndoAsLongAsItIsPossible(t *testing.T) {
	st := viewtest.Demo()
	id := st.ID("pool_a")
	q := view.Query{Select: fmt.Sprintf("@%d", id)}
	m := build(st, q)
	st.Delete(id)
	tooLate := deletedAt(st).Add(view.UndoGrace)
	m = view.Build(st.Snapshot, st.Events, q, m)
	u := undoIn(t, m)
	if u == nil || u.Action != fmt.Sprintf("../../api/v1/instances/demo/undo/%d", id) || u.Method != "" || u.Name != "pool_a" || u.Back != q.Href() {
		t.Fatalf("while it lingers: got %+v, want the undo of @%d", u, id)
	}
	st.Assign(st.ID("site"), 1, 0)
	m = view.Build(st.Snapshot, st.Events, q, m)
	if again := undoIn(t, m); again == nil || *again != *u {
		t.Errorf("when it is destroyed: got %+v, want %+v", again, u)
	}
	// Nothing more happens to it, and yet the undo goes when its time has passed.
	for st.Snapshot.Time.Before(tooLate) {
		if undoIn(t, m) == nil {
			t.Fatalf("%s before it is too late: got no undo, want one", tooLate.Sub(st.Snapshot.Time))
		}
		st.Admin(st.ID("c1"), "auto")
		m = view.Build(st.Snapshot, st.Events, q, m)
	}
	if u := undoIn(t, m); u != nil {
		t.Errorf("when it is too late: got %+v, want none", u)
	}
}

// deletedAt is when the last director was deleted.
func deletedAt(st *viewtest.Stage) (at time.Time) {
	for _, e := range st.Events {
		if e.Kind == event.DirectorDeleted {
			at = e.Time
		}
	}
	return at
}

func TestNoUndoWhereItWouldBeRefused(t *testing.T) {
	st := viewtest.New("demo")
	replaced := st.Add("pool", "random")
	st.Delete(replaced)
	st.Add("pool", "random")
	st.Unrecorded = true
	unknown := st.Add("made-by-code", "random")
	st.Delete(unknown)
	for name, id := range map[string]uint64{"another has its name": replaced, "nobody can make it again": unknown} {
		if u := undoIn(t, build(st, view.Query{Select: fmt.Sprintf("@%d", id)})); u != nil {
			t.Errorf("%s: got %+v, want no undo", name, u)
		}
	}
}

func TestWaitingListsAllThatLingerWithTheirUndo(t *testing.T) {
	st := viewtest.Demo()
	for _, name := range []string{"a1", "pool_b"} {
		st.Delete(st.ID(name))
	}
	st.Unrecorded = true
	st.Member(st.ID("site"), st.Add("extra", "backend"), 0)
	st.Delete(st.ID("extra"))
	var got []string
	for _, row := range sectionOf[*view.Waiting](t, build(st, view.Query{})).Rows {
		line := text(row.Parts)
		if row.Undo != nil {
			line += ": undo " + row.Undo.Name
		}
		got = append(got, line)
	}
	want := "[a1 is held by pool_a, cache: undo a1 pool_b is held by site: undo pool_b extra is held by site]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

func TestWaitingSaysHowManyItLeavesOut(t *testing.T) {
	st := viewtest.New("demo")
	pool := st.Add("pool", "random")
	for i := range 70 {
		id := st.Add(fmt.Sprintf("b%d", i), "backend")
		st.Member(pool, id, 1)
		st.Delete(id)
	}
	w := sectionOf[*view.Waiting](t, build(st, view.Query{}))
	if len(w.Rows) != 60 || w.More != "and 10 more" {
		t.Errorf("got %d and %q, want 60 and 10 more", len(w.Rows), w.More)
	}
}

func TestUndoLeadsToAViewThatShowsWhatCameBack(t *testing.T) {
	st := viewtest.Demo()
	st.Delete(st.ID("pool_a"))
	for filter, want := range map[string]string{"phase:lingering": "./", "pool_a": "?q=pool_a"} {
		m := build(st, view.Query{Q: filter})
		if got := sectionOf[*view.Waiting](t, m).Rows[0].Undo.Back; got != want {
			t.Errorf("%s: got %s, want %s", filter, got, want)
		}
	}
}
