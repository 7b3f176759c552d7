package view

import (
	"strconv"

	"github.com/callboard/callboard/director/tree"
)

// maxLevel is the deepest indentation that the stylesheet knows.
const maxLevel = 12

// A Row is a line of the outline: a director under one that holds it.
type Row struct {
	ID     string
	Level  string
	Weight string
	// Again is set where the director has a line of its own further up, with
	// its members below it.
	Again bool
	Face  Face
}

func (r Row) Key() string { return r.ID }

// outline lists the chosen directors as an indented tree. One with several
// holders is opened the first time and mentioned after that, so a line is
// named by the slot that it stands for.
func (b *builder) outline() {
	opened := map[uint64]bool{}
	// What stands alone comes last: it has nothing to tell of the tree.
	for _, alone := range []bool{false, true} {
		for _, d := range b.chosen.shown {
			if !b.held(d) && (d.TotalMembers() == 0) == alone {
				b.row(d, "row-d"+strconv.FormatUint(d.ID, 10), 0, "", opened)
			}
		}
	}
}

func (b *builder) row(d *tree.Director, id string, level int, weight string, opened map[uint64]bool) {
	again := opened[d.ID]
	opened[d.ID] = true
	b.m.Rows = append(b.m.Rows, Row{
		ID: id, Level: strconv.Itoa(min(level, maxLevel)), Weight: weight, Again: again && !d.Leaf, Face: b.rowFace(d),
	})
	if again {
		return
	}
	for m := range d.Members() {
		if child, ok := b.s.Director(m.ID); ok && b.chosen.has[m.ID] {
			b.row(child, "row-"+strconv.FormatUint(m.Ref, 10), level+1, weightText(m.Weight), opened)
		}
	}
}

func (b *builder) rowFace(d *tree.Director) Face {
	f := b.face(d)
	f.ID = "" // the face of a line has no element of its own
	return f
}

func weightText(w float64) string {
	if w == 0 {
		return ""
	}
	return weight(w)
}
