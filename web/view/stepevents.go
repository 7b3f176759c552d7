package view

import "github.com/callboard/callboard/director/event"

// stepSentence says what step mode holds, or has let go on.
func (b *builder) stepSentence(e event.Event) []Part {
	switch {
	case e.Kind == event.StepMode && e.Stepping != nil && e.Stepping.On:
		return []Part{{Text: "Step mode was switched on"}}
	case e.Kind == event.StepMode:
		return []Part{{Text: "Step mode was switched off"}}
	case e.Step == nil:
		return b.say(e, " "+string(e.Kind))
	case e.Kind == event.StepTaken:
		return b.say(e, " goes on: "+beforeWord(e.Step.Before))
	case e.Step.Last == nil:
		return b.say(e, " is held before "+beforeWord(e.Step.Before))
	}
	return append(b.say(e, " is held before "+beforeWord(e.Step.Before)+" · "), b.holderPart(*e.Step.Last))
}

// beforeWord says in a few words what a director is held before.
func beforeWord(before event.Before) string {
	switch before {
	case event.BeforeLastDrop:
		return "the drop of the last reference"
	case event.BeforeDestroy:
		return "destroy"
	}
	return string(before)
}
