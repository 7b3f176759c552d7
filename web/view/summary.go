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

func (v VCL) Key() string { return v.ID }

// A Stat is a number in the header, with a link to what it counts.
type Stat struct {
	ID, Count, Noun, Tone string
	Href                  string
}

func (s Stat) Key() string { return s.ID }

// A Note is a sentence over the board. Kind is empty, shown or unmatched.
type Note struct {
	ID, Kind, Text string
	Href, Action   string
}

func (n Note) Key() string { return n.ID }

// A Name is a director as the fields of forms offer it.
type Name struct{ ID, Value, Text string }

func (n Name) Key() string { return n.ID }

func (b *builder) summary() {
	for _, v := range b.s.VCLs() {
		b.m.VCLs = append(b.m.VCLs, VCL{
			ID: "vcl-" + v.Name, Name: v.Name, Temperature: v.Temperature, Active: v.Name == b.s.Active,
		})
	}
	var sick, lingering, flying int64
	for d := range b.s.Directors() {
		if !d.Healthy {
			sick++
		}
		if d.Phase == tree.Lingering {
			lingering++
		}
		if d.Leaf {
			flying += d.Tasks
		}
	}
	all := int64(b.s.Len())
	b.m.Stats = []Stat{
		b.stat("directors", all, plural(all, "director", "directors"), ""),
		b.stat("sick", sick, "sick", "sick"),
		b.stat("lingering", lingering, "lingering", "lingering"),
		{ID: "stat-flying", Count: number(flying), Noun: "in flight"},
	}
	b.notes()
}

// stat is a number that filters by the word when it is clicked; 0 of something
// bad has no colour.
func (b *builder) stat(id string, n int64, noun, word string) Stat {
	q := b.q.Selecting("")
	q.Q = word
	s := Stat{ID: "stat-" + id, Count: number(n), Noun: noun, Href: q.Href()}
	if n > 0 {
		s.Tone = word
	}
	return s
}

func (b *builder) notes() {
	c := b.chosen
	switch {
	case c.total == 0:
		b.m.Notes = []Note{{
			ID: "note-empty", Kind: "empty", Text: "No directors yet.",
			Href: b.q.WithPanel(PanelAdd).Href(), Action: "Add a backend",
		}}
	case c.found == 0:
		b.m.Notes = []Note{{
			ID: "note-unmatched", Kind: "unmatched",
			Text: fmt.Sprintf("None of %s matches “%s”.", count(c.total, "director"), b.q.Q),
			Href: Query{Select: b.q.Select, Face: b.q.Face}.Href(), Action: "Show all",
		}}
	default:
		text := fmt.Sprintf("%s of %s", number(int64(len(c.shown))), count(c.total, "director"))
		note := Note{ID: "note-shown", Kind: "shown", Text: text}
		if b.q.Q != "" {
			note.Text = fmt.Sprintf("%s of %s for “%s”", number(int64(c.found)), count(c.total, "director"), b.q.Q)
			note.Href, note.Action = Query{Select: b.q.Select, Face: b.q.Face}.Href(), "Show all"
		}
		b.m.Notes = []Note{note}
	}
}

func (b *builder) names() {
	for _, d := range b.chosen.shown {
		if d.Phase != tree.Live {
			continue
		}
		value := d.Name
		if found, ok := b.s.Find(value); !ok || found.ID != d.ID {
			value = b.token(d)
		}
		b.m.Names = append(b.m.Names, Name{ID: "name-" + atID(d.ID)[1:], Value: value, Text: kindWord(d.Type)})
	}
}
