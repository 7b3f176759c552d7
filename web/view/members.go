package view

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/callboard/callboard/director/tree"
)

// Members is the section of what a director chooses between.
type Members struct {
	ID       string
	ListID   string
	Sum      *MemberSum
	Rows     []*MemberRow
	More     string
	Editable bool
	Weighted bool
	Add      Form
	New      string // link to the form for a member that is new
}

// A MemberSum says how many of the members are healthy.
type MemberSum struct{ ID, Text string }

// A MemberRow is a filled member slot.
type MemberRow struct {
	ID       string
	Slot     string
	Part     Part
	Health   Health
	Weight   string
	Share    *MemberShare // nil where nothing is known of it
	Editable bool
	Weighted bool
	// Number is "@17", the director whose member it is; Name is its name.
	Number, Name string
	Edit         Form
	Remove       Form
}

// A MemberShare is what part of the traffic a member gets, by its weight, or
// where there are no weights, as it has got it. It is a fragment because it
// changes when any other member flips.
type MemberShare struct{ ID, Text, Title string }

func (m *Members) Key() string     { return m.ID }
func (m *MemberSum) Key() string   { return m.ID }
func (m *MemberRow) Key() string   { return m.ID }
func (m *MemberShare) Key() string { return m.ID }

// Frame implements [Composite].
func (m *Members) Frame() any {
	frame := *m
	frame.Sum, frame.Rows = nil, nil
	return frame
}

// Parts implements [Composite]: a member that flips is one row.
func (m *Members) Parts() []Region {
	return []Region{region(m.ID, []*MemberSum{m.Sum}, nil), region(m.ListID, m.Rows, nil)}
}

// Frame implements [Composite].
func (m *MemberRow) Frame() any {
	frame := *m
	if m.Share != nil {
		frame.Share = &MemberShare{ID: m.Share.ID}
	}
	return frame
}

// Parts implements [Composite].
func (m *MemberRow) Parts() []Region {
	if m.Share == nil {
		return nil
	}
	return []Region{region(m.ID, []*MemberShare{m.Share}, nil)}
}

func (b *builder) members(d *tree.Director) Fragment {
	m := &Members{
		ID: sectionID("members", d.ID), ListID: sectionID("member-list", d.ID),
		Editable: editable(d),
		Weighted: slices.Contains([]string{"random", "hash"}, d.Type),
		Sum: &MemberSum{
			ID:   sectionID("member-sum", d.ID),
			Text: fmt.Sprintf("%d of %d healthy", d.HealthyMembers(), d.TotalMembers()),
		},
		Add: b.form("add-member", "", "/directors/"+atID(d.ID)+"/members"),
		New: b.q.AddingMember().Href(),
	}
	total := 0.0
	for slot := range d.Members() {
		m.Weighted = m.Weighted || slot.Weight > 0
		if target, ok := b.s.Director(slot.ID); ok && target.Healthy {
			total += slot.Weight
		}
	}
	for slot := range d.Members() {
		if len(m.Rows) == maxListed {
			m.More = fmt.Sprintf("%d of %s", maxListed, count(d.TotalMembers(), "member"))
			break
		}
		row := b.memberRow(d, slot, total)
		row.Editable, row.Weighted = m.Editable, m.Weighted
		m.Rows = append(m.Rows, row)
	}
	return m
}

// editable reports whether the members of d can be changed from outside.
func editable(d *tree.Director) bool {
	return d.Group && d.Phase == tree.Live && !d.Steps.Deleted.Taken()
}

func (b *builder) memberRow(d *tree.Director, m tree.Member, total float64) *MemberRow {
	path := "/directors/" + atID(d.ID) + "/members/" + strconv.Itoa(m.Slot)
	row := &MemberRow{
		ID: "member-" + strconv.FormatUint(m.Ref, 10), Slot: strconv.Itoa(m.Slot), Part: b.link(m.ID, m.Name),
		Weight: weightText(m.Weight), Number: atID(d.ID), Name: d.Name,
		Edit:   b.form("rewire-"+strconv.Itoa(m.Slot), "PUT", path),
		Remove: b.form("remove-"+strconv.Itoa(m.Slot), "DELETE", path),
	}
	target, ok := b.s.Director(m.ID)
	if !ok {
		return row
	}
	row.Health = healthOf(target)
	id := "share-" + strconv.FormatUint(m.Ref, 10)
	switch _, carried := target.CarriedBy(m.Ref); {
	case m.Weight > 0 && target.Healthy && total > 0:
		row.Share = &MemberShare{ID: id, Text: fmt.Sprintf("%.0f %%", 100*m.Weight/total), Title: "share by weight"}
	case m.Weight > 0:
		row.Share = &MemberShare{ID: id, Text: "no share", Title: "share by weight"}
	case carried:
		row.Share = &MemberShare{ID: id, Text: fmt.Sprintf("%.0f %%", 100*d.ShareOf(target, m.Ref)), Title: "share of its traffic lately"}
	}
	return row
}
