package view

import (
	"strconv"

	"github.com/callboard/callboard/director/event"
)

// Stepping is the bar over the board that says where step mode stands, shown to
// all while it is on.
type Stepping struct {
	ID   string
	Held []HeldRow // oldest first: the order in which they go on
	More string
	Next Form
	Off  Form
}

// A HeldRow is a step that waits for somebody to let it go on.
type HeldRow struct {
	ID    string
	Parts []Part
	Since Moment
	// Number is "@17", for the form that lets just this one go on.
	Number string
	Next   Form
}

func (s *Stepping) Key() string { return s.ID }

// StepSwitch is the section that switches step mode on.
type StepSwitch struct {
	ID string
	On Form
}

func (s *StepSwitch) Key() string { return s.ID }

// maxHeld is how many held steps are listed.
const maxHeld = 12

func (b *builder) stepping(prev *Model) {
	if !b.s.Stepping && b.s.HeldLen() == 0 {
		return
	}
	bar := &Stepping{ID: "stepping", Next: b.form("next", "", "/step/next"), Off: b.form("step-off", "PUT", "/step")}
	for h := range b.s.Held() {
		if len(bar.Held) == maxHeld {
			bar.More = "and " + number(int64(b.s.HeldLen()-maxHeld)) + " more"
			break
		}
		row := HeldRow{
			ID: "held-" + strconv.FormatUint(h.ID, 10), Since: moment(h.Since), Number: atID(h.ID),
			Next:  b.form("next-"+strconv.FormatUint(h.ID, 10), "", "/step/next"),
			Parts: []Part{b.link(h.ID, h.Name), {Text: " is held before " + beforeWord(h.Before)}},
		}
		if h.Before == event.BeforeLastDrop {
			row.Parts = append(row.Parts, Part{Text: ", that of "}, b.holderPart(h.Last))
		}
		bar.Held = append(bar.Held, row)
	}
	b.m.Steps = []*Stepping{bar}
	if prev != nil {
		b.m.Steps = keepAll(prev.Steps, b.m.Steps)
	}
}

// stepSwitch is nil while step mode is on: the bar switches it off.
func (b *builder) stepSwitch() *StepSwitch {
	if b.s.Stepping {
		return nil
	}
	return &StepSwitch{ID: "step-switch", On: b.form("step-on", "PUT", "/step")}
}
