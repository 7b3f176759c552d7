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
	Sum      string
	Rows     []MemberRow
	More     string
	Editable bool
	Weighted bool
	Add      Form
	New      string // link to the form for a member that is new
	// Number is "@17", the director whose members these are; Name is its name.
	Number, Name string
}

// A MemberRow is a filled member slot.
type MemberRow struct {
	ID     string
	Slot   string
	Part   Part
	Health Health
	Weight string
	Share  string // of the weights of all healthy members, in per cent
	Edit   Form
	Remove Form
}

func (m *Members) Key() string { return m.ID }

func (b *builder) members(d *tree.Director) Fragment {
	m := &Members{
		ID: sectionID("members", d.ID), Number: atID(d.ID), Name: d.Name, Editable: editable(d),
		Weighted: slices.Contains([]string{"random", "hash"}, d.Type),
		Sum:      fmt.Sprintf("%d of %d healthy", d.HealthyMembers(), d.TotalMembers()),
		Add:      b.form("add-member", "", "/directors/"+atID(d.ID)+"/members"),
		New:      b.q.AddingMember().Href(),
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
		m.Rows = append(m.Rows, b.memberRow(d, slot, total))
	}
	return m
}

// editable reports whether the members of d can be changed from outside.
func editable(d *tree.Director) bool {
	return d.Group && d.Phase == tree.Live && !d.Steps.Deleted.Taken()
}

func (b *builder) memberRow(d *tree.Director, m tree.Member, total float64) MemberRow {
	path := "/directors/" + atID(d.ID) + "/members/" + strconv.Itoa(m.Slot)
	row := MemberRow{
		ID: "member-" + strconv.FormatUint(m.Ref, 10), Slot: strconv.Itoa(m.Slot), Part: b.link(m.ID, m.Name),
		Weight: weightText(m.Weight),
		Edit:   b.form("rewire-"+strconv.Itoa(m.Slot), "PUT", path),
		Remove: b.form("remove-"+strconv.Itoa(m.Slot), "DELETE", path),
	}
	target, ok := b.s.Director(m.ID)
	if !ok {
		return row
	}
	row.Health = healthOf(target)
	if m.Weight > 0 && total > 0 {
		row.Share = "no share"
		if target.Healthy {
			row.Share = fmt.Sprintf("%.0f %%", 100*m.Weight/total)
		}
	}
	return row
}
