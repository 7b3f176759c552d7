package view

import (
	"fmt"

	"github.com/callboard/callboard/director/tree"
)

// A VCL is a loaded configuration in the header.
type VCL struct {
	ID, Name, Temperature string
	Active                bool
}

func (v *VCL) Key() string { return v.ID }

// A Stat is a number in the header, with a link to what it counts.
type Stat struct {
	ID, Count, Noun, Tone string
	Href                  string
}

func (s *Stat) Key() string { return s.ID }

// A Note is a sentence over the board. Kind is trouble, problem, empty, shown
// or unmatched.
type Note struct {
	ID, Kind, Text string
	Href, Action   string
}

func (n *Note) Key() string { return n.ID }

// A Name is a director as the fields of forms offer it.
type Name struct{ ID, Value, Text string }

func (n *Name) Key() string { return n.ID }

func (b *builder) summary(prev *Model) {
	for _, v := range b.s.VCLs() {
		b.m.VCLs = append(b.m.VCLs, &VCL{
			ID: "vcl-" + v.Name, Name: v.Name, Temperature: v.Temperature, Active: v.Name == b.s.Active,
		})
	}
	all := int64(b.s.Len())
	b.m.Stats = []*Stat{
		b.stat("directors", all, plural(all, "director", "directors"), "", ""),
		b.stat("sick", int64(b.s.Sick()), "sick", "sick", "health:sick"),
		b.stat("lingering", int64(b.s.Lingering()), "lingering", "lingering", "phase:lingering"),
		{ID: "stat-flying", Count: number(b.s.InFlight()), Noun: "in flight"},
	}
	b.notes()
	if prev != nil {
		b.m.VCLs = keepAll(prev.VCLs, b.m.VCLs)
		b.m.Stats = keepAll(prev.Stats, b.m.Stats)
		b.m.Notes = keepAll(prev.Notes, b.m.Notes)
	}
}

// stat is a number that leads to what it counts; 0 of something bad has no
// colour.
func (b *builder) stat(id string, n int64, noun, tone, filter string) *Stat {
	q := b.q.Selecting("").Whole()
	q.Q = filter
	s := &Stat{ID: "stat-" + id, Count: number(n), Noun: noun, Href: q.Href()}
	if n > 0 {
		s.Tone = tone
	}
	return s
}

// notes says what the page shows, of how much, and why not all.
func (b *builder) notes() {
	c, q := b.chosen, b.q
	whole := q.Whole().Href()
	if b.trouble != "" {
		b.m.Notes = append(b.m.Notes, &Note{ID: "note-trouble", Kind: "trouble", Text: b.trouble})
	}
	if c.problem != nil {
		b.m.Notes = append(b.m.Notes, &Note{
			ID: "note-problem", Kind: "problem", Text: c.problem.Error(), Href: whole, Action: "Clear the filter",
		})
	}
	if q.Root != "" && c.root == 0 {
		b.m.Notes = append(b.m.Notes, &Note{
			ID: "note-root", Kind: "problem", Text: "There is no " + q.Root + ": all is shown.", Href: whole, Action: "Show all",
		})
	}
	switch total := b.s.Len(); {
	case total == 0:
		b.m.Notes = append(b.m.Notes, &Note{
			ID: "note-empty", Kind: "empty", Text: "No directors yet.",
			Href: q.WithPanel(PanelAdd).Href(), Action: "Add a backend",
		})
	case c.matched != nil && c.found == 0:
		b.m.Notes = append(b.m.Notes, &Note{
			ID: "note-unmatched", Kind: "unmatched",
			Text: fmt.Sprintf("None of %s matches “%s”.", count(total, "director"), q.Q), Href: whole, Action: "Show all",
		})
	default:
		b.m.Notes = append(b.m.Notes, b.shownOf(total))
	}
}

// shownOf always says how much of the whole is shown.
func (b *builder) shownOf(total int) *Note {
	c := b.chosen
	n := &Note{ID: "note-shown", Kind: "shown"}
	if b.long() {
		n.Text = count(total, "director")
	} else if c.matched == nil {
		n.Text = fmt.Sprintf("%s of %s", number(int64(len(c.shown))), count(total, "director"))
	} else {
		n.Text = fmt.Sprintf("%s of %s for “%s”", number(int64(c.found)), count(total, "director"), b.q.Q)
		if shown := c.shownMatches(); shown < c.found {
			n.Text += fmt.Sprintf(" · %s shown", number(int64(shown)))
		}
	}
	if d, ok := b.s.Director(c.root); ok {
		n.Text += " · below " + d.Name
	}
	if whole := b.q.Whole(); whole != b.q.WithPanel("") {
		n.Href, n.Action = whole.Href(), "Show all"
	}
	return n
}

// maxNames bounds the names that fields offer: to choose among more one types.
const maxNames = 100

// listNames fills in what the fields of forms offer, if there are any.
func (b *builder) listNames(prev *Model) {
	if _, adding := b.q.Adding(); !adding && b.selected == 0 {
		return
	}
	if prev != nil && !b.renamed && sameLinks(prev.chosen.links, b.chosen.links) && len(prev.cells) == len(b.m.cells) {
		b.m.Names = prev.Names // a choice that is carried over has the same directors, as live as before
		return
	}
	for _, c := range b.m.cells {
		if c.d.Phase != tree.Live || len(b.m.Names) == maxNames {
			continue
		}
		value := c.d.Name
		if c.d.VCL != b.s.Active {
			value = c.token
		} else if found, ok := b.s.Find(value); !ok || found.ID != c.d.ID {
			value = c.token
		}
		b.m.Names = append(b.m.Names, &Name{ID: "name-" + atID(c.d.ID)[1:], Value: value, Text: kindWord(c.d.Type)})
	}
	if prev != nil {
		b.m.Names = keepAll(prev.Names, b.m.Names)
	}
}
