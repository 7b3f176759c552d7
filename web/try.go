package web

import (
	"github.com/callboard/callboard/static"
	"github.com/callboard/callboard/web/view"
)

// An AnswerData is what was asked by a form that changes nothing: one of its
// last two fields is set.
type AnswerData struct {
	Root, Title, Back string
	Tried             *view.Tried
	Probe             *view.ProbeTried
}

func showSheet() string { return static.URL("css/show.css") }

// tone is how an outcome is coloured, beside what it says.
func tone(bad bool) string {
	if bad {
		return "bad"
	}
	return "good"
}
