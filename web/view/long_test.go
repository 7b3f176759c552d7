package view_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// longStage is site over pools over backends, and some that stand alone.
func longStage(pools, members int) *viewtest.Stage {
	st := viewtest.New("demo")
	site := st.Add("site", "fallback")
	for p := range pools {
		pool := st.Add(fmt.Sprintf("pool%d", p), "round-robin")
		st.Member(site, pool, 0)
		for m := range members {
			id := st.Add(fmt.Sprintf("web%d_%d", p, m), "backend")
			st.Health(id, (p+m)%5 != 0, "probe")
			st.Member(pool, id, 0)
		}
	}
	for i := range 5 {
		st.Add(fmt.Sprintf("loose%d", i), "backend")
	}
	return st
}

// whole collects the lines of all windows onto a long outline, each as "depth
// name pos/size".
func whole(t *testing.T, st *viewtest.Stage, q view.Query) (lines []string) {
	t.Helper()
	for at := 0; ; {
		m := build(st, q.Scrolled(at))
		above, below, n := 0, 0, 0
		for _, r := range m.Rows {
			switch {
			case r.Space != nil && r.ID == "space-above":
				above = r.Space.Rows
			case r.Space != nil:
				below = r.Space.Rows
			default:
				n++
				lines = append(lines, fmt.Sprintf("%s %s %s/%s", r.Depth, r.Face.Name, r.Pos, r.Size))
			}
		}
		if above != at || n == 0 {
			t.Fatalf("at %d: got %d lines above and %d in the window", at, above, n)
		}
		if at += n; below == 0 {
			return lines
		}
		// The last window is as long as the others: it overlaps the one before.
		if next := above + n + below - n; next < at {
			lines = lines[:next]
			at = next
		}
	}
}

func TestWindowsOntoALongOutlineAreAllOfIt(t *testing.T) {
	st := longStage(10, 40)
	q := view.Query{Face: view.FaceOutline}
	closed := []string{"1 site 1/6"}
	for p := range 10 {
		closed = append(closed, fmt.Sprintf("2 pool%d %d/10", p, p+1))
	}
	for i := range 5 {
		closed = append(closed, fmt.Sprintf("1 loose%d %d/6", i, i+2))
	}
	if got := whole(t, st, q); !slices.Equal(got, closed) {
		t.Errorf("nothing is open: got %q,\nwant %q", got, closed)
	}
	open := slices.Clone(closed[:4])
	for m := range 40 {
		open = append(open, fmt.Sprintf("3 web2_%d %d/40", m, m+1))
	}
	open = append(append(open, closed[4:9]...), "") // as far as pool7
	open = open[:len(open)-1]
	for m := range 40 {
		open = append(open, fmt.Sprintf("3 web7_%d %d/40", m, m+1))
	}
	open = append(open, closed[9:]...)
	opened := q.Opening("boot.pool2", 0).Opening("boot.pool7", 0)
	if got := whole(t, st, opened); !slices.Equal(got, open) {
		t.Errorf("two are open: got %q,\nwant %q", got, open)
	}
	if got := whole(t, st, q.Shutting("boot.site")); len(got) != 6 {
		t.Errorf("all is shut: got %q, want the 6 at the top", got)
	}
}

func TestALongOutlineIsSortedAsAWhole(t *testing.T) {
	st := longStage(10, 40)
	q := view.Query{Face: view.FaceOutline}.Opening("boot.pool0", 0).Sorting("-name")
	got := whole(t, st, q)
	if want := []string{"1 site 1/6", "2 pool9 1/10", "2 pool8 2/10"}; !slices.Equal(got[:3], want) {
		t.Errorf("got %q, want %q first", got[:3], want)
	}
	i := slices.Index(got, "2 pool0 10/10")
	if i < 0 || got[i+1] != "3 web0_39 1/40" || got[i+40] != "3 web0_0 40/40" {
		t.Errorf("the members of pool0: got %q", got[max(i, 0):])
	}
}

func TestALongOutlineBeginsWhereTheSelectedDirectorIs(t *testing.T) {
	st := longStage(10, 200)
	q := view.Query{Face: view.FaceOutline, Select: "boot.web3_150"}
	named := func(q view.Query) bool {
		return slices.ContainsFunc(build(st, q).Rows, func(r *view.Row) bool { return r.Face != nil && r.Face.Name == "web3_150" })
	}
	if !named(q) {
		t.Error("the selected director has no line")
	}
	if named(q.Scrolled(0)) {
		t.Error("who has scrolled elsewhere is brought back")
	}
}

// Whatever happens, a page that goes on from the model before shows what a new
// one does.
func TestALongOutlineStaysTrue(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 9))
		st := longStage(6, 60)
		q := view.Query{Face: view.FaceOutline}.Opening("boot.pool1", 0).Scrolled(rng.IntN(60))
		if seed%2 == 1 {
			q = q.Sorting("health").Scrolled(10)
		}
		m := view.Build(st.Snapshot, st.Events, q, nil)
		for range 60 {
			st.Step(rng)
			m = view.Build(st.Snapshot, st.Events, q, m)
			fresh := view.Build(st.Snapshot, st.Events, q, nil)
			if got, want := shown(m), shown(fresh); !slices.Equal(got, want) {
				t.Fatalf("seed %d: got %q,\nwant %q", seed, got, want)
			}
		}
	}
}

func shown(m *view.Model) (lines []string) {
	for _, r := range m.Rows {
		line := r.ID + " " + r.Depth + " " + r.Pos + "/" + r.Size
		if r.Space != nil {
			line += strconv.Itoa(r.Space.Rows) + r.Space.Href
		} else {
			line += r.Face.Name + r.Face.Health.State + r.Face.Refs.Sum
		}
		if r.Toggle != nil {
			line += fmt.Sprint(*r.Toggle)
		}
		lines = append(lines, line)
	}
	return lines
}

// A flip of health costs the window, not the whole.
func BenchmarkLongOutline(b *testing.B) {
	st := longStage(100, 1000)
	q := view.Query{Face: view.FaceOutline}
	for p := range 16 {
		q = q.Opening(fmt.Sprintf("boot.pool%d", p), 0)
	}
	m := view.Build(st.Snapshot, st.Events, q.Scrolled(5000), nil)
	id := st.ID("web3_7")
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			view.Build(st.Snapshot, st.Events, q.Scrolled(5000), nil)
		}
	})
	b.Run("flip", func(b *testing.B) {
		healthy := false
		for b.Loop() {
			st.Health(id, healthy, "probe")
			healthy = !healthy
			m = view.Build(st.Snapshot, st.Events[len(st.Events)-1:], q.Scrolled(5000), m)
		}
	})
}
