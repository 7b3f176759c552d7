package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director/event"
)

// A Part is a piece of a sentence, perhaps a name, perhaps with a link.
type Part struct {
	Text string
	Href string
	Name bool
}

// An EventRow is a line of the event list.
type EventRow struct {
	ID    string
	Seq   string
	Time  Moment
	Kind  string // as in the API
	Tone  string // good, bad, end or empty
	Parts []Part
	// Others is how many directors it is about besides the first.
	Others int
}

func (e *EventRow) Key() string { return e.ID }

// events lists the newest ones, newest first: those that are new, then those
// that the model before has.
func (b *builder) events(events []event.Event, prev *Model) {
	after := uint64(0)
	var old []*EventRow
	if prev != nil && !b.renamed {
		after, old = prev.Seq, prev.Events
	}
	for _, e := range slices.Backward(events) {
		if e.Seq <= after || len(b.m.Events) == MaxEvents {
			break
		}
		b.m.Events = append(b.m.Events, b.eventRow("event-", e))
	}
	if len(b.m.Events) == 0 {
		b.m.Events = old
		return
	}
	b.m.Events = append(b.m.Events, old[:min(len(old), MaxEvents-len(b.m.Events))]...)
}

func (b *builder) eventRow(prefix string, e event.Event) *EventRow {
	row := &EventRow{
		ID: prefix + hash(e.Seq)[1:], Seq: hash(e.Seq), Time: moment(e.Time),
		Kind: string(e.Kind), Tone: tone(e), Parts: b.sentence(e),
	}
	if e.Kind == event.DirectorReleased && e.Life != nil {
		row.Others = len(e.Life.Released)
	}
	return row
}

func tone(e event.Event) string {
	switch e.Kind {
	case event.DirectorHealth, event.DirectorAdminHealth:
		if e.Health != nil && e.Health.Healthy {
			return "good"
		}
		return "bad"
	case event.DirectorLeaked, event.DirectorError:
		return "bad"
	case event.DirectorDeleted, event.DirectorReleased, event.DirectorDestroyed:
		return "end"
	case event.DirectorEvent:
		if e.Life != nil && (e.Life.Event == "COLD" || e.Life.Event == "DISCARD") {
			return "end"
		}
	}
	return ""
}

// sentence says what happened, as one would tell a colleague.
func (b *builder) sentence(e event.Event) []Part {
	switch e.Kind {
	case event.VCLAdded, event.VCLTemperature, event.VCLActive, event.VCLDiscarded:
		return b.vclSentence(e)
	case event.RefAssigned:
		if e.Assigned != nil {
			return b.assignedSentence(*e.Assigned)
		}
	case event.DirectorHealth, event.DirectorAdminHealth:
		if e.Health != nil {
			return b.healthSentence(e)
		}
	case event.DirectorAdded:
		if e.Added != nil {
			return b.say(e, " was added · "+kindWord(e.Added.Type))
		}
	case event.StepMode, event.StepHeld, event.StepTaken:
		return b.stepSentence(e)
	}
	return b.lifeSentence(e)
}

// say is a sentence about the director of the event.
func (b *builder) say(e event.Event, text string) []Part {
	return []Part{b.link(e.ID, e.Director), {Text: text}}
}

func (b *builder) vclSentence(e event.Event) []Part {
	name := Part{Text: e.VCL, Name: true}
	text := " was discarded"
	switch {
	case e.Kind == event.VCLActive:
		text = " is active now"
	case e.Temperature == nil:
	case e.Kind == event.VCLAdded:
		text = " was loaded · " + e.Temperature.Temperature
	case e.Kind == event.VCLTemperature:
		text = fmt.Sprintf(" went %s → %s", e.Temperature.Previous, e.Temperature.Temperature)
	}
	return []Part{{Text: "VCL "}, name, {Text: text}}
}

func (b *builder) assignedSentence(a event.Assigned) []Part {
	holder := b.holderPart(a.Holder)
	from, to := b.link(a.FromID, a.From), b.link(a.ToID, a.To)
	drop := fmt.Sprintf("%d → %d", a.RefcountFrom+1, a.RefcountFrom)
	take := fmt.Sprintf("%d → %d", a.RefcountTo-1, a.RefcountTo)
	switch {
	case a.FromID == a.ToID:
		return []Part{holder, {Text: " weighs "}, to, {Text: " at " + weight(a.Weight)}}
	case a.FromID == 0:
		return []Part{holder, {Text: " took hold of "}, to, {Text: " · refs " + take}}
	case a.ToID == 0:
		return []Part{holder, {Text: " let go of "}, from, {Text: " · refs " + drop}}
	}
	return []Part{
		holder, {Text: " moved from "}, from, {Text: " to "}, to,
		{Text: fmt.Sprintf(" · refs %s %s, %s %s", a.From, drop, a.To, take)},
	}
}

// holderPart names the place that a reference is held from.
func (b *builder) holderPart(h event.Holder) Part {
	switch h.Kind {
	case event.HolderMember:
		return b.link(h.ID, h.Name)
	case event.HolderPin:
		if h.Name == "" {
			return Part{Text: fmt.Sprintf("pin %d", h.ID)}
		}
		return Part{Text: "pin “" + h.Name + "”"}
	case event.HolderDefault:
		return Part{Text: "the default of " + h.Name}
	case event.HolderTask:
		return Part{Text: "a request"}
	}
	return Part{Text: "the owner"}
}

func (b *builder) healthSentence(e event.Event) []Part {
	state := "sick"
	if e.Health.Healthy {
		state = "healthy"
	}
	if e.Kind == event.DirectorHealth {
		text := " became " + state
		if e.Health.Reason != "" {
			text += " · " + e.Health.Reason
		}
		return b.say(e, text)
	}
	if e.Health.Admin == "auto" {
		return b.say(e, " decides its health itself again · "+state)
	}
	return b.say(e, " was set to "+e.Health.Admin+" by hand")
}

func (b *builder) lifeSentence(e event.Event) []Part {
	var life event.Life
	if e.Life != nil {
		life = *e.Life
	}
	switch e.Kind {
	case event.DirectorDeleted:
		return b.say(e, " was deleted")
	case event.DirectorReleased:
		text := " was released"
		if len(life.Released) > 0 {
			text += ": it let go of " + listed(life.Released)
		}
		return b.say(e, fmt.Sprintf("%s · refs %d", text, life.Refcount))
	case event.DirectorEvent:
		if life.Event == "SICK" {
			// Told whenever health changes, whatever to: the name is Varnish's.
			return b.say(e, " was told that its health changed · SICK")
		}
		return b.say(e, " was told "+life.Event)
	case event.DirectorDestroyed:
		return b.say(e, " was destroyed")
	case event.DirectorLeaked:
		return b.say(e, " kept what release should have let go of: "+listed(life.Left))
	case event.DirectorError:
		return b.say(e, fmt.Sprintf(" failed in %s: %s", life.Callback, life.Error))
	}
	return b.say(e, " "+string(e.Kind))
}

// maxNamed is how many names a sentence has.
const maxNamed = 12

// listed names directors, as many as one wants to read.
func listed(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return strings.Join(names[:maxNamed], ", ") + " and " + number(int64(more)) + " more"
	}
	return strings.Join(names, ", ")
}
