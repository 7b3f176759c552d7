package view_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func TestStoryOfADeletion(t *testing.T) {
	st := viewtest.Demo()
	pin := st.Pin(st.ID("pool_b"), "talk")
	id := st.ID("pool_b")
	q := view.Query{Select: "boot.pool_b"}
	m := build(st, q)
	st.Delete(id)
	m = view.Build(st.Snapshot, st.Events, q, m)
	wantTale(t, m, "done Deleted, done Let go b1 refs 2 → 1, done Let go b2 refs 2 → 1, "+
		"done Released it let go of b1, b2, done Owner let go refs 3 → 2, "+
		"now Still held by site, pin “talk”, todo Last reference gone, todo Destroyed")
	st.Assign(st.ID("site"), 2, 0)
	st.Unpin(id, pin)
	// The log forgets; the page that was open does not.
	m = view.Build(st.Snapshot, st.Events[len(st.Events)-4:], q, m)
	wantTale(t, m, "done Deleted, done Let go b1 refs 2 → 1, done Let go b2 refs 2 → 1, "+
		"done Released it let go of b1, b2, done Owner let go refs 3 → 2, "+
		"done Reference dropped by site · refs 2 → 1, done Reference dropped by pin “talk” · refs 1 → 0, "+
		"done Last reference gone, done COLD, done Destroyed")
	if h := sectionOf[*view.Head](t, m); h.Phase != "destroyed" || h.Full != "boot.pool_b" {
		t.Errorf("the head says %s %s", h.Full, h.Phase)
	}
	// A page that comes later finds it by name in the log.
	if h := sectionOf[*view.Head](t, build(st, q)); h.Phase != "destroyed" || h.Kind != "random" {
		t.Errorf("a new page says %+v", h)
	}
}

func wantTale(t *testing.T, m *view.Model, want string) {
	t.Helper()
	var steps []string
	for _, s := range sectionOf[*view.Tale](t, m).Steps {
		step := s.State + " " + s.Word
		if s.Word != "Deleted" && s.Word != "COLD" && s.Word != "Destroyed" && len(s.Parts) > 0 {
			step += " " + text(s.Parts)
		}
		steps = append(steps, step)
	}
	if got := strings.Join(steps, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEventsReadLikeSentences(t *testing.T) {
	st := viewtest.Demo()
	pin := st.Pin(st.ID("c1"), "talk")
	st.Unpin(st.ID("c1"), pin)
	st.Assign(st.ID("site"), 3, st.ID("b1"))
	st.Health(st.ID("a1"), false, "probe: 2 of 8 good")
	st.Admin(st.ID("a1"), "healthy")
	st.Admin(st.ID("a1"), "auto")
	st.Delete(st.ID("cache"))
	var got []string
	for _, e := range build(st, view.Query{}).Events {
		got = append([]string{text(e.Parts)}, got...)
	}
	want := []string{
		"VCL boot was loaded · init", "VCL boot went init → warm", "VCL boot is active now", "a1 was added · backend",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	tail := []string{
		"the default of boot took hold of site · refs 1 → 2",
		"pin “talk” took hold of c1 · refs 2 → 3", "pin “talk” let go of c1 · refs 3 → 2",
		"site moved from c1 to b1 · refs c1 2 → 1, b1 2 → 3",
		"a1 became sick · probe: 2 of 8 good", "a1 was set to healthy by hand", "a1 decides its health itself again · healthy",
		"cache was deleted", "cache let go of a1 · refs 3 → 2", "cache let go of a2 · refs 3 → 2", "cache let go of a3 · refs 3 → 2",
		"cache was released: it let go of a1, a2, a3 · refs 0", "cache was told COLD", "cache was destroyed",
	}
	for i, sentence := range tail {
		if have := got[len(got)-len(tail)+i]; have != sentence {
			t.Errorf("got %q, want %q", have, sentence)
		}
	}
}

// Whoever holds a director that lingers can be made to let go where that shows.
func TestHoldersOfALingeringDirectorCanLetGo(t *testing.T) {
	st := viewtest.Demo()
	drops := func() []string {
		m := view.Build(st.Snapshot, st.Events, view.Query{Select: "boot.a1"}, nil)
		var actions []string
		for _, row := range sectionOf[*view.Holders](t, m).Rows {
			if row.Drop != nil {
				actions = append(actions, row.Drop.Command+" "+row.Drop.Method+" "+row.Drop.Action)
			}
		}
		return actions
	}
	if got := drops(); len(got) > 0 {
		t.Errorf("while it is live: got %v, want nothing to drop", got)
	}
	st.Delete(st.ID("a1"))
	api := "../../api/v1/instances/demo/directors/"
	want := []string{
		"let-go DELETE " + api + fmt.Sprintf("@%d/members/1", st.ID("pool_a")),
		"let-go DELETE " + api + fmt.Sprintf("@%d/members/1", st.ID("cache")),
	}
	if got := drops(); !slices.Equal(got, want) {
		t.Errorf("while it lingers: got %v, want %v", got, want)
	}
}

func TestWhyLeadsToWhatDecided(t *testing.T) {
	st := viewtest.Busy()
	for name, health := range map[string]string{"a3": "probe", "b1": "probe"} {
		st.Health(st.ID(name), false, health)
	}
	var lines []string
	for _, r := range sectionOf[*view.Why](t, build(st, view.Query{Select: "boot.site"})).Rows {
		lines = append(lines, r.Level+" "+r.Part.Text+" "+r.Text)
	}
	want := []string{
		"0 site 2 of 3 members healthy", "1 pool_b 0 of 2 members healthy",
		"2 b1 its probe: 8 of 8 good, 3 needed", "2 b2 was set to sick by hand",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}
