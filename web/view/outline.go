package view

import "strconv"

// maxLevel is the deepest indentation that the stylesheet knows.
const maxLevel = 12

// A Row is a line of the outline: a director under one that holds it, or what is
// folded there.
type Row struct {
	ID string
	// Level counts from 0; Pos and Size say which of how many lines of one
	// parent this is, from 1, those that are folded included.
	Level, Pos, Size string
	Weight           string
	// Again is set where the director has a line of its own further up, with
	// its members below it.
	Again bool
	// Toggle opens or shuts the branch; nil where there are no members.
	Toggle *Toggle
	Face   *Face
	// Fold is set instead of Face for what is left out.
	Fold *FoldFace
}

func (r *Row) Key() string { return r.ID }

// A Toggle opens or shuts a branch.
type Toggle struct {
	Open bool
	Href string
}

// outline lists the chosen directors as an indented tree. One with several
// holders is opened the first time and mentioned after that, so a line is
// named by the slot that it stands for.
func (b *builder) outline(prev *Model) {
	o := &outliner{b: b, opened: make([]bool, len(b.chosen.shown)), folds: map[uint64]*Fold{}}
	for i, f := range b.chosen.folds {
		o.folds[f.holder] = b.m.Folds[i]
	}
	// What stands alone comes last: it has nothing to tell of the tree.
	var top []int
	for _, alone := range []bool{false, true} {
		for i, d := range b.chosen.shown {
			if !b.chosen.held[i] && (d.TotalMembers() == 0) == alone {
				top = append(top, i)
			}
		}
	}
	size := len(top)
	if rest, ok := o.folds[0]; ok {
		size += b.hidden(rest)
	}
	for n, i := range top {
		o.row(i, Row{ID: "row-d" + strconv.FormatUint(b.chosen.shown[i].ID, 10)}, 0, n+1, size)
	}
	o.fold(0, 0)
	if prev != nil {
		o.rows = keepRows(prev.Rows, o.rows)
	}
	b.m.Rows = o.rows
}

// An outliner writes the lines of an outline.
type outliner struct {
	b      *builder
	opened []bool
	folds  map[uint64]*Fold
	rows   []*Row
}

func (o *outliner) row(i int, r Row, level, pos, size int) {
	c := o.b.chosen
	d := c.shown[i]
	again := o.opened[i]
	o.opened[i] = true
	r.Level, r.Pos, r.Size = strconv.Itoa(min(level, maxLevel)), strconv.Itoa(pos), strconv.Itoa(size)
	r.Again, r.Face = again && d.TotalMembers() > 0, o.b.m.cells[i].card.Face
	if d.TotalMembers() > 0 && !again {
		r.Toggle = o.b.toggle(i)
	}
	o.rows = append(o.rows, &r)
	if again {
		return
	}
	for n, l := range c.below(i) {
		member := Row{ID: "row-" + strconv.FormatUint(l.ref, 10), Weight: weightText(l.weight)}
		o.row(l.to, member, level+1, n+1, d.TotalMembers())
	}
	o.fold(d.ID, level+1)
}

func (o *outliner) fold(holder uint64, level int) {
	if f, ok := o.folds[holder]; ok {
		o.rows = append(o.rows, &Row{ID: "row-" + f.ID, Level: strconv.Itoa(min(level, maxLevel)), Fold: f.Face})
	}
}

// hidden is how many directors a fold stands for.
func (b *builder) hidden(card *Fold) int {
	for i, f := range b.chosen.folds {
		if b.m.Folds[i] == card {
			return f.hidden
		}
	}
	return 0
}

// toggle shuts a branch of which something is shown, and opens any other.
func (b *builder) toggle(i int) *Toggle {
	token := b.m.cells[i].token
	if len(b.chosen.below(i)) > 0 {
		return &Toggle{Open: true, Href: b.q.Shutting(token).Href()}
	}
	q := b.q.Opening(token, 0)
	if !b.chosen.ranked {
		q.Open = b.q.Open // there is room for it anyway
	}
	return &Toggle{Href: q.Href()}
}

// keepRows takes over the lines that say the same, found by their keys: one more
// line moves all that come after it.
func keepRows(old, now []*Row) []*Row {
	if len(old) == len(now) {
		for i := range now {
			now[i] = keepRow(old[i], now[i])
		}
		return now
	}
	byID := make(map[string]*Row, len(old))
	for _, r := range old {
		byID[r.ID] = r
	}
	for i, r := range now {
		now[i] = keepRow(byID[r.ID], r)
	}
	return now
}

// keepRow compares by pointers what is kept already.
func keepRow(old, now *Row) *Row {
	if old == nil {
		return now
	}
	a, b := *old, *now
	sameToggle := (a.Toggle == nil) == (b.Toggle == nil) && (a.Toggle == nil || *a.Toggle == *b.Toggle)
	a.Toggle, b.Toggle = nil, nil
	if sameToggle && a == b {
		return old
	}
	return now
}

func weightText(w float64) string {
	if w == 0 {
		return ""
	}
	return weight(w)
}
