package backend

import (
	"math/bits"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A window is the history of a probe: for each of the newest 64 pokes, whether
// it was good. It is pure: pokes go in, health comes out (PROBE-3 to PROBE-5).
type window struct {
	size, threshold int

	happy   uint64 // newest poke in bit 0
	rate    float64
	last    time.Duration
	average float64 // seconds
	text    string  // of the newest answer
}

// newWindow returns a history that is credited with initial good pokes.
func newWindow(c ProbeConfig) window {
	initial := c.Threshold - 1
	if c.Initial != nil {
		initial = min(*c.Initial, c.Threshold)
	}
	return window{
		size: c.Window, threshold: c.Threshold,
		happy: 1<<uint(initial) - 1,
	}
}

// A poke is the outcome of one probe request.
type poke struct {
	happy bool
	took  time.Duration
	// text is the first line of the answer, or what went wrong.
	text string
}

// averagePokes is the number of pokes over which response times are averaged.
const averagePokes = 4

func (w *window) add(p poke) {
	w.happy <<= 1
	w.text = p.text
	w.last = 0
	if p.happy {
		w.happy |= 1
		w.last = p.took
		w.rate = min(w.rate+1, averagePokes)
		w.average += (p.took.Seconds() - w.average) / w.rate
	}
}

// good counts the good pokes of the window.
func (w *window) good() int {
	return bits.OnesCount64(w.happy << (64 - w.size))
}

// healthy reports whether enough of the window was good. There is no memory
// beyond the window: Varnish has no hysteresis either.
func (w *window) healthy() bool { return w.good() >= w.threshold }

func (w *window) report() event.Probe {
	return event.Probe{
		Happy: w.happy, Good: w.good(), Window: w.size, Threshold: w.threshold,
		Last: w.last.Seconds(), Average: w.average, Response: w.text,
	}
}
