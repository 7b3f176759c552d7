package view

import (
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// window is how many lines of a long outline a page has: some screens full.
const window = 80

// lead is how many of them stand before the selected director's, where nothing
// else says which they are.
const lead = 20

// A listing is a long outline, whole: every line that there is to scroll to. It
// is immutable, and serves all windows onto it until the shape of the tree is
// another.
type listing struct {
	key      string // of the query, as far as the lines depend on it
	snapshot *tree.Snapshot
	lines    []listedLine
}

// A listedLine is one line of a listing.
type listedLine struct {
	id, ref          uint64 // of the director, and of the slot that it is listed for, 0 at the top
	weight           float64
	level, pos, size int32
	parent           int32 // the line that it is listed below, -1 at the top
	open, again      bool
}

// A Space stands for the lines before a window, or after it.
type Space struct {
	Rows int
	Text string
	Href string // to the window that adjoins
}

// long reports whether the outline is a window onto a listing: where it stands
// alone, and not everything fits.
func (b *builder) long() bool {
	return b.q.Face == FaceOutline && b.chosen.ranked && b.chosen.matched == nil
}

// longOutline makes the lines of the window.
func (b *builder) longOutline(prev *Model, places Places) {
	l := b.listing(prev, places)
	b.m.listing = l
	from := b.from(l)
	to := min(len(l.lines), from+window)
	b.m.lines = make(map[uint64]*cell, window)
	var rows []*Row
	if from > 0 {
		rows = append(rows, b.space("space-above", from, max(0, from-window), " before these"))
	}
	for _, line := range l.lines[from:to] {
		if d, ok := b.s.Director(line.id); ok {
			rows = append(rows, b.listedRow(line, d, prev))
		}
	}
	if rest := len(l.lines) - to; rest > 0 {
		rows = append(rows, b.space("space-below", rest, to, " after these"))
	}
	if prev != nil {
		rows = keepRows(prev.Rows, rows)
	}
	b.m.Rows = rows
}

func (b *builder) space(id string, rows, at int, where string) *Row {
	return &Row{ID: id, Space: &Space{Rows: rows, Text: count(rows, "line") + where, Href: b.q.Scrolled(at).Href()}}
}

// from is the first line of the window: what the query says, or such that the
// selected director is in it.
func (b *builder) from(l *listing) int {
	at, err := strconv.Atoi(b.q.At)
	if err != nil {
		at = 0
		if i := slices.IndexFunc(l.lines, func(line listedLine) bool { return line.id == b.selected }); i >= window-lead {
			at = i - lead
		}
	}
	return max(0, min(at, len(l.lines)-window))
}

func (b *builder) listedRow(line listedLine, d *tree.Director, prev *Model) *Row {
	c := b.lineCell(d, prev)
	id := "row-d" + strconv.FormatUint(d.ID, 10)
	if line.ref != 0 {
		id = "row-" + strconv.FormatUint(line.ref, 10)
	}
	r := &Row{
		ID: id, Director: strconv.FormatUint(d.ID, 10), Weight: weightText(line.weight), Face: c.card.Face,
		Again: line.again && d.TotalMembers() > 0,
	}
	r.stand(int(line.level), int(line.pos), int(line.size))
	if line.parent >= 0 {
		r.Parent = strconv.Itoa(int(line.parent))
	}
	switch {
	case line.again || d.TotalMembers() == 0:
	case line.open:
		r.Toggle = &Toggle{Open: true, Href: b.q.Shutting(c.token).Href()}
	default:
		r.Toggle = &Toggle{Href: b.q.Opening(c.token, 0).Href()}
	}
	return r
}

// lineCell is what a line says, the one of the model before where that is the
// same. One director may have several lines.
func (b *builder) lineCell(d *tree.Director, prev *Model) *cell {
	if c, ok := b.m.lines[d.ID]; ok {
		return c
	}
	now := marks{current: d.ID == b.selected, isDefault: b.defaults[d.ID]}
	var old *cell
	if prev != nil {
		old = prev.lines[d.ID]
	}
	if old != nil && old.d == d && old.marks == now && !b.renamed {
		b.m.lines[d.ID] = old
		return old
	}
	c := &cell{d: d, marks: now, token: b.token(d), short: b.shortName(d)}
	face := b.face(c)
	if old != nil {
		face = keep(old.card.Face, face)
	}
	c.card = &Card{Face: face}
	b.m.lines[d.ID] = c
	return c
}

// listing takes over a listing that is still true, or makes one.
func (b *builder) listing(prev *Model, places Places) *listing {
	lister := b.lister()
	key := b.q.listing() + lister.opened
	known := []*listing{places.listing}
	if prev != nil {
		known = append(known, prev.listing)
	}
	for _, l := range known {
		if l != nil && l.key == key && l.snapshot.Epoch == b.s.Epoch && b.stands(l) {
			return l
		}
	}
	return lister.list(key)
}

// stands reports whether the lines are still those of the tree.
func (b *builder) stands(l *listing) bool {
	for id := range b.s.Changes(l.snapshot) {
		old, ok1 := l.snapshot.Director(id)
		now, ok2 := b.s.Director(id)
		if b.q.Sort != "" || !ok1 || !ok2 || !now.SameShape(old) {
			return false
		}
	}
	return true
}

// A lister makes a listing.
type lister struct {
	b          *builder
	open, shut map[uint64]bool
	seen       map[uint64]bool
	opened     string // the branches that are open because of what is selected
	l          *listing
}

func (b *builder) lister() *lister {
	r := &lister{b: b, open: map[uint64]bool{}, shut: b.chosen.shut, seen: map[uint64]bool{}}
	for _, branch := range branches(b.q.Open) {
		if d, ok := b.s.Find(branch.token); ok {
			r.open[d.ID] = true
		}
	}
	r.openTo(b.selected)
	return r
}

// openTo opens one way that leads to a director.
func (r *lister) openTo(id uint64) {
	for range farthest {
		d, ok := r.b.s.Director(id)
		if !ok {
			return
		}
		holder := uint64(0)
		for h := range d.Slots() {
			if h.Kind == event.HolderMember {
				holder = h.ID
				break
			}
		}
		if holder == 0 || r.shut[holder] {
			return
		}
		if !r.open[holder] {
			r.open[holder] = true
			r.opened += " " + atID(holder)
		}
		id = holder
	}
}

func (r *lister) list(key string) *listing {
	r.l = &listing{key: key, snapshot: r.b.s}
	if root, ok := r.b.s.Director(r.b.chosen.root); ok && r.b.chosen.root != 0 {
		r.below([]line{{d: root, name: root.Name}}, 0, -1)
		return r.l
	}
	var groups, alone []line
	for d := range r.b.s.Roots() {
		l := line{d: d, name: r.b.shortName(d)}
		if d.TotalMembers() > 0 {
			groups = append(groups, l)
		} else {
			alone = append(alone, l)
		}
	}
	r.below(append(groups, alone...), 0, -1)
	return r.l
}

// below writes lines that stand below one holder, and what is open below them.
func (r *lister) below(lines []line, level, parent int32) {
	r.b.q.sort(lines)
	for i, l := range lines {
		again := r.seen[l.d.ID]
		r.seen[l.d.ID] = true
		open := !again && l.d.TotalMembers() > 0 && !r.shut[l.d.ID] && (level == 0 || r.open[l.d.ID])
		r.l.lines = append(r.l.lines, listedLine{
			id: l.d.ID, ref: l.ref, weight: l.weight, level: level, pos: int32(i + 1), size: int32(len(lines)), parent: parent,
			open: open, again: again,
		})
		if !open {
			continue
		}
		r.below(r.b.allMembers(l.d), level+1, int32(len(r.l.lines)-1))
	}
}
