package view

import (
	"fmt"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// A Heat is a strip of cells, each for members that stand side by side: paths of
// an SVG picture that is as many wide as there are Cells, and 1 high.
type Heat struct {
	Cells               int
	Healthy, Some, Sick string
	Title               string
}

// HeatCells is the most cells of a heat strip.
const HeatCells = 32

// heatOf draws the members of a director in the order of their slots.
func heatOf(d *tree.Director) *Heat {
	first := firstSlot(d)
	slots := d.LastSlot() + 1 - first
	cells := min(HeatCells, slots)
	all, sick := make([]int, cells), make([]int, cells)
	if slots == d.TotalMembers() {
		for i := range cells {
			all[i] = (i+1)*slots/cells - i*slots/cells
		}
	} else {
		for m := range d.Members() {
			all[cellOf(m.Slot-first, cells, slots)]++
		}
	}
	for m := range d.SickMembers() {
		sick[cellOf(m.Slot-first, cells, slots)]++
	}
	var healthy, some, bad strings.Builder
	for i := range cells {
		path := fmt.Sprintf("M%d 0h1v1h-1z", i)
		switch {
		case all[i] == 0:
		case sick[i] == 0:
			healthy.WriteString(path)
		case sick[i] < all[i]:
			some.WriteString(path)
		default:
			bad.WriteString(path)
		}
	}
	return &Heat{
		Cells:   cells,
		Healthy: healthy.String(), Some: some.String(), Sick: bad.String(),
		Title: fmt.Sprintf("%s, %s sick, from the first slot to the last", count(d.TotalMembers(), "member"),
			number(int64(d.TotalMembers()-d.HealthyMembers()))),
	}
}

func firstSlot(d *tree.Director) int {
	for m := range d.Members() {
		return m.Slot
	}
	return 0
}

// cellOf is the inverse of where the cells of a strip end: i*slots/cells.
func cellOf(slot, cells, slots int) int { return ((slot+1)*cells - 1) / slots }
