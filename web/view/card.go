package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A Card is a director on the board.
type Card struct {
	ID   string
	X, Y string // on the lattice, see place
	Face *Face
}

func cardID(id uint64) string { return "card-" + strconv.FormatUint(id, 10) }

// place writes a coordinate as the sum of its digits' values, "600 40 2", which
// is what the rules of static.Lattice ask for.
func place(n int) string {
	var terms []string
	for unit := 100; unit > 0; unit /= 10 {
		if digit := n / unit % 10; digit > 0 {
			terms = append(terms, strconv.Itoa(digit*unit))
		}
	}
	if len(terms) == 0 {
		return "0"
	}
	return strings.Join(terms, " ")
}

func (c *Card) Key() string     { return c.ID }
func (c *Card) Inner() Fragment { return c.Face }
func (c *Card) Attrs() []Attr   { return []Attr{{"data-x", c.X}, {"data-y", c.Y}} }

// A Face is what a card says.
type Face struct {
	ID      string // of the card's; the line of the outline prints none
	Href    string
	Name    string
	Kind    string // the type, in words
	Icon    string // the id of a symbol
	Current string // "true" for the selected one
	Dim     bool   // shown only because it leads to a match of the filter
	Lit     bool   // on the way to or from the selected one
	Default bool   // the VCL's default director
	Group   bool   // its members can be changed
	Phase   string // live or lingering
	Held    string // what step mode holds it before, "" if it does not
	Health  Health
	Refs    Refs
	Rail    []RailStep
	Bars    *Bars // of a backend with a probe
}

func (f *Face) Key() string { return f.ID }

// Health is a director's health in shape, word and reason.
type Health struct {
	State  string // healthy or sick
	Icon   string
	Source string // what decided: "admin", "probe 7/8", "members 2/3"
	Admin  bool   // set by hand
}

// Refs is a reference count.
type Refs struct {
	Counted bool
	Count   string
	// Beads has the kind of each holder while there are no more than six.
	Beads []string
	// Sum is the whole addition: "4 = owner 1 + members 2 + tasks 1".
	Sum string
}

// A RailStep is one of the four steps of a life.
type RailStep struct {
	Name string
	Done bool
	When string // for a tooltip
	At   Moment
	Seq  string // "#17"
}

// maxBeads is the most references that are told one by one.
const maxBeads = 6

func (b *builder) face(c *cell) *Face {
	d := c.d
	f := &Face{
		ID:   "face-" + strconv.FormatUint(d.ID, 10),
		Href: b.selecting(c.token),
		Name: c.short, Kind: kindWord(d.Type), Icon: kindIcon(d),
		Dim: c.marks.dim, Lit: c.marks.lit, Default: c.marks.isDefault,
		Group:  editable(d),
		Phase:  string(d.Phase),
		Health: healthOf(d), Refs: refsOf(d), Rail: railOf(d), Bars: barsOf(d),
	}
	if c.marks.current {
		f.Current = "true"
	}
	if h, ok := b.s.HeldStep(d.ID); ok {
		f.Held = "held before " + beforeWord(h.Before)
	}
	return f
}

func healthOf(d *tree.Director) Health {
	h := Health{State: "sick", Icon: "h-sick", Source: sourceOf(d), Admin: d.Admin == "healthy" || d.Admin == "sick"}
	if d.Healthy {
		h.State, h.Icon = "healthy", "h-healthy"
	}
	return h
}

func sourceOf(d *tree.Director) string {
	switch {
	case d.Admin == "healthy" || d.Admin == "sick":
		return "by admin"
	case d.Leaf && d.Probe != nil:
		return fmt.Sprintf("probe %d/%d", d.Probe.Good, d.Probe.Window)
	case d.Leaf && strings.HasPrefix(d.Reason, "probe"):
		return "probe"
	case d.Leaf:
		return "no probe"
	case d.TotalMembers() == 0:
		return "no members"
	}
	return fmt.Sprintf("members %d/%d", d.HealthyMembers(), d.TotalMembers())
}

func refsOf(d *tree.Director) Refs {
	if d.Static {
		return Refs{Count: "not counted"}
	}
	n := d.Refcount()
	c := d.CountHolders()
	r := Refs{Counted: true, Count: number(n)}
	var terms []string
	for _, term := range []struct {
		kind  event.HolderKind
		count int64
		many  string
	}{
		{event.HolderOwner, c.Owner, "owner"}, {event.HolderMember, c.Members, "members"},
		{event.HolderDefault, c.Defaults, "default"}, {event.HolderPin, c.Pins, "pins"},
		{event.HolderTask, c.Tasks, "tasks"},
	} {
		if term.count == 0 {
			continue
		}
		terms = append(terms, plural(term.count, string(term.kind), term.many)+" "+number(term.count))
		for range min(term.count, maxBeads+1) {
			r.Beads = append(r.Beads, string(term.kind))
		}
	}
	if n > maxBeads {
		r.Beads = nil
	}
	r.Sum = number(n) + " = " + strings.Join(terms, " + ")
	if len(terms) == 0 {
		r.Sum = number(n)
	}
	return r
}

func railOf(d *tree.Director) []RailStep {
	return []RailStep{
		railStep("added", d.Steps.Added), railStep("assigned", d.Steps.Assigned),
		railStep("released", d.Steps.Released), railStep("destroyed", d.Steps.Destroyed),
	}
}

func railStep(name string, s tree.Step) RailStep {
	if !s.Taken() {
		return RailStep{Name: name, When: "not " + name}
	}
	at := moment(s.Time)
	return RailStep{Name: name, Done: true, When: name + " " + at.Clock + " UTC, " + hash(s.Seq), At: at, Seq: hash(s.Seq)}
}

var spaced = strings.NewReplacer("_", " ", "-", " ")

// kindWord is the type as a person would say it.
func kindWord(kind string) string { return spaced.Replace(kind) }

// KindIcon is the id of the symbol for a type of director.
func KindIcon(kind string) string {
	switch kind := strings.ReplaceAll(kind, "_", "-"); kind {
	case "backend", "round-robin", "fallback", "random", "hash", "shard", "dns":
		return "i-" + kind
	case "least-connections":
		return "i-least"
	}
	return "i-director"
}

func kindIcon(d *tree.Director) string {
	if icon := KindIcon(d.Type); icon != "i-director" || !d.Leaf {
		return icon
	}
	return "i-backend"
}

// A Canvas is the size of the drawing.
type Canvas struct {
	Width, Height string
	// Lit is "true" where some cards and edges are related to the selected one,
	// so that the others step back. An attribute, since a selector that looks for
	// such a card costs 10 ms at each change of any.
	Lit string
}

func (c *Canvas) Key() string     { return "canvas" }
func (c *Canvas) Inner() Fragment { return nil }
func (c *Canvas) Attrs() []Attr {
	return []Attr{{"width", c.Width}, {"height", c.Height}, {"data-lit", c.Lit}}
}

// An Edge is the line from a director to one of its members. With another member
// in the slot it leads there.
type Edge struct {
	ID, Path, State string
	// From is the number of the director that has the Slot, To that of the member;
	// empty for a line to what is folded.
	From, Slot, To string
}

func (e *Edge) Key() string     { return e.ID }
func (e *Edge) Inner() Fragment { return nil }
func (e *Edge) Attrs() []Attr {
	return []Attr{{"d", e.Path}, {"data-state", e.State}, {"data-to", e.To}}
}

// A Label is the weight beside an edge.
type Label struct{ ID, X, Y, Text string }

func (l *Label) Key() string { return l.ID }
