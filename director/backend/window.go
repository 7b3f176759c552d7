package backend

import (
	"math/bits"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A stageMap names one of the eight maps of a window, in the order of PROBE-3.
type stageMap int

const (
	mapGoodIPv4 stageMap = iota
	mapGoodIPv6
	mapGoodUnix
	mapErrXmit
	mapGoodXmit
	mapErrRecv
	mapGoodRecv
	mapHappy
	mapCount
)

// mapLetters stand for the maps in a log record.
const mapLetters = "46UxXrRH"

// A window is the history of a probe. It is pure: pokes go in, health comes out.
type window struct {
	size, threshold, initial int

	maps    [mapCount]uint64 // the newest poke in bit 0
	made    int              // since the last reset, at most maxWindow
	good    int
	sick    bool
	went    bool // the newest update changed sick
	changed time.Time
	rate    float64
	last    time.Duration
	average float64 // seconds
	text    string  // of the newest answer, as Varnish has it
	words   string  // the same for people
	answers []event.ProbeAnswer
}

// keptAnswers is how many answers are told with their time and words.
const keptAnswers = 8

// newWindow returns the history of a fresh backend, which is not sick until the
// first update says so (PROBE-10).
func newWindow(c *ProbeConfig, now time.Time) window {
	w := window{size: c.Window, threshold: c.Threshold, initial: c.initial()}
	w.reset(now)
	return w
}

// A poke is the outcome of one probe request.
type poke struct {
	marks [mapCount]bool
	took  time.Duration // until all was received; 0 if it was not
	// text is the first line of the answer, or what went wrong.
	text string
	// note is what Varnish does not say.
	note string
}

// words are the text for people, with the note.
func (p *poke) words() string {
	if p.note == "" {
		return p.text
	}
	return p.text + ": " + p.note
}

func (p *poke) mark(m stageMap) { p.marks[m] = true }

// averagePokes is the number of pokes over which response times are averaged.
const averagePokes = 4

// add records a poke (PROBE-4) and draws the conclusion.
func (w *window) add(p poke, now time.Time) {
	for m := range w.maps {
		w.maps[m] <<= 1
		if p.marks[m] {
			w.maps[m] |= 1
		}
	}
	w.made = min(w.made+1, maxWindow)
	w.last, w.text, w.words = p.took, p.text, p.words()
	w.keep(p, now)
	if p.marks[mapHappy] {
		w.rate = min(w.rate+1, averagePokes)
		w.average += (w.last.Seconds() - w.average) / w.rate
	}
	w.update(now)
}

// keep makes a new list, since reports have the old one. Most servers say the
// same each time: their words are kept once.
func (w *window) keep(p poke, now time.Time) {
	if len(w.answers) > 0 && w.answers[0].Response == w.words {
		w.words = w.answers[0].Response
	}
	list := make([]event.ProbeAnswer, 0, keptAnswers)
	list = append(list, event.ProbeAnswer{
		Time: now.UTC(), Good: p.marks[mapHappy], Seconds: p.took.Seconds(), Response: w.words,
	})
	w.answers = append(list, w.answers[:min(len(w.answers), keptAnswers-1)]...)
}

// reset forgets all pokes and credits the backend with the initial ones, so that
// one that goes cold and warm again returns to its initial health (PROBE-11).
func (w *window) reset(now time.Time) {
	w.maps = [mapCount]uint64{mapHappy: 1<<uint(w.initial) - 1}
	// The credited pokes count as answers that took no time: vbp_reset makes
	// them go through the same steps as real ones.
	w.rate = min(float64(w.initial), averagePokes)
	w.average, w.last, w.text, w.words = 0, 0, "", ""
	w.answers, w.made = []event.ProbeAnswer{}, 0
	w.update(now)
}

// update recomputes health. There is no memory beyond the window: Varnish has no
// hysteresis either (PROBE-5).
func (w *window) update(now time.Time) {
	w.good = bits.OnesCount64(w.maps[mapHappy] << (maxWindow - w.size))
	sick := w.good < w.threshold
	w.went = sick != w.sick
	if w.went {
		w.sick, w.changed = sick, now
	}
}

// report returns what the tree shows.
func (w *window) report() event.Probe {
	return event.Probe{
		Happy: event.Bits(w.maps[mapHappy]), Good: w.good, Window: w.size, Threshold: w.threshold, Made: w.made,
		Last: w.last.Seconds(), Average: w.average, Response: w.words,
		Answers: w.answers,
	}
}
