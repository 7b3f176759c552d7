package list

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// jsonText builds the JSON of Varnish's CLI, which is written by hand there: two
// spaces for each level, floats with a fixed number of digits.
type jsonText struct {
	bytes.Buffer
}

// begin opens an answer (vcli_serve.c, VCLI_JSON_begin): the version of its
// format, the words of the command, the time.
func (j *jsonText) begin(version int, argv []string, now time.Time) {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = quote(word)
	}
	fmt.Fprintf(j, "[ %d, [%s], %s", version, strings.Join(words, ", "), seconds(now))
}

func (j *jsonText) end() { j.WriteString("\n]\n") }

// object writes an object whose brace stands at an indentation. One without
// fields has a line of spaces, since Varnish indents what it does not write.
func (j *jsonText) object(fields director.Fields, indent int) {
	inner := strings.Repeat(" ", indent+2)
	j.WriteString("{\n" + inner)
	for i, f := range fields {
		if i > 0 {
			j.WriteString(",\n" + inner)
		}
		j.WriteString(quote(f.Name) + ": ")
		if object, ok := f.Value.(director.Fields); ok {
			j.object(object, indent+2)
		} else {
			j.WriteString(value(f.Value))
		}
	}
	j.WriteString("\n" + inner[2:] + "}")
}

// raw is a value that is written as it is.
type raw string

func value(v any) string {
	switch v := v.(type) {
	case raw:
		return string(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "null" // JSON has no word for it
		}
		return fmt.Sprintf("%f", v)
	case time.Duration:
		return fmt.Sprintf("%.3f", v.Seconds())
	case string:
		return quote(v)
	}
	return fmt.Sprint(v)
}

// seconds returns a time as Varnish writes it, and 0 for none.
func seconds(t time.Time) string {
	if t.IsZero() {
		return "0.000"
	}
	return fmt.Sprintf("%.3f", float64(t.UnixMicro())/1e6)
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}
