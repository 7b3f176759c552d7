package view

import "github.com/callboard/callboard/director/tree"

// What the inspector shows while nothing is selected.

// A Hint is the section that says what the page is.
type Hint struct {
	ID    string
	Any   bool   // there are directors
	Start []Part // where requests begin, nil if nowhere
}

func (h *Hint) Key() string { return h.ID }

func (b *builder) hint() Fragment {
	h := &Hint{ID: "hint", Any: b.s.Len() > 0}
	v, ok := b.s.VCL(b.s.Active)
	if !ok {
		return h
	}
	if d, ok := b.s.Director(v.Default); ok {
		h.Start = []Part{{Text: "Requests begin at "}, b.link(d.ID, d.Name), {Text: ", the default of " + v.Name + "."}}
	}
	return h
}

// Ailing is the section of the directors that are the cause of a sickness.
type Ailing struct {
	ID   string
	Text string // while there are none
	Rows []AilingRow
	More string
	All  string // leads to all that are sick, where they are not all listed
}

// An AilingRow is a sick director and what decided.
type AilingRow struct {
	Part   Part
	Health Health
	Text   string
}

func (a *Ailing) Key() string { return a.ID }

// Bounds of the list, and of the search for those that belong on it.
const (
	maxAiling   = 8
	maxAilingOf = 500
)

func (b *builder) ailing() Fragment {
	a := &Ailing{ID: "ailing"}
	seen, causes := 0, 0
	for d := range b.s.SickDirectors() {
		if seen++; seen > maxAilingOf {
			break
		}
		if !isCause(d) {
			continue
		}
		if causes++; causes <= maxAiling {
			a.Rows = append(a.Rows, AilingRow{Part: b.link(d.ID, b.shortName(d)), Health: healthOf(d), Text: decidedBy(d)})
		}
	}
	switch {
	case seen == 0:
		a.Text = "Nobody: " + allHealthy(b.s.Len())
	case seen > maxAilingOf:
		a.More = "and more"
	case causes > maxAiling:
		a.More = "and " + number(int64(causes-maxAiling)) + " more"
	}
	if a.More != "" {
		q := b.q
		q.Q = "health:sick"
		a.All = q.Href()
	}
	return a
}

func allHealthy(n int) string {
	if n == 1 {
		return "the one director is healthy."
	}
	return "all " + number(int64(n)) + " directors are healthy."
}

// isCause reports whether d is sick by itself, not because its members are.
func isCause(d *tree.Director) bool {
	return d.Leaf || setByHand(d) || d.TotalMembers() == 0
}
