package layout

// rank gives each node its column: the longest path that leads to it, and no
// less than prev had. Nodes are taken when all their parents have been; where a
// loop keeps all from it, the first of the list goes first.
func rank(g Graph, prev *Layout) map[uint64]int {
	r := newRanking(g)
	if prev != nil {
		for _, n := range g.Nodes {
			if at, ok := prev.At[n.ID]; ok && !n.Loose {
				r.ranks[n.ID] = at.X
			}
		}
	}
	for r.fill(); r.next < len(r.queue); r.fill() {
		id := r.queue[r.next]
		r.next++
		r.ranks[id] = min(r.ranks[id], MaxColumns-1)
		for _, child := range r.children[id] {
			n, waiting := r.parents[child]
			if !waiting {
				continue // taken before its parent: the edge closes a loop
			}
			r.ranks[child] = max(r.ranks[child], r.ranks[id]+1)
			r.parents[child] = n - 1
			if n == 1 {
				r.take(child)
			}
		}
	}
	return r.ranks
}

type ranking struct {
	ranks    map[uint64]int
	parents  map[uint64]int // that were not taken yet, of nodes that wait
	children map[uint64][]uint64
	queue    []uint64
	next     int
	nodes    []Node
}

func newRanking(g Graph) *ranking {
	r := &ranking{
		ranks: make(map[uint64]int, len(g.Nodes)), parents: make(map[uint64]int, len(g.Nodes)),
		children: make(map[uint64][]uint64, len(g.Nodes)), nodes: g.Nodes,
	}
	for _, n := range g.Nodes {
		r.parents[n.ID] = 0
	}
	for _, e := range g.Edges {
		_, ok1 := r.parents[e.From]
		_, ok2 := r.parents[e.To]
		if ok1 && ok2 {
			r.parents[e.To]++
			r.children[e.From] = append(r.children[e.From], e.To)
		}
	}
	for _, n := range g.Nodes {
		if r.parents[n.ID] == 0 {
			r.take(n.ID)
		}
	}
	return r
}

func (r *ranking) take(id uint64) {
	r.queue = append(r.queue, id)
	delete(r.parents, id)
}

// fill takes a node out of a loop when there is nothing else to do.
func (r *ranking) fill() {
	if r.next < len(r.queue) || len(r.parents) == 0 {
		return
	}
	for _, n := range r.nodes {
		if _, waiting := r.parents[n.ID]; waiting {
			r.take(n.ID)
			return
		}
	}
}
