package view

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Holders is the section that adds up the references.
type Holders struct {
	ID      string
	ListID  string
	Counted bool
	Sum     *HolderSum
	Rows    []*HolderRow
	More    string // "and 12 more", "" if all are listed
}

// Drops reports whether there is a holder that can be made to let go.
func (h *Holders) Drops() bool {
	return slices.ContainsFunc(h.Rows, func(r *HolderRow) bool { return r.Drop != nil })
}

// A HolderSum is the addition: "4 = owner 1 + members 2 + tasks 1".
type HolderSum struct{ ID, Text string }

// A HolderRow is one holder.
type HolderRow struct {
	ID   string
	Kind string
	Part Part
	Note string // "slot 2"
	Drop *Drop  // nil for what cannot be made to let go here
	// Hidden is the row of the requests while there are none: they come and go
	// without an event, so they may change what a row says, but not which rows
	// there are.
	Hidden bool
}

func (h *Holders) Key() string   { return h.ID }
func (h *HolderSum) Key() string { return h.ID }
func (h *HolderRow) Key() string { return h.ID }

// Frame implements [Composite].
func (h *Holders) Frame() any {
	return [4]any{h.ID, h.Counted, h.More, h.Drops()}
}

// Parts implements [Composite]: requests that come and go are the sum and a row.
func (h *Holders) Parts() []Region {
	if !h.Counted {
		return nil
	}
	return []Region{region(h.ID, []*HolderSum{h.Sum}, nil), region(h.ListID, h.Rows, nil)}
}

// A Drop is how to make a holder let go.
type Drop struct {
	Form
	Command, Word string
}

func (b *builder) holders(d *tree.Director) Fragment {
	refs := refsOf(d)
	h := &Holders{ID: sectionID("holders", d.ID), ListID: sectionID("holder-list", d.ID), Counted: refs.Counted}
	if !h.Counted {
		return h
	}
	h.Sum = &HolderSum{ID: sectionID("sum", d.ID), Text: refs.Sum}
	if d.Owned {
		h.Rows = append(h.Rows, &HolderRow{
			ID: sectionID("held-by-owner", d.ID), Kind: "owner", Part: b.vclPart(d.VCL), Note: "until it is deleted",
		})
	}
	all := 0
	for held := range d.Slots() {
		if all++; all <= maxListed {
			h.Rows = append(h.Rows, b.holderRow(d, held))
		}
	}
	if all > maxListed {
		h.More = "and " + number(int64(all-maxListed)) + " more"
	}
	h.Rows = append(h.Rows, &HolderRow{
		ID: sectionID("held-by-tasks", d.ID), Kind: "task", Hidden: d.Tasks == 0,
		Part: Part{Text: count(int(d.Tasks), "request") + " in flight", Href: "#" + sectionID("traffic", d.ID)},
	})
	return h
}

func (b *builder) holderRow(d *tree.Director, held event.Holder) *HolderRow {
	row := &HolderRow{
		ID: "held-by-" + strconv.FormatUint(held.Ref, 10), Kind: string(held.Kind), Part: b.holderPart(held),
	}
	switch held.Kind {
	case event.HolderMember:
		row.Note = "slot " + strconv.Itoa(held.Slot)
		row.Drop = b.letGo(d, held)
	case event.HolderDefault:
		row.Part, row.Note = b.vclPart(held.Name), "its default"
		row.Drop = b.letGo(d, held)
	case event.HolderPin:
		id := strconv.FormatUint(held.ID, 10)
		row.Drop = &Drop{Form: b.form("unpin-"+id, "DELETE", "/pins/"+id), Command: "unpin", Word: "Unpin"}
	case event.HolderOwner, event.HolderTask:
	}
	return row
}

// vclPart leads to all that a VCL owns.
func (b *builder) vclPart(name string) Part {
	q := b.q.WithPanel("").Whole()
	q.Q = "vcl:" + name
	return Part{Text: "VCL " + name, Href: q.Href()}
}

// letGo returns how to make a slot let go of a director that lingers, nil where
// that cannot be done or nobody waits for it.
func (b *builder) letGo(d *tree.Director, held event.Holder) *Drop {
	if d.Phase != tree.Lingering {
		return nil
	}
	drop := &Drop{Command: "let-go", Word: "Let go"}
	id := "let-go-" + strconv.FormatUint(held.Ref, 10)
	switch holder, ok := b.s.Director(held.ID); {
	case held.Kind == event.HolderDefault:
		drop.Form = b.form(id, "PUT", "/vcls/"+url.PathEscape(held.Name)+"/default")
	case ok && holder.Group && !holder.Steps.Deleted.Taken():
		drop.Form = b.form(id, "DELETE", "/directors/"+atID(held.ID)+"/members/"+strconv.Itoa(held.Slot))
	default:
		return nil
	}
	return drop
}
