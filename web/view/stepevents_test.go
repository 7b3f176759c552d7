package view

import (
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

func TestStepsReadLikeSentences(t *testing.T) {
	b := &builder{s: tree.New("main", "e")}
	about := func(kind event.Kind, before event.Before, last *event.Holder) event.Event {
		return event.Event{Kind: kind, VCL: "boot", Director: "a", ID: 1, Step: &event.Step{Before: before, Last: last}}
	}
	for want, e := range map[string]event.Event{
		"Step mode was switched on":  {Kind: event.StepMode, Stepping: &event.Stepping{On: true}},
		"Step mode was switched off": {Kind: event.StepMode, Stepping: &event.Stepping{}},
		"a is held before release":   about(event.StepHeld, event.BeforeRelease, nil),
		"a goes on: release":         about(event.StepTaken, event.BeforeRelease, nil),
		"a is held before the drop of the last reference · a request": about(
			event.StepHeld, event.BeforeLastDrop, &event.Holder{Kind: event.HolderTask}),
		"a is held before destroy": about(event.StepHeld, event.BeforeDestroy, nil),
	} {
		var got strings.Builder
		for _, part := range b.sentence(e) {
			got.WriteString(part.Text)
		}
		if got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
	}
}
