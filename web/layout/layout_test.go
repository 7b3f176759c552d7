package layout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// random returns a graph of n nodes without loops; IDs of children are larger.
func random(rng *rand.Rand, n int) Graph {
	var g Graph
	held := map[uint64]bool{}
	for id := range uint64(n) {
		for to := id + 1; to < uint64(n); to++ {
			if rng.IntN(n) < 2 {
				g.Edges = append(g.Edges, Edge{id, to})
				held[id], held[to] = true, true
			}
		}
	}
	for id := range uint64(n) {
		g.Nodes = append(g.Nodes, Node{ID: id, Loose: !held[id] && rng.IntN(2) == 0})
	}
	return g
}

// check fails the test if the layout breaks a promise.
func check(t *testing.T, g Graph, l *Layout) {
	t.Helper()
	taken := map[Point]uint64{}
	for _, n := range g.Nodes {
		at, ok := l.At[n.ID]
		if !ok {
			t.Fatalf("node %d has no place", n.ID)
		}
		if at.X < 0 || at.X >= l.Cols || at.Y < 0 || at.Y+CardRows > l.Rows || l.Rows > MaxRows || l.Cols > MaxColumns {
			t.Fatalf("node %d at %v is outside of %d × %d", n.ID, at, l.Cols, l.Rows)
		}
		for row := range CardRows {
			p := Point{at.X, at.Y + row}
			if other, ok := taken[p]; ok {
				t.Fatalf("nodes %d and %d overlap at %v", other, n.ID, p)
			}
			taken[p] = n.ID
		}
	}
	for _, e := range g.Edges {
		if l.At[e.From].X >= l.At[e.To].X {
			t.Fatalf("edge %v runs from column %d to %d", e, l.At[e.From].X, l.At[e.To].X)
		}
		if d := l.Path(e); !strings.HasPrefix(d, "M") {
			t.Fatalf("edge %v has the path %q", e, d)
		}
	}
	for at, row := range l.trunks {
		if id, ok := taken[Point{at.col, row}]; ok {
			t.Fatalf("the line from %d runs through node %d", at.from, id)
		}
	}
}

func TestLayoutKeepsItsPromises(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		g := random(rng, rng.IntN(40))
		l := Place(g, nil)
		check(t, g, l)
		if again := Place(g, nil); !reflect.DeepEqual(l, again) {
			t.Fatalf("seed %d: the same graph was laid out in two ways", seed)
		}
		if kept := Place(g, l); kept != l {
			t.Fatalf("seed %d: a graph that did not change was laid out anew", seed)
		}
	}
}

func TestAHistoryOfChangesKeepsThePromises(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 2))
		g := random(rng, 20)
		l := Place(g, nil)
		for range 20 {
			g = Graph{Nodes: g.Nodes, Edges: append([]Edge(nil), g.Edges...)}
			switch {
			case rng.IntN(2) == 0 && len(g.Edges) > 0:
				i := rng.IntN(len(g.Edges))
				g.Edges = append(g.Edges[:i], g.Edges[i+1:]...)
			default:
				id := uint64(len(g.Nodes))
				g.Edges = append(g.Edges, Edge{uint64(rng.IntN(int(id))), id})
				g.Nodes = append(append([]Node(nil), g.Nodes...), Node{ID: id})
			}
			for i := range g.Nodes {
				g.Nodes[i].Loose = false
			}
			l = Place(g, l)
			check(t, g, l)
		}
	}
}

func TestWhatGoesMovesNobody(t *testing.T) {
	g := pools(4, 5)
	before := Place(g, nil)
	gone := g.Nodes[len(g.Nodes)-3].ID
	var less Graph
	for _, n := range g.Nodes {
		if n.ID != gone {
			less.Nodes = append(less.Nodes, n)
		}
	}
	for _, e := range g.Edges {
		if e.To != gone {
			less.Edges = append(less.Edges, e)
		}
	}
	after := Place(less, before)
	for _, n := range less.Nodes {
		if before.At[n.ID] != after.At[n.ID] {
			t.Errorf("node %d moved from %v to %v", n.ID, before.At[n.ID], after.At[n.ID])
		}
	}
}

// A director that lets go of its members, as one that is deleted does, leaves
// all others where they are.
func TestWhatLetsGoMovesNobody(t *testing.T) {
	// cache and site over pool_a, pool_b: as in the demo.
	g := Graph{Edges: []Edge{{9, 1}, {9, 2}, {9, 3}, {10, 7}, {10, 8}, {10, 6}, {7, 1}, {7, 2}, {7, 3}, {8, 4}, {8, 5}}}
	for id := range uint64(10) {
		g.Nodes = append(g.Nodes, Node{ID: id + 1})
	}
	before := Place(g, nil)
	less := Graph{Nodes: g.Nodes}
	for _, e := range g.Edges {
		if e.From != 7 {
			less.Edges = append(less.Edges, e)
		}
	}
	after := Place(less, before)
	check(t, less, after)
	for _, n := range g.Nodes {
		if before.At[n.ID] != after.At[n.ID] {
			t.Errorf("node %d moved from %v to %v", n.ID, before.At[n.ID], after.At[n.ID])
		}
	}
}

func TestWhatComesMovesOnlyWhatIsBelow(t *testing.T) {
	g := pools(4, 5)
	before := Place(g, nil)
	fresh := uint64(1000)
	more := Graph{
		Nodes: append(append([]Node(nil), g.Nodes...), Node{ID: fresh}),
		Edges: append(append([]Edge(nil), g.Edges...), Edge{From: 2, To: fresh}),
	}
	after := Place(more, before)
	check(t, more, after)
	moved := 0
	for _, n := range g.Nodes {
		if before.At[n.ID] != after.At[n.ID] {
			moved++
		}
	}
	if moved > len(g.Nodes)/2 {
		t.Errorf("%d of %d nodes moved for one that came", moved, len(g.Nodes))
	}
}

func TestParentsStandBesideTheirChildren(t *testing.T) {
	l := Place(pools(1, 3), nil)
	if got, want := l.At[1].Y, l.At[3].Y; got != want {
		t.Errorf("the pool is in row %d, the middle of its children in %d", got, want)
	}
}

func TestALoopIsDrawnAllTheSame(t *testing.T) {
	g := Graph{Nodes: []Node{{ID: 1}, {ID: 2}, {ID: 3}}, Edges: []Edge{{1, 2}, {2, 3}, {3, 1}, {2, 9}}}
	l := Place(g, nil)
	if len(l.At) != 3 {
		t.Fatalf("got %d places, want 3", len(l.At))
	}
	if d := l.Path(Edge{2, 9}); d != "" {
		t.Errorf("an edge to nowhere has the path %q", d)
	}
}

func TestTheLatticeIsLargeEnough(t *testing.T) {
	for _, g := range []Graph{pools(1, MaxNodes-2), pools(MaxNodes/2-1, 1), {Nodes: looseNodes(MaxNodes)}} {
		l := Place(g, nil)
		check(t, g, l)
	}
	chain := Graph{}
	for id := range uint64(MaxNodes) {
		chain.Nodes = append(chain.Nodes, Node{ID: id})
		if id > 0 {
			chain.Edges = append(chain.Edges, Edge{id - 1, id})
		}
	}
	if l := Place(chain, nil); l.Cols > MaxColumns || l.Rows > MaxRows {
		t.Errorf("a chain takes %d × %d", l.Cols, l.Rows)
	}
}

// pools is a root (0) over pools with members each.
func pools(n, members int) Graph {
	g := Graph{Nodes: []Node{{ID: 0}}}
	id := uint64(1)
	for range n {
		pool := id
		g.Nodes = append(g.Nodes, Node{ID: pool})
		g.Edges = append(g.Edges, Edge{0, pool})
		for range members {
			id++
			g.Nodes = append(g.Nodes, Node{ID: id})
			g.Edges = append(g.Edges, Edge{pool, id})
		}
		id++
	}
	return g
}

func looseNodes(n int) []Node {
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{ID: uint64(i), Loose: true}
	}
	return nodes
}

func ExamplePlace() {
	l := Place(Graph{
		Nodes: []Node{{ID: 1}, {ID: 2}, {ID: 3}},
		Edges: []Edge{{1, 2}, {1, 3}},
	}, nil)
	fmt.Println(l.At[1], l.At[2], l.At[3], l.Cols, l.Rows)
	// Output: {0 1} {1 0} {1 2} 2 4
}

func BenchmarkPlace(b *testing.B) {
	for _, bench := range []struct {
		name string
		g    Graph
	}{
		{"10", pools(2, 4)},
		{"300-pools", pools(30, 9)},
		{"300-random", random(rand.New(rand.NewPCG(1, 1)), 300)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				Place(bench.g, nil)
			}
		})
		b.Run(bench.name+"-kept", func(b *testing.B) {
			prev := Place(bench.g, nil)
			changed := bench.g
			changed.Nodes = append(append([]Node(nil), changed.Nodes...), Node{ID: 100000})
			for b.Loop() {
				Place(changed, prev)
			}
		})
	}
}
