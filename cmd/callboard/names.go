package main

import (
	"fmt"
	"strings"
)

// names tells directors apart that have one name: a deleted one that lingers,
// and the one that has its name now. Those get their number, by which commands
// take them (@17).
type names struct {
	count map[string]int    // by full name
	vcl   map[uint64]string // of each director
}

func namesOf(directors []listed) names {
	n := names{count: make(map[string]int), vcl: make(map[uint64]string)}
	for _, d := range directors {
		n.count[d.FullName]++
		n.vcl[d.ID] = d.VCL
	}
	return n
}

// of returns a full name, with the number if others have it, too.
func (n names) of(d listed) string {
	if n.count[d.FullName] > 1 {
		return fmt.Sprintf("%s @%d", d.FullName, d.ID)
	}
	return d.FullName
}

// within returns a name within its VCL, as one word: "a1@17".
func (n names) within(name string, id uint64) string {
	if n.count[n.vcl[id]+"."+name] > 1 {
		return fmt.Sprintf("%s@%d", name, id)
	}
	return name
}

// members says what a director's slots hold.
func (n names) members(d listed) string {
	var words []string
	for _, m := range d.Members {
		word := n.within(m.Director, m.ID)
		if m.Weight != 0 {
			word += fmt.Sprintf("=%g", m.Weight)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// holders says who holds a director.
func (n names) holders(d listed) string {
	held := make([]holder, len(d.HeldBy))
	for i, h := range d.HeldBy {
		if h.Kind == "member" {
			h.Name = n.within(h.Name, h.ID)
		}
		held[i] = h
	}
	return holders(held)
}
