package view_test

import (
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// A bar is a poke that was made: not one that the backend was credited with, nor
// one that the window has room for.
func TestProbeHasABarForEachPokeMade(t *testing.T) {
	for _, test := range []struct {
		name      string
		probe     event.Probe
		card      view.Bars
		sum       string
		good, bad string
	}{
		{"none", event.Probe{Happy: 0b11, Good: 2, Window: 8, Threshold: 3}, view.Bars{}, "2 of the last 8 good, 3 needed; 0 made so far", "", ""},
		{"a good one", event.Probe{Happy: 0b111, Good: 3, Window: 8, Threshold: 3, Made: 1, Response: "200"}, view.Bars{Good: "M126 4h2"}, "3 of the last 8 good, 3 needed; 1 made so far", "M317 0v20", ""},
		{"a bad one", event.Probe{Happy: 0b110, Good: 2, Window: 8, Threshold: 3, Made: 1, Response: "503"}, view.Bars{Bad: "M126 4h2"}, "2 of the last 8 good, 3 needed; 1 made so far", "", "M317 12v8"},
		{"a window", event.Probe{Happy: 0b1, Good: 1, Window: 2, Threshold: 1, Made: 2, Response: "200"}, view.Bars{Good: "M126 4h2", Bad: "M124 4h2"}, "1 of the last 2 good, 1 needed", "M317 0v20", "M312 12v8"},
		{"not counted", event.Probe{Happy: 0b1, Good: 1, Window: 2, Threshold: 1, Response: "200"}, view.Bars{Good: "M126 4h2", Bad: "M124 4h2"}, "1 of the last 2 good, 1 needed", "M317 0v20", "M312 12v8"},
	} {
		st := viewtest.Demo()
		st.ProbeStands(1, test.probe)
		m := build(st, view.Query{Select: "boot.a1"})
		if got := *cardOf(t, m, "a1").Bars; got != test.card {
			t.Errorf("%s: the card has %+v, want %+v", test.name, got, test.card)
		}
		p := sectionOf[*view.Probe](t, m)
		if p.Sum != test.sum || p.Good != test.good || p.Bad != test.bad {
			t.Errorf("%s: got %q, good %q, bad %q, want %q, %q, %q", test.name, p.Sum, p.Good, p.Bad, test.sum, test.good, test.bad)
		}
	}
}
