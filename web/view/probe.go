package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A Probe is the section of a backend's probe.
type Probe struct {
	ID        string
	Sum       string // "7 of the last 8 good, 3 needed"
	Good, Bad string // paths of an SVG picture with a bar for each poke
	Idle      string
	Title     string
	Last      string
	Answers   []AnswerRow // the newest first
}

// An AnswerRow is what came of one poke.
type AnswerRow struct {
	Time   Moment
	Health Health // in shape and word: good or bad
	Took   string // "" if no answer came whole
	Words  string
}

func (p *Probe) Key() string { return p.ID }

// barPitch is the distance between two bars of a probe's history in pixels.
const barPitch = 5

func probeOf(d *tree.Director) Fragment {
	p := d.Probe
	section := &Probe{
		ID:      sectionID("probe", d.ID),
		Sum:     probeSum(p),
		Last:    "last " + milliseconds(p.Last) + ", average " + milliseconds(p.Average),
		Answers: answersOf(p),
	}
	var good, bad, idle strings.Builder
	known := pokes(p)
	for i := range 64 { // from the oldest poke to the newest
		x := strconv.Itoa(i*barPitch + 2)
		switch age := 63 - i; {
		case age >= known:
			idle.WriteString("M" + x + " 18v2")
		case p.Happy>>age&1 == 1:
			good.WriteString("M" + x + " 0v20")
		default:
			bad.WriteString("M" + x + " 12v8")
		}
	}
	section.Good, section.Bad, section.Idle = good.String(), bad.String(), idle.String()
	section.Title = "The last 64 probes, newest at the right: tall bars were good, short ones bad"
	return section
}

// probeSum says how the pokes stand that decide. A backend is credited with some
// at first: then it says how many were made.
func probeSum(p *event.Probe) string {
	sum := fmt.Sprintf("%d of the last %d good, %d needed", p.Good, p.Window, p.Threshold)
	if known := pokes(p); known < p.Window {
		sum += fmt.Sprintf("; %d made so far", known)
	}
	return sum
}

// answersOf lists the newest answers; of a probe that told only the last one, it
// is that.
func answersOf(p *event.Probe) []AnswerRow {
	list := p.Answers
	if len(list) == 0 && p.Response != "" {
		list = []event.ProbeAnswer{{Good: p.Happy&1 == 1, Seconds: p.Last, Response: p.Response}}
	}
	rows := make([]AnswerRow, len(list))
	for i, a := range list {
		row := AnswerRow{
			Time: moment(a.Time), Health: Health{State: "bad", Icon: "h-sick"}, Words: strings.TrimSpace(a.Response),
		}
		if a.Good {
			row.Health = Health{State: "good", Icon: "h-healthy"}
		}
		if a.Seconds > 0 {
			row.Took = milliseconds(a.Seconds)
		}
		rows[i] = row
	}
	return rows
}
