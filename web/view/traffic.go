package view

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// Traffic is the section of what a director does: now, in the last minute and in
// all.
type Traffic struct {
	ID     string
	Sparks []*Spark
	Totals *Totals // nil for a director that counts nothing itself
}

// A Spark is a number of now with its last minute as a picture.
type Spark struct {
	ID    string
	Kind  string // requests, failures or tasks
	Value string
	Unit  string // "/s", "of 20" or nothing
	Noun  string
	Path  string // of an SVG picture, see sparkPath
	Words string // what the picture says
}

// Totals are counts since the director was added.
type Totals struct {
	ID    string
	Pairs []Attr
}

func (t *Traffic) Key() string { return t.ID }
func (s *Spark) Key() string   { return s.ID }
func (t *Totals) Key() string  { return t.ID }

// Frame implements [Composite].
func (t *Traffic) Frame() any { return [2]any{t.ID, t.Totals == nil} }

// Parts implements [Composite]: what happens every second is sent every second,
// and a line that stays flat is not.
func (t *Traffic) Parts() []Region {
	parts := []Region{region(t.ID, t.Sparks, nil)}
	if t.Totals != nil {
		parts = append(parts, region(t.ID, []*Totals{t.Totals}, nil))
	}
	return parts
}

// Size of the picture of a Spark: a step is a second.
const (
	SparkWidth  = PastLength * sparkStep
	SparkHeight = 24
	sparkStep   = 2
)

// traffic says of a load balancer what passes through it: errors are counted
// where requests are answered, and its members may have those of others, too.
func (b *builder) traffic(d *tree.Director) Fragment {
	var past Past
	if b.m.past != nil {
		past = *b.m.past
	}
	t := &Traffic{ID: sectionID("traffic", d.ID)}
	requests := pastOf(past, func(s Sample) uint32 { return s.Requests })
	t.Sparks = append(t.Sparks, rateSpark("requests", d.ID, requests, "request", "requests"))
	t.Sparks = append(t.Sparks, flightSpark(d, pastOf(past, func(s Sample) uint32 { return s.Tasks })))
	if d.Leaf {
		failures := pastOf(past, func(s Sample) uint32 { return s.Failures })
		t.Sparks = append(t.Sparks, rateSpark("failures", d.ID, failures, "error", "errors"))
		t.Totals = totalsOf(d, past.Totals)
	}
	return t
}

// pastOf returns one of the numbers of each sample.
func pastOf(p Past, number func(Sample) uint32) []uint32 {
	list := make([]uint32, PastLength)
	for i, s := range p.Samples {
		list[i] = number(s)
	}
	return list
}

// recent is how many samples the rate of now is the mean of: a single second of
// little traffic says nothing.
const recent = 5

func rateSpark(kind string, id uint64, list []uint32, one, many string) *Spark {
	sum := 0.0
	for _, n := range list[len(list)-recent:] {
		sum += float64(n)
	}
	rate := sum / recent
	text := number(int64(math.Round(rate)))
	if rate > 0 && rate < 10 {
		text = strconv.FormatFloat(math.Round(rate*10)/10, 'g', -1, 64)
	}
	s := &Spark{ID: sectionID("spark-"+kind, id), Kind: kind, Value: text, Unit: "/s", Noun: many, Path: sparkPath(list)}
	top := highest(list)
	if top == 0 {
		s.Words = "no " + many + " in the last minute"
		return s
	}
	s.Words = fmt.Sprintf("about %s %s a second, at most %s in the last minute", text, either(text == "1", one, many), number(int64(top)))
	return s
}

func flightSpark(d *tree.Director, list []uint32) *Spark {
	s := &Spark{
		ID: sectionID("spark-tasks", d.ID), Kind: "tasks", Value: number(d.Tasks), Noun: "in flight", Path: sparkPath(list),
	}
	of := ""
	if limit := option(d, "max connections"); limit != "" {
		s.Unit, of = "of "+limit, " of "+limit
	}
	s.Words = fmt.Sprintf("%s%s in flight, at most %s in the last minute",
		number(d.Tasks), of, number(max(d.Tasks, int64(highest(list)))))
	return s
}

// option returns the value of an option, "" if the director has none of that name.
func option(d *tree.Director, name string) string {
	for _, o := range d.Options {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}

func highest(list []uint32) uint32 {
	top := uint32(0)
	for _, n := range list {
		top = max(top, n)
	}
	return top
}

// sparkPath draws an area as high as its highest value. What is not 0 is seen,
// and a run of one height is one step, so that a quiet minute is a few bytes.
func sparkPath(list []uint32) string {
	top := uint64(max(1, highest(list)))
	var b strings.Builder
	b.WriteString("M0 " + strconv.Itoa(SparkHeight))
	at, run := 0, 0
	flush := func() {
		if run > 0 {
			b.WriteString("h" + strconv.Itoa(run*sparkStep))
		}
		run = 0
	}
	for _, n := range list {
		height := int((uint64(n)*(SparkHeight-1) + top - 1) / top)
		if height != at {
			flush()
			b.WriteString("v" + strconv.Itoa(at-height))
			at = height
		}
		run++
	}
	flush()
	b.WriteString("V" + strconv.Itoa(SparkHeight))
	return b.String()
}

// totalsOf lists what was counted; without a backend's own counters, what the
// tree knows.
func totalsOf(d *tree.Director, list []Total) *Totals {
	t := &Totals{ID: sectionID("totals", d.ID)}
	if list == nil {
		list = []Total{{Name: "requests", Count: d.Requests}, {Name: "errors", Count: d.Failures}}
	}
	for _, total := range withRetried(list, d.Retried) {
		text := number(int64(total.Count))
		if total.Bytes {
			text = size(total.Count)
		}
		t.Pairs = append(t.Pairs, Attr{total.Name, text})
	}
	return t
}

// withRetried adds the requests that went to another backend, before the bytes.
func withRetried(list []Total, retried uint64) []Total {
	if retried == 0 {
		return list
	}
	at := slices.IndexFunc(list, func(t Total) bool { return t.Bytes })
	if at < 0 {
		at = len(list)
	}
	return slices.Insert(slices.Clone(list), at, Total{Name: "went to another", Count: retried})
}

// size prints bytes in the largest unit of which there is at least one.
func size(n uint64) string {
	const step = 1000
	if n < step {
		return strconv.FormatUint(n, 10) + " B"
	}
	f, units := float64(n)/step, "kMGTPE"
	for f >= step && len(units) > 1 {
		f, units = f/step, units[1:]
	}
	return fmt.Sprintf("%.3g %cB", f, units[0])
}
