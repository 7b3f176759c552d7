package web

import (
	"strconv"
	"strings"

	"github.com/callboard/callboard/web/view"
)

// A timelineMark is a shape around 0,0 that says what an event was. No two of
// them have the same outline, so that none needs its colour to be told apart.
type timelineMark struct {
	Name, Title string
	// Draw is fill, hollow or line.
	Draw, Path string
}

const (
	markSquare  = "M-4.5-4.5h9v9h-9Z"
	markDiamond = "M0-6 6 0 0 6-6 0Z"
)

// timelineMarks lists them in the order of the legend.
var timelineMarks = []timelineMark{
	{"added", "added", "line", "M0-5V5M-5 0H5"},
	{"gained", "gained a reference; the number is the count after it", "fill", "M0-5.5 5 3.5H-5Z"},
	{"dropped", "a reference to it was dropped", "hollow", "M0 5.5 5-3.5H-5Z"},
	{"slot", "a slot of its own was set or emptied", "hollow", "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0Z"},
	{"weight", "the weight of a slot changed", "line", "M-4-2.5H4M-4 2.5H4"},
	{"healthy", "became healthy", "fill", "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z"},
	{"sick", "became sick", "line", "M-4-4 4 4M4-4-4 4"},
	{"admin-healthy", "healthy by hand, or left to itself and healthy", "hollow", markDiamond},
	{"admin-sick", "sick by hand, or left to itself and sick", "fill", markDiamond},
	{"deleted", "deleted", "hollow", markSquare},
	{"released", "released: it let go of all that it held", "hollow", markSquare + "M-4.5 4.5 4.5-4.5"},
	{"told", "told WARM, COLD, DISCARD or SICK", "line", "M0-5.5V5.5M-4.8-2.8 4.8 2.8M-4.8 2.8 4.8-2.8"},
	{"destroyed", "destroyed", "fill", markSquare},
	{"alarm", "leaked, or failed", "line", "M0-6V1.5M0 4V5.5"},
	{"held", "held by step mode", "line", "M-2.5-5V5M2.5-5V5"},
	{"taken", "let go on by step mode", "fill", "M-3.5-5 5 0-3.5 5Z"},
	{"vcl", "a change of the VCL", "hollow", "M-5.5 0-2.8-5H2.8L5.5 0 2.8 5H-2.8Z"},
}

func markNamed(name string) timelineMark {
	for _, m := range timelineMarks {
		if m.Name == name {
			return m
		}
	}
	return timelineMark{Name: name, Draw: "line"}
}

// markPlace is the transform that puts a mark into its column.
func markPlace(t *view.Tick) string { return "translate(" + itoa(t.X) + " 14)" }

// laneHeight is that of the drawing of a lane.
func laneHeight() string { return itoa(view.LaneHeight) }

// laneWord says what stands beside the name of a lane.
func laneWord(l *view.Lane) string {
	switch {
	case l.Kind == "vcl":
		return "VCL"
	case l.Kind == "instance":
		return "instance"
	}
	return l.Phase
}

// numbers prints a list for a data attribute.
func numbers(list []uint64) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(seqText(n))
	}
	return b.String()
}

func seqText(n uint64) string { return strconv.FormatUint(n, 10) }

func boolWord(on bool) string { return strconv.FormatBool(on) }
