package view

import (
	"fmt"
	"strconv"

	"github.com/callboard/callboard/director/tree"
)

// Bounds of how far the inspector follows a sickness down.
const (
	maxWhyDepth = 4
	maxWhyWidth = 4
)

// A Why is the section that says where a sickness comes from: the way from the
// director down to the probe or the person that decided.
type Why struct {
	ID    string
	Title string
	Rows  []WhyRow
}

// A WhyRow is one step of the way.
type WhyRow struct {
	Level string // 0 for the director itself
	Part  Part
	Text  string
	State string // healthy or sick
}

func (w *Why) Key() string { return w.ID }

// why is nil for a director that is well with all its members.
func (b *builder) why(d *tree.Director) *Why {
	if d.Healthy && d.HealthyMembers() == d.TotalMembers() {
		return nil
	}
	w := &Why{ID: sectionID("why", d.ID), Title: "Why it is sick"}
	if d.Healthy {
		w.Title = "Who is sick below it"
	}
	b.whyRow(w, d, 0)
	return w
}

func (b *builder) whyRow(w *Why, d *tree.Director, level int) {
	w.Rows = append(w.Rows, WhyRow{
		Level: strconv.Itoa(level), Part: b.link(d.ID, b.shortName(d)), Text: decidedBy(d), State: healthWord(d),
	})
	// What was set by hand does not follow its members.
	if setByHand(d) && !d.Healthy || level == maxWhyDepth {
		return
	}
	n := 0
	for m := range d.SickMembers() {
		member, ok := b.s.Director(m.ID)
		if n++; !ok || n > maxWhyWidth {
			continue
		}
		b.whyRow(w, member, level+1)
	}
	if more := n - maxWhyWidth; more > 0 {
		w.Rows = append(w.Rows, WhyRow{
			Level: strconv.Itoa(level + 1), Text: "and " + number(int64(more)) + " more that are sick", State: "sick",
		})
	}
}

func setByHand(d *tree.Director) bool { return d.Admin == "healthy" || d.Admin == "sick" }

// decidedBy says what the health of a director comes from.
func decidedBy(d *tree.Director) string {
	switch {
	case setByHand(d):
		return "was set to " + d.Admin + " by hand"
	case d.Leaf && d.Probe != nil && d.Healthy:
		return fmt.Sprintf("its probe: %d of %d good", d.Probe.Good, d.Probe.Window)
	case d.Leaf && d.Probe != nil:
		return fmt.Sprintf("its probe: %d of %d good, %d needed", d.Probe.Good, d.Probe.Window, d.Probe.Threshold)
	case d.Leaf:
		return d.Reason
	case d.TotalMembers() == 0:
		return "has no members"
	}
	return fmt.Sprintf("%d of %s healthy", d.HealthyMembers(), count(d.TotalMembers(), "member"))
}
