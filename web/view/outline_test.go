package view_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// lines prints an outline, a line by its depth and name.
func lines(m *view.Model) string {
	var list []string
	for _, r := range m.Rows {
		name := "…"
		if r.Face != nil {
			name = r.Face.Name
		}
		list = append(list, r.Depth+" "+name)
	}
	return strings.Join(list, ", ")
}

func TestOutlineIsSortedWithinEachBranch(t *testing.T) {
	st := viewtest.Busy()
	for _, test := range []struct{ sort, want string }{
		{"", "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 pool_a, 3 a1, 3 a2, 3 a3, 2 pool_b, 3 b1, 3 b2, 2 c1"},
		{"name", "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 c1, 2 pool_a, 3 a1, 3 a2, 3 a3, 2 pool_b, 3 b1, 3 b2"},
		{"-name", "1 site, 2 pool_b, 3 b2, 3 b1, 2 pool_a, 3 a3, 3 a2, 3 a1, 2 c1, 1 cache, 2 a3, 2 a2, 2 a1"},
		{"health", "1 cache, 2 a2, 2 a1, 2 a3, 1 site, 2 pool_b, 3 b2, 3 b1, 2 pool_a, 3 a2, 3 a1, 3 a3, 2 c1"},
		{"-refs", "1 site, 2 c1, 2 pool_a, 3 a1, 3 a2, 3 a3, 2 pool_b, 3 b1, 3 b2, 1 cache, 2 a1, 2 a2, 2 a3"},
		{"weight", "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 pool_a, 3 a1, 3 a2, 3 a3, 2 pool_b, 3 b2, 3 b1, 2 c1"},
		{"type", "1 site, 2 c1, 2 pool_b, 3 b1, 3 b2, 2 pool_a, 3 a1, 3 a2, 3 a3, 1 cache, 2 a1, 2 a2, 2 a3"},
		{"-life", "1 site, 2 pool_b, 3 b2, 3 b1, 2 pool_a, 3 a1, 3 a3, 3 a2, 2 c1, 1 cache, 2 a1, 2 a3, 2 a2"},
	} {
		if got := lines(build(st, view.Query{Face: view.FaceOutline, Sort: test.sort})); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.sort, got, test.want)
		}
	}
}

func TestNumbersInNamesCount(t *testing.T) {
	st := viewtest.New("demo")
	for _, name := range []string{"web10", "web9", "web09", "Web1", "web", "api2", "web9b"} {
		st.Add(name, "backend")
	}
	got := lines(build(st, view.Query{Face: view.FaceOutline, Sort: "name"}))
	if want := "1 api2, 1 web, 1 Web1, 1 web09, 1 web9, 1 web9b, 1 web10"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Each click on a head leads on: upwards, downwards, and back to the tree's
// own order.
func TestHeadsOfColumnsSort(t *testing.T) {
	q := view.Query{Q: "a", Panel: view.PanelAdd}
	for _, want := range []string{"ascending ?q=a&sort=-refs", "descending ?q=a", " ?q=a&sort=refs"} {
		next, err := url.ParseQuery(strings.TrimPrefix(q.Columns()[2].Href, "?"))
		if err != nil {
			t.Fatal(err)
		}
		q = view.ParseQuery(next)
		if c := q.Columns()[2]; c.Sort+" "+c.Href != want {
			t.Errorf("got %s %s, want %s", c.Sort, c.Href, want)
		}
	}
}

// Lines that are folded count, and so do those before the page of a branch.
func TestLinesSayWhichOfHowManyTheyAre(t *testing.T) {
	st := viewtest.New("demo")
	pool := st.Add("pool", "round-robin")
	for i := range 1000 {
		st.Member(pool, st.Add(fmt.Sprintf("web%03d", i), "backend"), 0)
	}
	find := func(q view.Query, name string) string {
		for _, r := range build(st, q).Rows {
			if r.Face != nil && r.Face.Name == name || r.Fold != nil && name == "" {
				return fmt.Sprintf("%s at %s: %s of %s", name, r.Depth, r.Pos, r.Size)
			}
		}
		return name + " is not there"
	}
	q := view.Query{}.Opening("boot.pool", 500)
	for _, test := range []struct {
		q    view.Query
		want string
	}{
		{q, "pool at 1: 1 of 1"}, {q, "web500 at 2: 501 of 1000"}, {q, "web546 at 2: 547 of 1000"}, {q, " at 2: 548 of 1000"},
		{q.Sorting("-name"), "web546 at 2: 454 of 1000"}, {q.Sorting("name"), "web500 at 2: 501 of 1000"},
	} {
		name, _, _ := strings.Cut(test.want, " ")
		if got := find(test.q, name); got != test.want {
			t.Errorf("%s: got %s, want %s", test.q.Key(), got, test.want)
		}
	}
}

// A branch can be shut although its members are shown elsewhere; it opens for
// the selected director where that is shown nowhere else.
func TestABranchThatIsShutHasNoLines(t *testing.T) {
	shut := view.Query{Face: view.FaceOutline}.Shutting("boot.pool_a").Shutting("boot.pool_b")
	for selected, want := range map[string]string{
		"":        "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 pool_a, 2 pool_b, 2 c1",
		"boot.a1": "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 pool_a, 2 pool_b, 2 c1",
		"boot.b1": "1 cache, 2 a1, 2 a2, 2 a3, 1 site, 2 pool_a, 2 pool_b, 3 b1, 3 …, 2 c1",
	} {
		m := build(viewtest.Demo(), shut.Selecting(selected))
		if got := lines(m); got != want {
			t.Errorf("%q: got %s, want %s", selected, got, want)
		}
		for _, r := range m.Rows {
			if r.Face != nil && r.Face.Name == "pool_a" && (r.Toggle == nil || r.Toggle.Open || strings.Contains(r.Toggle.Href, "pool_a")) {
				t.Errorf("%q: pool_a has %+v, want a link that opens it", selected, r.Toggle)
			}
		}
	}
}

// Indentation ends somewhere, the tree need not.
func TestDepthIsNotBounded(t *testing.T) {
	st := viewtest.New("demo")
	below := st.Add("d0", "backend")
	for i := range 15 {
		above := st.Add(fmt.Sprintf("d%d", i+1), "round-robin")
		st.Member(above, below, 0)
		below = above
	}
	rows := build(st, view.Query{Face: view.FaceOutline}).Rows
	if last := rows[len(rows)-1]; last.Depth != "16" || last.Level != "12" {
		t.Errorf("got depth %s, level %s; want 16, 12", last.Depth, last.Level)
	}
}

// Whatever happens, lines stand where they would stand if the outline was made
// anew, in order among those of one parent.
func TestLinesStayInOrder(t *testing.T) {
	for _, q := range []view.Query{{}, {Sort: "-refs"}, {Sort: "health"}} {
		rng := rand.New(rand.NewPCG(3, 4))
		st := viewtest.Wide(400)
		model := build(st, q)
		for range 40 {
			st.Step(rng)
			model = view.Build(st.Snapshot, st.Events, q, model)
			if got, want := lines(model), lines(build(st, q)); got != want {
				t.Fatalf("%q:\n got %s\nwant %s", q.Sort, got, want)
			}
			last := map[string]int{}
			for _, r := range model.Rows {
				var depth, pos, size int
				if _, err := fmt.Sscan(r.Depth+" "+r.Pos+" "+r.Size, &depth, &pos, &size); err != nil {
					t.Fatal(err)
				}
				delete(last, fmt.Sprint(depth+1))
				if pos > size || r.Fold == nil && pos <= last[r.Depth] {
					t.Fatalf("%q: line %s is %d of %d after %d", q.Sort, r.ID, pos, size, last[r.Depth])
				}
				last[r.Depth] = pos
			}
		}
	}
}
