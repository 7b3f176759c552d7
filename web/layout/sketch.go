package layout

import (
	"cmp"
	"slices"
)

// A sketch is a layout in the making: the nodes and the trunks of long edges,
// by column.
type sketch struct {
	graph   Graph
	items   []item
	columns [][]int // indices of items, top to bottom
	loose   []int   // indices of items that are placed last
}

// An item takes room in a column: a card, or a trunk passing through.
type item struct {
	node  uint64 // the card's node, or the one that the trunk comes from
	card  bool
	col   int
	up    []int // items in the column to the left that lead here
	down  []int
	y     float64
	fixed float64 // row that the item had before, if had
	had   bool
}

func (it *item) height() int {
	if it.card {
		return CardRows
	}
	return 1
}

func (it *item) centre() float64 { return it.y + float64(it.height())/2 }

// newSketch gives each node its column. What prev had placed is not drawn further
// to the left than it was: a parent that goes leaves its children where they are.
func newSketch(g Graph, prev *Layout) *sketch {
	s := &sketch{graph: g}
	ranks := rank(g, prev)
	at := make(map[uint64]int, len(g.Nodes))
	for _, n := range g.Nodes {
		at[n.ID] = len(s.items)
		s.items = append(s.items, item{node: n.ID, card: true, col: ranks[n.ID]})
		if n.Loose {
			s.loose = append(s.loose, at[n.ID])
		}
	}
	s.connect(at)
	s.fillColumns()
	return s
}

// connect joins the items of each edge, and makes the trunks on the way.
func (s *sketch) connect(at map[uint64]int) {
	trunks := map[trunk]int{}
	seen := map[Edge]bool{}
	for _, e := range s.graph.Edges {
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if !ok1 || !ok2 || seen[e] || s.items[from].col >= s.items[to].col {
			continue
		}
		seen[e] = true
		last := from
		for col := s.items[from].col + 1; col < s.items[to].col; col++ {
			key := trunk{e.From, col}
			i, ok := trunks[key]
			if !ok {
				i = len(s.items)
				trunks[key] = i
				s.items = append(s.items, item{node: e.From, col: col})
				s.join(last, i)
			}
			last = i
		}
		s.join(last, to)
	}
}

func (s *sketch) join(from, to int) {
	s.items[from].down = append(s.items[from].down, to)
	s.items[to].up = append(s.items[to].up, from)
}

func (s *sketch) fillColumns() {
	last := 0
	for i := range s.items {
		last = max(last, s.items[i].col)
	}
	s.columns = make([][]int, last+1)
	loose := map[int]bool{}
	for _, i := range s.loose {
		loose[i] = true
		s.items[i].col = last
	}
	for i := range s.items {
		if !loose[i] {
			s.columns[s.items[i].col] = append(s.columns[s.items[i].col], i)
		}
	}
	for _, column := range s.columns {
		slices.SortStableFunc(column, func(a, b int) int { return cmp.Compare(s.items[a].node, s.items[b].node) })
	}
}

func (s *sketch) rows() int {
	rows := 0
	for i := range s.items {
		rows = max(rows, int(s.items[i].y)+s.items[i].height())
	}
	return rows
}

func (s *sketch) layout() *Layout {
	l := &Layout{
		At: make(map[uint64]Point, len(s.graph.Nodes)), Cols: len(s.columns), Rows: s.rows(),
		graph: s.graph, trunks: map[trunk]int{},
	}
	for _, it := range s.items {
		if it.card {
			l.At[it.node] = Point{it.col, int(it.y)}
		} else {
			l.trunks[trunk{it.node, it.col}] = int(it.y)
		}
	}
	return l
}
