package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// Try is the section that sends requests through a director. What is answered is
// put into it by the browser, so nothing else in it may change.
type Try struct {
	ID    string
	Form  Form
	Shown string // the ID of where the answer goes
}

func (t *Try) Key() string { return t.ID }

func (b *builder) try(d *tree.Director) Fragment {
	return &Try{
		ID: sectionID("try", d.ID), Shown: sectionID("tried", d.ID),
		Form: b.form("try", "", "/directors/"+atID(d.ID)+"/try"),
	}
}

// Tried is the answer of a trial.
type Tried struct {
	Sum  string
	Bad  bool
	Note string // how long it took, which statuses came; "" if Sum says it all
	// Way is that of the only request, nil where there were several.
	Way    []Part
	Shares []Share
	Errors []TriedError
	First  []TriedRequest // where there were several
}

// A Share is how much of a trial had its way to one leaf.
type Share struct {
	Part           Part
	Count, Percent string
	Bar            string // a path, 100 wide
}

// A TriedError is an error, with how often it came.
type TriedError struct{ Count, Message string }

// A TriedRequest is one of several requests.
type TriedRequest struct {
	Way           []Part
	Outcome, Took string
	Bad           bool
}

// ProbeTried is the answer to a probe that was tried.
type ProbeTried struct {
	Good bool
	Text string
}

// Way puts arrows between the directors that a request came past.
func Way(directors []Part) []Part {
	var way []Part
	for i, d := range directors {
		if i > 0 {
			way = append(way, Part{Text: " → "})
		}
		way = append(way, d)
	}
	return way
}

// NewShare is the share of count in a trial.
func NewShare(part Part, count int, share float64) Share {
	return Share{
		Part: part, Count: number(int64(count)), Percent: strconv.FormatFloat(100*share, 'f', 1, 64) + " %",
		Bar: "M0 4h" + strconv.FormatFloat(100*share, 'f', 2, 64),
	}
}

// Took prints a duration given in milliseconds.
func Took(ms float64) string {
	switch {
	case ms < 1:
		return strconv.FormatFloat(ms, 'f', 2, 64) + " ms"
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	case ms < 10_000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
}

// TriedOnce says what became of the only request: leaf is "" where no way led to
// one, status 0 where no answer came.
func TriedOnce(leaf string, status int, ms float64, problem string) string {
	switch {
	case leaf == "":
		return "No way to a backend"
	case problem != "":
		return leaf + " did not answer"
	case status == 0:
		return "The way leads to " + leaf
	}
	return fmt.Sprintf("%s answered: %d in %s", leaf, status, Took(ms))
}

// TriedOften says how many requests were made, and in what time.
func TriedOften(made, leftOut, failed int, ms float64, dry bool) string {
	text := count(made, "request")
	if dry {
		text = count(made, "way") + " looked for"
	}
	text += " in " + Took(ms)
	if failed > 0 {
		text += ", " + number(int64(failed)) + " failed"
	}
	if leftOut > 0 {
		text += "; time was up before " + number(int64(leftOut)) + " more"
	}
	return text
}

// TriedNote says how the times and statuses of several requests were.
func TriedNote(p50, p99 float64, statuses []string) string {
	text := "Half within " + Took(p50) + ", 99 % within " + Took(p99)
	if len(statuses) > 0 {
		text += " · status " + strings.Join(statuses, ", ")
	}
	return text
}

// TriedAgain says how many of several requests another leaf had failed before, ""
// if none.
func TriedAgain(retried int) string {
	if retried == 0 {
		return ""
	}
	return " · " + number(int64(retried)) + " went to another backend when one had failed"
}

// TriedAfter says which leaves had failed the only request before, "" if none.
func TriedAfter(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, " and ") + " had failed before"
}

// ProbeWords says what came of trying a probe.
func ProbeWords(good bool, status int, ms float64, reason string) string {
	switch {
	case good:
		return fmt.Sprintf("Good: %d in %s", status, Took(ms))
	case status != 0:
		return fmt.Sprintf("Not good: %s, in %s", reason, Took(ms))
	}
	return "Not good: " + reason
}
