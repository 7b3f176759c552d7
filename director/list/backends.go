package list

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
)

// Options say what to list, and how. The zero value is a table of the active
// VCL's directors.
type Options struct {
	// Pattern is as in [director.Runtime.MatchDirectors].
	Pattern string
	// Probe adds what the types have to show: members, probes.
	Probe bool
	// JSON is the format for programs.
	JSON bool
}

// ContentType is that of what [Write] writes.
func (o Options) ContentType() string {
	if o.JSON {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// argv returns the command that has these options.
func (o Options) argv() []string {
	argv := []string{"backend.list"}
	if o.JSON {
		argv = append(argv, "-j")
	}
	if o.Probe {
		argv = append(argv, "-p")
	}
	if o.Pattern != "" {
		argv = append(argv, o.Pattern)
	}
	return argv
}

// Write lists directors: Varnish's backend.list.
func Write(w io.Writer, rt *director.Runtime, o Options) error {
	_, err := w.Write(backends(rt, o, o.argv()))
	return err
}

// backends answers the command argv.
func backends(rt *director.Runtime, o Options, argv []string) []byte {
	if o.JSON {
		return backendsJSON(rt, o, argv)
	}
	var t table
	t.row("Backend name", "Admin", "Probe", "Health", "Last change")
	for _, r := range rows(rt, o) {
		t.row(r.known.FullName(), r.admin(),
			fmt.Sprintf("%d/%d", r.Good, r.Total), healthWord(r.Healthy),
			r.known.Changed.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		r.details(&t)
	}
	return t.bytes()
}

func backendsJSON(rt *director.Runtime, o Options, argv []string) []byte {
	all := director.Fields{}
	for _, r := range rows(rt, o) {
		all = append(all, director.Field{Name: r.known.FullName(), Value: r.fields()})
	}
	var j jsonText
	j.begin(3, argv, time.Now())
	j.WriteString(",\n  ")
	j.object(all, 2)
	j.end()
	return j.Bytes()
}

// A row is what is listed of a director.
type row struct {
	known *tree.Director
	// decides reports whether anything but the operator decides its health.
	decides bool
	director.Listing
}

// rows returns a row for each director that the pattern means and that was not
// deleted (CLI-8). Each row is true at a moment of its own: nothing is locked.
func rows(rt *director.Runtime, o Options) []row {
	var all []row
	for _, d := range rt.MatchDirectors(o.Pattern) {
		listing, ok := d.List(o.Probe)
		known, exists := rt.Tree().Director(d.ID())
		if !exists || known.Steps.Deleted.Taken() {
			continue
		}
		r := row{known: known, decides: d.DecidesHealth(), Listing: listing}
		if !ok {
			// Without a list, health is all there is to show (CLI-7).
			r.Listing = director.Listing{Healthy: !r.decides || known.Healthy}
		}
		if !o.Probe {
			r.Table, r.Lines, r.Details, r.Beside = nil, nil, nil, nil
		}
		all = append(all, r)
	}
	return all
}

// admin returns who decides the health (CLI-6).
func (r *row) admin() string {
	switch {
	case r.known.Admin != string(director.AdminAuto):
		return r.known.Admin
	case r.decides:
		return "probe"
	}
	return "healthy"
}

// details adds the lines below the row (CLI-9).
func (r *row) details(t *table) {
	switch {
	case r.Table != nil:
		t.row("")
		for _, cells := range r.Table {
			t.row(cells...)
		}
	case r.Lines != nil:
		for _, line := range r.Lines {
			t.verbatim(line)
		}
	default:
		return
	}
	t.row("")
}

func (r *row) fields() director.Fields {
	fields := director.Fields{
		{Name: "type", Value: r.known.Type},
		{Name: "admin_health", Value: r.admin()},
		{Name: "probe_message", Value: raw(fmt.Sprintf("[%d, %d, %q]", r.Good, r.Total, healthWord(r.Healthy)))},
	}
	switch {
	case r.Details == nil:
	case len(r.Details) == 0:
		fields = append(fields, director.Field{Name: "probe_details", Value: raw("{}")})
	default:
		fields = append(fields, director.Field{Name: "probe_details", Value: r.Details})
	}
	fields = append(fields, r.Beside...)
	return append(fields, director.Field{Name: "last_change", Value: raw(seconds(r.known.Changed))})
}

func healthWord(healthy bool) string {
	if healthy {
		return "healthy"
	}
	return "sick"
}

// plural returns "1 label" or "2 labels".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
