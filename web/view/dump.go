package view

import "github.com/callboard/callboard/director/tree"

// A Dump is the section that leads to what a director's type says of its inside.
type Dump struct {
	ID, TextID string
	// Href is where the text is.
	Href string
}

func (d *Dump) Key() string { return d.ID }

func (b *builder) dump(d *tree.Director) Fragment {
	return &Dump{
		ID: sectionID("dump", d.ID), TextID: sectionID("dump-text", d.ID),
		Href: b.m.API + "/directors/" + atID(d.ID) + "/dump",
	}
}
