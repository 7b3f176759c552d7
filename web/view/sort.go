package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// A Column is a column of the outline. Its head is a link that sorts by it.
type Column struct {
	Text string
	// Wide is set for a column that narrow windows leave out.
	Wide bool
	// Sort is the value of aria-sort, "" where the lines are not sorted by it.
	Sort string
	// Href sorts by the column: upwards, then downwards, then not at all.
	Href string
}

// A line is a director of which it is known below what it is listed, but not
// yet where.
type line struct {
	at     int // in choice.shown
	d      *tree.Director
	name   string
	weight float64
	row    Row
	ref    uint64 // of the slot, in a listing
}

// columns are those of the outline with their order upwards: what needs an eye
// comes first in the order of health, what was added first in that of lives.
var columns = []struct {
	key, text string
	wide      bool
	compare   func(a, b line) int
}{
	{"name", "Director", false, func(a, b line) int { return compareNames(a.name, b.name) }},
	{"health", "Health", false, func(a, b line) int { return cmp.Compare(wellness(a.d), wellness(b.d)) }},
	{"refs", "References", false, func(a, b line) int { return cmp.Compare(a.d.Refcount(), b.d.Refcount()) }},
	{"weight", "Weight", true, func(a, b line) int { return cmp.Compare(a.weight, b.weight) }},
	{"type", "Type", true, func(a, b line) int { return strings.Compare(a.d.Type, b.d.Type) }},
	{"life", "Life", true, func(a, b line) int {
		return cmp.Or(cmp.Compare(steps(a.d), steps(b.d)), cmp.Compare(a.d.ID, b.d.ID))
	}},
}

// Columns are the heads of the outline's columns.
func (q Query) Columns() []Column {
	list := make([]Column, len(columns))
	for i, c := range columns {
		list[i] = Column{Text: c.text, Wide: c.wide}
		next := c.key
		switch q.Sort {
		case c.key:
			list[i].Sort, next = "ascending", "-"+c.key
		case "-" + c.key:
			list[i].Sort, next = "descending", ""
		}
		list[i].Href = q.Sorting(next).Href()
	}
	return list
}

// Sorting is the query with the outline sorted by a column, downwards if there
// is a "-" before its name, as the tree has it if there is no name.
func (q Query) Sorting(by string) Query {
	q.Sort, q.Panel, q.At = by, "", ""
	return q
}

// sortable returns the name of a column as it may stand in a query, "" if there
// is no such column.
func sortable(by string) string {
	for _, c := range columns {
		if strings.TrimPrefix(by, "-") == c.key {
			return by
		}
	}
	return ""
}

// sort puts lines below one holder into the order that the query asks for. What
// is equal stays as the tree has it.
func (q Query) sort(lines []line) {
	key, down := strings.CutPrefix(q.Sort, "-")
	for _, c := range columns {
		if c.key != key {
			continue
		}
		slices.SortStableFunc(lines, func(a, b line) int {
			if down {
				return c.compare(b, a)
			}
			return c.compare(a, b)
		})
	}
}

// wellness grows from sick, by the share of healthy members, to healthy.
func wellness(d *tree.Director) float64 {
	w := 0.0
	if d.Healthy {
		w = 2
	}
	if n := d.TotalMembers(); n > 0 {
		return w + float64(d.HealthyMembers())/float64(n)
	}
	return w + w/2
}

func steps(d *tree.Director) int {
	n := 0
	for _, s := range []tree.Step{d.Steps.Added, d.Steps.Assigned, d.Steps.Released, d.Steps.Destroyed} {
		if s.Taken() {
			n++
		}
	}
	return n
}

// compareNames puts web9 before web10: numbers in names count as numbers.
func compareNames(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m == 0 || n == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
		if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
			return c
		}
		x, y = x[m:], y[n:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

// digits is how many digits s begins with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
