package server

import (
	"fmt"
	"maps"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/web/view"
)

// A tree is drawn in one way, whatever is selected, in either face, and however
// long ago somebody has looked at that view.
func TestATreeIsDrawnInOneWay(t *testing.T) {
	g := newRig(t, nil)
	g.stopTime()
	chaos := newChaos(g)
	defer chaos.rest()
	views := []string{"", "select=boot.a1", "face=graph&select=boot.pool", "select=boot.site&panel=delete", "face=graph"}
	for round := range 40 {
		chaos.steps(1 + chaos.IntN(3))
		g.board.feed.show(viewOf(views[chaos.IntN(len(views))])) // the others fall behind
		if round%4 != 3 {
			continue
		}
		want := g.drawn(views[0])
		for _, q := range views[1:] {
			if got := g.drawn(q); !maps.Equal(got, want) {
				t.Fatalf("round %d: the view %q is drawn as %v, and that of all as %v", round, q, got, want)
			}
		}
	}
}

// drawn says where the cards of a view stand.
func (g *rig) drawn(query string) map[string]string {
	m, _ := g.board.feed.show(viewOf(query))
	at := make(map[string]string, len(m.Cards))
	for _, c := range m.Cards {
		at[c.ID] = c.X + " | " + c.Y
	}
	return at
}

func TestDrawingsAreBounded(t *testing.T) {
	var d drawings
	for i := range 3 * maxDrawings {
		d.keep(fmt.Sprint(i), view.Places{}, 1)
	}
	if n := len(d.newest); n > maxDrawings {
		t.Errorf("got %d drawings, want no more than %d", n, maxDrawings)
	}
	d.keep("one", view.Places{}, 5)
	d.keep("one", view.Places{}, 4)
	for after, want := range map[uint64]bool{4: true, 5: false} {
		if _, got := d.of("one", after); got != want {
			t.Errorf("a drawing newer than %d: got %v, want %v", after, got, want)
		}
	}
}

// Whoever comes from another view, or looks at another face, moves nothing for
// those who are there.
func TestOthersMoveNobody(t *testing.T) {
	for _, size := range []int{0, 400} {
		g := newRig(t, nil)
		g.stopTime()
		v := g.rt.Active()
		if size > 0 {
			var members []*director.Director
			for i := range size {
				members = append(members, g.add(v, fmt.Sprintf("web%d", i), directortest.NewBackend("web")))
			}
			g.add(v, "many", lb.NewRoundRobin(), members...)
		}
		a1, err := g.rt.Find("a1")
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			want := g.drawn("")
			b := g.browse("q=a1")
			if _, err := a1.Pin("x"); err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{"face=outline", "select=boot.c1", "face=graph&select=boot.pool"} {
				g.drawn(q)
			}
			b.travel("")
			if got := g.drawn(""); !maps.Equal(got, want) {
				t.Fatalf("with %d more: it is drawn as %v,\nand was as %v", size, got, want)
			}
		}
	}
}

// A view of some directors keeps its own drawing, whoever looks at all of them
// meanwhile.
func TestAFilteredViewKeepsItsDrawing(t *testing.T) {
	g := newRig(t, nil)
	g.stopTime()
	some := []string{"q=c1", "q=a1", "q=pool", "q=b"}
	want := make(map[string]map[string]string)
	for _, q := range some {
		want[q] = g.drawn(q)
	}
	a1, err := g.rt.Find("a1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := a1.Pin("x"); err != nil {
			t.Fatal(err)
		}
		g.drawn("")
		for _, q := range some {
			if got := g.drawn(q); !maps.Equal(got, want[q]) {
				t.Fatalf("%s is drawn as %v,\nand was as %v", q, got, want[q])
			}
		}
	}
}
