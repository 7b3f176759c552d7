package view

import (
	"strconv"

	"github.com/callboard/callboard/director/tree"
)

// maxLevel is the deepest indentation that the stylesheet knows.
const maxLevel = 12

// A Row is a line of the outline: a director under one that holds it, or what is
// folded there.
type Row struct {
	ID string
	// Director is the number of the director, "" for what is folded.
	Director string
	// Level counts from 0 and ends at maxLevel, Depth from 1 and does not end;
	// Pos and Size say which of how many lines of one parent this is, from 1,
	// those that are folded included.
	Level, Depth, Pos, Size string
	Weight                  string
	// Parent is the number of the line of a long outline that this one stands
	// below, from 0; "" at the top, and in other outlines.
	Parent string
	// Again is set where the director has a line of its own further up, with
	// its members below it.
	Again bool
	// Toggle opens or shuts the branch; nil where there are no members.
	Toggle *Toggle
	Face   *Face
	// Fold is set instead of Face for what is left out, Space for what is further
	// up or down in a long outline.
	Fold  *FoldFace
	Space *Space
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
	o.closed = b.closed()
	o.list(0, 0, b.top())
	if prev != nil {
		o.rows = keepRows(prev.Rows, o.rows)
	}
	b.m.Rows = o.rows
}

// An outliner writes the lines of an outline.
type outliner struct {
	b      *builder
	opened []bool
	closed []bool // of shown: whether the branch is shut
	folds  map[uint64]*Fold
	rows   []*Row
}

// top are the lines of the directors that nothing which is shown holds. What
// stands alone comes last: it has nothing to tell of the tree.
func (b *builder) top() []line {
	var top []line
	for _, alone := range []bool{false, true} {
		for i, d := range b.chosen.shown {
			if !b.chosen.held[i] && (d.TotalMembers() == 0) == alone {
				top = append(top, b.line(i, "d"+strconv.FormatUint(d.ID, 10), 0))
			}
		}
	}
	return top
}

func (b *builder) line(at int, id string, weight float64) line {
	d := b.chosen.shown[at]
	row := Row{ID: "row-" + id, Director: strconv.FormatUint(d.ID, 10), Weight: weightText(weight)}
	return line{at: at, d: d, name: b.m.cells[at].short, weight: weight, row: row}
}

// membersOf are the lines below shown[i].
func (b *builder) membersOf(i int) []line {
	var lines []line
	for _, l := range b.chosen.below(i) {
		line := b.line(l.to, strconv.FormatUint(l.ref, 10), l.weight)
		line.ref = l.ref
		lines = append(lines, line)
	}
	return lines
}

// sortedPlaces are the places of lines below a holder among all its members, as
// the query sorts them, from 1.
func (b *builder) sortedPlaces(holder uint64, lines []line) []int {
	d, ok := b.s.Director(holder)
	if !ok {
		return nil
	}
	all := b.allMembers(d)
	b.q.sort(all)
	at := make(map[uint64]int, len(all))
	for i, l := range all {
		at[l.ref] = i + 1
	}
	places := make([]int, len(lines))
	for i, l := range lines {
		places[i] = at[l.ref]
	}
	return places
}

// allMembers are the lines of all members of a director, shown or not, in the
// order of their slots.
func (b *builder) allMembers(d *tree.Director) []line {
	lines := make([]line, 0, d.TotalMembers())
	for m := range d.Members() {
		if member, ok := b.s.Director(m.ID); ok {
			lines = append(lines, line{d: member, name: b.shortName(member), weight: m.Weight, ref: m.Ref})
		}
	}
	return lines
}

// list writes the lines below a holder, and what is folded there.
func (o *outliner) list(holder uint64, level int, lines []line) {
	size, places := len(lines), o.b.chosen.places[holder]
	fold, folded := o.folds[holder]
	if folded {
		size += o.b.hidden(fold)
	}
	if o.b.q.Sort != "" {
		o.b.q.sort(lines)
		places = nil
		if folded {
			places = o.b.sortedPlaces(holder, lines)
		}
	}
	last := 0
	for n, l := range lines {
		last = n + 1
		if places != nil {
			last = places[n]
		}
		o.row(l, level, last, size)
	}
	if folded {
		r := &Row{ID: "row-" + fold.ID, Fold: fold.Face}
		r.stand(level, min(last+1, size), size)
		o.rows = append(o.rows, r)
	}
}

func (o *outliner) row(l line, level, pos, size int) {
	r := &l.row
	again := o.opened[l.at]
	o.opened[l.at] = true
	r.stand(level, pos, size)
	r.Again, r.Face = again && l.d.TotalMembers() > 0, o.b.m.cells[l.at].card.Face
	o.rows = append(o.rows, r)
	if again || l.d.TotalMembers() == 0 {
		return
	}
	if o.closed[l.at] {
		r.Toggle = o.b.opening(l.at)
		return
	}
	r.Toggle = o.b.toggle(l.at)
	o.list(l.d.ID, level+1, o.b.membersOf(l.at))
}

// stand says where the line stands.
func (r *Row) stand(level, pos, size int) {
	r.Level, r.Depth = strconv.Itoa(min(level, maxLevel)), strconv.Itoa(level+1)
	r.Pos, r.Size = strconv.Itoa(pos), strconv.Itoa(size)
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
	return b.opening(i)
}

func (b *builder) opening(i int) *Toggle {
	q := b.q.Opening(b.m.cells[i].token, 0)
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
	sameSpace := (a.Space == nil) == (b.Space == nil) && (a.Space == nil || *a.Space == *b.Space)
	a.Toggle, b.Toggle, a.Space, b.Space = nil, nil, nil, nil
	if sameToggle && sameSpace && a == b {
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
