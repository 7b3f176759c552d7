package view_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func build(st *viewtest.Stage, q view.Query) *view.Model {
	return view.Build(st.Snapshot, st.Events, q, nil)
}

// cardOf returns the face of the director with that name.
func cardOf(t *testing.T, m *view.Model, name string) *view.Face {
	t.Helper()
	for _, c := range m.Cards {
		if c.Face.Name == name {
			return c.Face
		}
	}
	t.Fatalf("there is no card of %s", name)
	return nil
}

// sectionOf returns the section of the inspector that is an F.
func sectionOf[F view.Fragment](t *testing.T, m *view.Model) F {
	t.Helper()
	for _, s := range m.Sections {
		if f, ok := s.(F); ok {
			return f
		}
	}
	var none F
	t.Fatalf("the inspector has no %T", none)
	return none
}

func text(parts []view.Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestCardsSayWhatIsSo(t *testing.T) {
	st := viewtest.Busy()
	m := build(st, view.Query{})
	for _, test := range []struct{ name, state, source, phase, sum string }{
		{"a1", "healthy", "probe 8/8", "lingering", "5 = members 2 + pin 1 + tasks 2"},
		{"a2", "sick", "probe 2/8", "live", "3 = owner 1 + members 2"},
		{"b2", "sick", "by admin", "live", "2 = owner 1 + member 1"},
		{"pool_b", "healthy", "members 1/2", "live", "2 = owner 1 + member 1"},
		{"site", "healthy", "members 3/3", "live", "4 = owner 1 + default 1 + tasks 2"},
		{"cache", "healthy", "members 2/3", "live", "1 = owner 1"},
	} {
		f := cardOf(t, m, test.name)
		if f.Health.State != test.state || f.Health.Source != test.source || f.Phase != test.phase || f.Refs.Sum != test.sum {
			t.Errorf("%s: got %s by %s, %s, %s; want %+v", test.name, f.Health.State, f.Health.Source, f.Phase, f.Refs.Sum, test)
		}
	}
}

// The sum that a page shows is one that anybody may check.
func TestSumsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	st := viewtest.New("demo")
	for range 400 {
		st.Step(rng)
		for d := range st.Snapshot.Directors() {
			c := d.CountHolders()
			if sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks; sum != d.Refcount() {
				t.Fatalf("%s: %d holders, refcount %d", d.Name, sum, d.Refcount())
			}
		}
		for _, card := range build(st, view.Query{}).Cards {
			if n := len(card.Face.Refs.Beads); n > 0 && strconv.Itoa(n) != card.Face.Refs.Count {
				t.Fatalf("%s: %d beads for %s references", card.Face.Name, n, card.Face.Refs.Count)
			}
		}
	}
}

func TestBarsAreThePokesOfTheProbe(t *testing.T) {
	st := viewtest.Demo()
	st.Probe(st.ID("a1"), 0b1110_0111, 6)
	got := cardOf(t, build(st, view.Query{}), "a1").Bars
	if want := (view.Bars{Good: "M112 4h6M122 4h6", Bad: "M118 4h4"}); *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	if got := cardOf(t, build(st, view.Query{}), "site").Bars; got != nil {
		t.Errorf("a director without a probe has %+v", got)
	}
}

func TestManyReferencesAreANumber(t *testing.T) {
	st := viewtest.Demo()
	st.Tasks(st.ID("b1"), 12345)
	f := cardOf(t, build(st, view.Query{}), "b1")
	if len(f.Refs.Beads) != 0 || f.Refs.Count != "12\u2009347" {
		t.Errorf("got %d beads and %q", len(f.Refs.Beads), f.Refs.Count)
	}
}

func TestFilterShowsWhatLeadsToAMatch(t *testing.T) {
	m := build(viewtest.Busy(), view.Query{Q: "SICK backend"})
	var names []string
	for _, c := range m.Cards {
		name := c.Face.Name
		if c.Face.Dim {
			name = "(" + name + ")"
		}
		names = append(names, name)
	}
	if got, want := strings.Join(names, " "), "a2 b2 (pool_a) (pool_b) (cache) (site)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := m.Notes[0].Text, "2 of 10 directors for “SICK backend”"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What does not fit is folded; what needs an eye, and what leads to it, is not.
func TestTooManyAreFolded(t *testing.T) {
	st := viewtest.Wide(700)
	st.Pin(st.ID("web500"), "workshop")
	st.Delete(st.ID("web500"))
	m := build(st, view.Query{Select: "boot.web699"})
	if n := len(m.Cards) + len(m.Folds); n > view.MaxCards || len(m.Folds) == 0 {
		t.Fatalf("got %d cards and %d folds", len(m.Cards), len(m.Folds))
	}
	if got, want := m.Notes[0].Text, fmt.Sprintf("%d of 789 directors", len(m.Cards)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	sick := 0
	for _, c := range m.Cards {
		if c.Face.Health.State == "sick" {
			sick++
		}
	}
	if sick < 10 {
		t.Errorf("%d sick ones are shown, want more", sick)
	}
	cardOf(t, m, "web699") // is selected
	cardOf(t, m, "web500") // lingers
}

// Every member of a branch is shown, or counted by its fold.
func TestFoldsCountWhatIsLeftOut(t *testing.T) {
	st := viewtest.Wide(700)
	for _, q := range []view.Query{{}, {Open: "boot.pool_40"}, {Face: view.FaceGraph, Open: "boot.site:30"}, {Root: "boot.pool_07"}} {
		m := build(st, q)
		shown := map[string]bool{}
		for _, c := range m.Cards {
			shown[c.ID] = true
		}
		folds := map[string]string{}
		for _, f := range m.Folds {
			folds[f.ID] = f.Face.Count
		}
		for d := range st.Snapshot.Directors() {
			if !shown[fmt.Sprintf("card-%d", d.ID)] {
				continue
			}
			hidden := d.TotalMembers()
			for member := range d.Members() {
				if shown[fmt.Sprintf("card-%d", member.ID)] {
					hidden--
				}
			}
			want := ""
			if hidden > 0 {
				want = fmt.Sprintf("%d more", hidden)
			}
			if got := folds[fmt.Sprintf("fold-%d", d.ID)]; got != want {
				t.Errorf("%q: %s folds %q, want %q", q.Key(), d.Name, got, want)
			}
		}
	}
}

func TestAnOpenBranchListsItsMembersPageByPage(t *testing.T) {
	st := viewtest.New("demo")
	pool := st.Add("pool", "round-robin")
	for i := range 1000 {
		st.Member(pool, st.Add(fmt.Sprintf("web%03d", i), "backend"), 0)
	}
	q := view.Query{}.Opening("boot.pool", 0)
	seen := map[string]bool{}
	for pages := 0; ; pages++ {
		m := build(st, q)
		for _, c := range m.Cards {
			seen[c.Face.Name] = true
		}
		next := m.Folds[0].Face.Next
		if next == "" {
			break
		}
		if pages > 30 {
			t.Fatal("the pages do not end")
		}
		values, err := url.ParseQuery(strings.TrimPrefix(next, "?"))
		if err != nil {
			t.Fatal(err)
		}
		q = view.ParseQuery(values)
	}
	if got, want := len(seen), 1001; got != want {
		t.Errorf("all pages show %d directors, want %d", got, want)
	}
}

func TestABranchThatIsShutShowsNothing(t *testing.T) {
	m := build(viewtest.Demo(), view.Query{}.Shutting("boot.pool_b"))
	for _, c := range m.Cards {
		if c.Face.Name == "b1" || c.Face.Name == "b2" {
			t.Errorf("%s is shown", c.Face.Name)
		}
	}
	if len(m.Folds) != 1 || m.Folds[0].Face.Count != "2 more" {
		t.Errorf("got %d folds", len(m.Folds))
	}
	if got, want := m.Notes[0].Text, "8 of 10 directors"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOutlineOpensEachDirectorOnce(t *testing.T) {
	m := build(viewtest.Demo(), view.Query{Face: view.FaceOutline})
	var lines []string
	for _, r := range m.Rows {
		lines = append(lines, r.Level+" "+r.Face.Name)
	}
	want := "0 cache, 1 a1, 1 a2, 1 a3, 0 site, 1 pool_a, 2 a1, 2 a2, 2 a3, 1 pool_b, 2 b1, 2 b2, 1 c1"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEventListIsBounded(t *testing.T) {
	st := viewtest.Wide(200)
	m := build(st, view.Query{})
	if len(m.Events) != view.MaxEvents || m.Events[0].ID != fmt.Sprintf("event-%d", st.Snapshot.Seq) {
		t.Errorf("got %d events, the first %s", len(m.Events), m.Events[0].ID)
	}
}

func TestSameNameTwice(t *testing.T) {
	st := viewtest.Demo()
	old := st.ID("a1")
	st.Delete(old)
	fresh := st.Add("a1", "backend")
	m := build(st, view.Query{})
	hrefs := map[string]string{}
	for _, c := range m.Cards {
		hrefs[c.Face.Name] = c.Face.Href
	}
	if at := fmt.Sprintf("@%d", old); hrefs["a1"] != "?select=boot.a1" || hrefs["a1 "+at] != "?select="+url.QueryEscape(at) {
		t.Errorf("the links are %v", hrefs)
	}
	if got := sectionOf[*view.Head](t, build(st, view.Query{Select: "boot.a1"})).ID; got != fmt.Sprintf("head-%d", fresh) {
		t.Errorf("boot.a1 selects %s, want the living one", got)
	}
}

func TestSharesAreOfHealthyMembers(t *testing.T) {
	st := viewtest.Demo()
	q := view.Query{Select: "boot.pool_b"}
	shares := func() string {
		var list []string
		for _, r := range sectionOf[*view.Members](t, build(st, q)).Rows {
			list = append(list, r.Share.Text)
		}
		return strings.Join(list, ", ")
	}
	if got, want := shares(), "67 %, 33 %"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	st.Health(st.ID("b1"), false, "")
	if got, want := shares(), "no share, 100 %"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBuildDoesNotDependOnOrderOfMaps(t *testing.T) {
	st := viewtest.Wide(100)
	m := build(st, view.Query{})
	for range 5 {
		if changes := view.Diff(m, build(st, view.Query{})); len(changes) != 0 {
			t.Fatalf("the same snapshot gave two models: %v", changes[0])
		}
	}
}

func BenchmarkBuildAndDiff(b *testing.B) {
	for _, n := range []int{10, 265} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			st := viewtest.Wide(n)
			q := view.Query{Face: view.FaceGraph}
			m := build(st, q)
			st.Health(st.ID("web000"), false, "")
			for b.Loop() {
				view.Diff(m, view.Build(st.Snapshot, st.Events, q, m))
			}
		})
	}
}

func ExampleBuild() {
	st := viewtest.Demo()
	m := view.Build(st.Snapshot, st.Events, view.Query{Q: "pool"}, nil)
	fmt.Println(m.Notes[0].Text)
	for _, c := range m.Cards {
		fmt.Println(c.Face.Name, c.Face.Kind, c.Face.Health.State, c.Face.Refs.Sum)
	}
	// Output:
	// 2 of 10 directors for “pool”
	// pool_a round robin healthy 2 = owner 1 + member 1
	// pool_b random healthy 2 = owner 1 + member 1
	// site fallback healthy 2 = owner 1 + default 1
}
