// Package layout draws a graph of directors: which column and row each card
// stands in, and which way the lines between them run.
//
// The drawing is layered from left to right. The column of a node is the
// longest path that leads to it, so a parent is always left of its children;
// the order within a column is found by barycentre sweeps (Sugiyama, Tagawa and
// Toda, "Methods for Visual Understanding of Hierarchical System Structures",
// 1981), the rows by isotonic regression, which puts parents beside the middle
// of their children and never lets two cards overlap.
//
//	l := layout.Place(layout.Graph{
//		Nodes: []layout.Node{{ID: 1}, {ID: 2}, {ID: 3}},
//		Edges: []layout.Edge{{From: 1, To: 2}, {From: 1, To: 3}},
//	}, nil)
//	fmt.Println(l.At[1], l.Path(layout.Edge{From: 1, To: 2}))
//
// Positions are whole numbers of a lattice; the constants below say how large
// its cells are in pixels.
//
// # Concurrency
//
// Everything here is a pure function. A [Layout] is immutable once made and may
// be read from any goroutine.
package layout

// The size of the lattice in pixels. static/css/tokens.css has the same
// numbers, and a test of package web compares them.
const (
	ColumnPitch = 320
	RowPitch    = 44
	CardWidth   = 232
	CardHeight  = 72

	// CardRows is how many rows a card takes, the gap below it included.
	CardRows = 2

	// MaxColumns and MaxRows bound what Place returns, whatever the graph,
	// given no more than MaxNodes nodes.
	MaxColumns = 64
	MaxRows    = 640
	MaxNodes   = 300
)

// A Node is a card to be placed.
type Node struct {
	ID uint64
	// Loose nodes have no edges and no place in the order of things: they stand
	// in the last column, below all that have.
	Loose bool
}

// An Edge leads from a parent to a child, both by ID.
type Edge struct{ From, To uint64 }

// A Graph is what is to be drawn. Edges to unknown nodes and edges that would
// close a loop are not used for placing.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// A Point is a place on the lattice: the column, and the row of the upper edge.
type Point struct{ X, Y int }

// A Layout says where everything stands.
type Layout struct {
	At         map[uint64]Point
	Cols, Rows int

	graph  Graph
	trunks map[trunk]int // row of the line from a node through a column
}

// A trunk is the line that all edges share which leave one node and pass
// through one column.
type trunk struct {
	from uint64
	col  int
}

// Place lays the graph out. What prev had placed stays where it was, as far as
// the graph allows and the drawing does not become much worse than a new one
// would be; prev may be nil.
func Place(g Graph, prev *Layout) *Layout {
	if prev != nil && prev.graph.same(g) {
		return prev
	}
	fresh := newSketch(g, nil)
	fresh.orderAnew()
	fresh.coordinates()
	if prev == nil {
		return fresh.layout()
	}
	kept := newSketch(g, prev)
	kept.orderAs(prev)
	kept.coordinatesAs(prev)
	if kept.rows() > fresh.rows()*3/2+2*CardRows || kept.crossings() > 2*fresh.crossings()+4 || len(kept.columns) > len(fresh.columns)+1 {
		return fresh.layout()
	}
	return kept.layout()
}

func (g Graph) same(h Graph) bool {
	if len(g.Nodes) != len(h.Nodes) || len(g.Edges) != len(h.Edges) {
		return false
	}
	for i, n := range g.Nodes {
		if n != h.Nodes[i] {
			return false
		}
	}
	for i, e := range g.Edges {
		if e != h.Edges[i] {
			return false
		}
	}
	return true
}
