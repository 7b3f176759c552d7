package list

import (
	"io"
	"strconv"
	"time"

	"github.com/callboard/callboard/director"
)

// WriteVCLs lists VCLs and labels: Varnish's vcl.list.
func WriteVCLs(w io.Writer, rt *director.Runtime, asJSON bool) error {
	argv := []string{"vcl.list"}
	if asJSON {
		argv = append(argv, "-j")
	}
	_, err := w.Write(vcls(rt, asJSON, argv))
	return err
}

func vcls(rt *director.Runtime, asJSON bool, argv []string) []byte {
	if asJSON {
		return vclsJSON(rt, argv)
	}
	const busy = 3 // its column
	var t table
	for _, v := range rt.ListVCLs() {
		cells := []string{
			statusWord(&v), string(v.State), string(v.Temperature), strconv.FormatInt(v.Busy, 10), v.Name,
		}
		if n := len(v.Labels); n > 0 {
			cells = append(cells, "<-", "("+plural(n, "label")+")")
		}
		t.row(cells...)
		for _, label := range v.Labels {
			t.row("available", "label", string(director.Warm), "0", label, "->", v.Name)
		}
	}
	if len(t.lines) > 0 {
		t.alignRight(busy)
	}
	return t.bytes()
}

// statusWord says what the VCL is there for.
func statusWord(v *director.VCLStatus) string {
	switch {
	case v.Active:
		return "active"
	case v.Discarded:
		return "discarded"
	}
	return "available"
}

func vclsJSON(rt *director.Runtime, argv []string) []byte {
	var j jsonText
	j.begin(2, argv, time.Now())
	for _, v := range rt.ListVCLs() {
		fields := vclFields(statusWord(&v), string(v.State), string(v.Temperature), v.Busy, v.Name)
		if n := len(v.Labels); n > 0 {
			fields = append(fields, director.Field{Name: "labels", Value: n})
		}
		j.vcl(fields)
		for _, label := range v.Labels {
			fields := vclFields("available", "label", string(director.Warm), 0, label)
			// The brace is where Varnish puts it.
			target := raw("{\n      \"name\": " + quote(v.Name) + "\n      }")
			j.vcl(append(fields, director.Field{Name: "label", Value: target}))
		}
	}
	j.end()
	return j.Bytes()
}

func vclFields(status, state, temperature string, busy int64, name string) director.Fields {
	return director.Fields{
		{Name: "status", Value: status}, {Name: "state", Value: state}, {Name: "temperature", Value: temperature},
		{Name: "busy", Value: busy}, {Name: "name", Value: name},
	}
}

// vcl writes an object as vcl.list does: the closing brace is not indented.
func (j *jsonText) vcl(fields director.Fields) {
	j.WriteString(",\n  ")
	j.object(fields, 2)
	j.Truncate(j.Len() - len("  }"))
	j.WriteString("}")
}
