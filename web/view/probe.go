package view

import (
	"fmt"
	"strconv"
	"strings"

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
	Response  string
}

func (p *Probe) Key() string { return p.ID }

// barPitch is the distance between two bars of a probe's history in pixels.
const barPitch = 5

func probeOf(d *tree.Director) Fragment {
	p := d.Probe
	section := &Probe{
		ID:       sectionID("probe", d.ID),
		Sum:      fmt.Sprintf("%d of the last %d good, %d needed", p.Good, p.Window, p.Threshold),
		Last:     "last " + milliseconds(p.Last) + ", average " + milliseconds(p.Average),
		Response: strings.TrimSpace(p.Response),
	}
	var good, bad, idle strings.Builder
	known := pokes(p)
	for i := range 64 { // from the oldest poke to the newest
		x := strconv.Itoa(i*barPitch + 2)
		switch age := 63 - i; {
		case p.Happy>>age&1 == 1:
			good.WriteString("M" + x + " 0v20")
		case age < known:
			bad.WriteString("M" + x + " 12v8")
		default:
			idle.WriteString("M" + x + " 18v2")
		}
	}
	section.Good, section.Bad, section.Idle = good.String(), bad.String(), idle.String()
	section.Title = "The last 64 probes, newest at the right: tall bars were good, short ones bad"
	return section
}
