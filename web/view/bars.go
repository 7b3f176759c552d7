package view

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Bars is the history of a probe as a card draws it: paths of an SVG picture 128
// wide, with one line for each run of pokes of one kind. A dash of the line is a
// bar, so a history without a change is a few bytes.
type Bars struct{ Good, Bad string }

// barsOf is nil for a director without a probe.
func barsOf(d *tree.Director) *Bars {
	if d.Probe == nil {
		return nil
	}
	return &Bars{Good: runs(d.Probe, true), Bad: runs(d.Probe, false)}
}

// pokes is how many of the last 64 pokes there have been. Of a probe that does not
// count them, but has an answer, they are those that decide, or as many as are
// known to be.
func pokes(p *event.Probe) int {
	if p.Made > 0 || p.Response == "" {
		return p.Made
	}
	return max(p.Window, bits.Len64(uint64(p.Happy)))
}

// runs draws a line through each run of pokes that were good, or bad, from the
// oldest to the newest.
func runs(p *event.Probe, good bool) string {
	var b strings.Builder
	length := 0
	for i := range 65 {
		age := 63 - i
		if age >= 0 && age < pokes(p) && (p.Happy>>age&1 == 1) == good {
			length++
			continue
		}
		if length > 0 {
			b.WriteString("M" + strconv.Itoa(2*(i-length)) + " 4h" + strconv.Itoa(2*length))
		}
		length = 0
	}
	return b.String()
}
