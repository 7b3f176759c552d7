package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
)

// The groups of kinds that a time line can be narrowed to.
const (
	GroupReferences = "references"
	GroupHealth     = "health"
	GroupLife       = "life"
	GroupVCL        = "vcl"
)

// A KindToggle shows or hides the events of one group.
type KindToggle struct {
	Name, Title string
	On          bool
	// Value is what kind is when it has been pressed.
	Value string
}

// KindGroups are the groups, in the order in which they are offered.
func KindGroups() []string { return []string{GroupReferences, GroupHealth, GroupLife, GroupVCL} }

var groupTitles = map[string]string{
	GroupReferences: "References", GroupHealth: "Health", GroupLife: "Life cycle", GroupVCL: "VCL",
}

// kindGroup is the group that a kind of event belongs to.
func kindGroup(kind event.Kind) string {
	switch kind {
	case event.RefAssigned:
		return GroupReferences
	case event.DirectorHealth, event.DirectorAdminHealth:
		return GroupHealth
	case event.VCLAdded, event.VCLTemperature, event.VCLActive, event.VCLLabel, event.VCLDiscarded, event.StepMode:
		return GroupVCL
	}
	return GroupLife
}

// KindsOf lists the kinds of the groups, as the API names them; none for all.
func KindsOf(groups []string) []string {
	var kinds []string
	for _, kind := range event.Kinds() {
		if slices.Contains(groups, kindGroup(kind)) {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

func kindToggles(q TimelineQuery) []KindToggle {
	shown := q.Kinds
	if len(shown) == 0 {
		shown = KindGroups()
	}
	var toggles []KindToggle
	for _, name := range KindGroups() {
		t := KindToggle{Name: name, Title: groupTitles[name], On: slices.Contains(shown, name)}
		var after []string
		for _, other := range KindGroups() {
			if slices.Contains(shown, other) != (other == name) {
				after = append(after, other)
			}
		}
		// All and none are both said by saying nothing: one cannot look at no events.
		if len(after) < len(KindGroups()) {
			t.Value = strings.Join(after, ",")
		}
		toggles = append(toggles, t)
	}
	return toggles
}

// Values are the parameters that lead to the time line.
func (q TimelineQuery) Values() url.Values {
	values := q.View.Values()
	set := func(name, value string) {
		if value != "" && value != "0" {
			values.Set(name, value)
		}
	}
	set("kind", strings.Join(q.Kinds, ","))
	set("before", strconv.FormatUint(q.Before, 10))
	set("event", strconv.FormatUint(q.Event, 10))
	if q.Span != UsualSpan {
		set("span", strconv.Itoa(q.Span))
	}
	return values
}

// Hidden are the parameters that stay when the kinds change.
func (q TimelineQuery) Hidden() []Attr {
	values := q.Values()
	values.Del("kind")
	var fields []Attr
	for name := range values {
		fields = append(fields, Attr{name, values.Get(name)})
	}
	slices.SortFunc(fields, func(a, b Attr) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// with is a link to the time line with another number for one parameter, 0 to
// leave it out.
func (q TimelineQuery) with(name string, n uint64) string {
	values := q.Values()
	values.Del(name)
	if n > 0 {
		values.Set(name, strconv.FormatUint(n, 10))
	}
	return "timeline?" + values.Encode()
}
