package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// A Filter says which directors are meant: those for which all its terms hold.
// The zero Filter means all.
type Filter struct{ terms []term }

// A term is one word of a filter.
type term struct {
	not  bool
	test func(*tree.Director) bool
}

// A FilterError lists the words of a filter that cannot be understood.
type FilterError struct{ Words []WordError }

// A WordError is one such word, and what could stand there.
type WordError struct{ Word, Problem string }

func (e *FilterError) Error() string {
	parts := make([]string, len(e.Words))
	for i, w := range e.Words {
		parts[i] = "“" + w.Word + "”: " + w.Problem
	}
	return strings.Join(parts, "; ")
}

// ParseFilter reads a filter: words between spaces, all of which have to hold,
// "…" around what has spaces, a - before what must not hold.
//
//	web sick            the words occur in the full name, the type or the state
//	name:a1  name~a     the name is a1, has an a in it; likewise vcl and type
//	health:sick         healthy or sick; likewise phase (live, lingering) and
//	                    admin (auto, healthy, sick)
//	refs>2  members<=3  the count; likewise tasks
//
// Case does not matter, nor whether a type is written with - or _. The error is
// a *FilterError.
func ParseFilter(text string) (Filter, error) {
	var f Filter
	var problems []WordError
	for _, word := range filterWords(text) {
		t, problem := parseTerm(word)
		if problem != "" {
			problems = append(problems, WordError{word, problem})
			continue
		}
		f.terms = append(f.terms, t)
	}
	if len(problems) > 0 {
		return Filter{}, &FilterError{problems}
	}
	return f, nil
}

// Empty reports whether the filter means all directors.
func (f Filter) Empty() bool { return len(f.terms) == 0 }

// Matches reports whether the filter means the director.
func (f Filter) Matches(d *tree.Director) bool {
	for _, t := range f.terms {
		if t.test(d) == t.not {
			return false
		}
	}
	return true
}

// filterWords splits at spaces that are not between quotes, which it drops.
func filterWords(text string) []string {
	quoted := false
	words := strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted || r == '\t' || r == '\n'
	})
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, `"`, "")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

func parseTerm(word string) (term, string) {
	rest, not := strings.CutPrefix(word, "-")
	if rest == "" {
		return term{}, "a word has to follow the -"
	}
	at := strings.IndexAny(rest, ":~<>=")
	if at <= 0 {
		return term{not, plainWord(rest)}, ""
	}
	field, value := strings.ToLower(rest[:at]), rest[at:]
	operator := value[:1]
	if len(value) > 1 && value[1] == '=' && (operator == "<" || operator == ">") {
		operator = value[:2]
	}
	value = value[len(operator):]
	test, problem := fieldTest(field, operator, value)
	return term{not, test}, problem
}

func fieldTest(field, operator, value string) (func(*tree.Director) bool, string) {
	switch {
	case value == "":
		return nil, "a value has to follow " + operator
	case textFields[field] != nil:
		return textTest(field, operator, value)
	case stateFields[field].of != nil:
		return stateTest(field, operator, value)
	case countFields[field] != nil:
		return countTest(field, operator, value)
	}
	return nil, "there is no field " + field + "; there are name, vcl, type, health, phase, admin, refs, members and tasks"
}

var textFields = map[string]func(*tree.Director) string{
	"name": func(d *tree.Director) string { return d.Name },
	"vcl":  func(d *tree.Director) string { return d.VCL },
	"type": func(d *tree.Director) string { return d.Type },
}

func textTest(field, operator, value string) (func(*tree.Director) bool, string) {
	of := textFields[field]
	if field == "type" {
		value = strings.ReplaceAll(value, "-", "_")
		raw := of
		of = func(d *tree.Director) string { return strings.ReplaceAll(raw(d), "-", "_") }
	}
	switch operator {
	case ":", "=":
		full := func(d *tree.Director) bool { return field == "name" && strings.EqualFold(d.FullName(), value) }
		return func(d *tree.Director) bool { return strings.EqualFold(of(d), value) || full(d) }, ""
	case "~":
		return func(d *tree.Director) bool { return containsFold(of(d), value) }, ""
	}
	return nil, field + " is text: write " + field + ":" + value + " or " + field + "~" + value
}

// A stateField has one of a few values.
type stateField struct {
	of     func(*tree.Director) string
	values []string
}

var stateFields = map[string]stateField{
	"health": {healthWord, []string{"healthy", "sick"}},
	"phase":  {func(d *tree.Director) string { return string(d.Phase) }, []string{"live", "lingering"}},
	"admin": {func(d *tree.Director) string {
		if d.Admin == "" {
			return "auto"
		}
		return d.Admin
	}, []string{"auto", "healthy", "sick"}},
}

func healthWord(d *tree.Director) string {
	if d.Healthy {
		return "healthy"
	}
	return "sick"
}

func stateTest(field, operator, value string) (func(*tree.Director) bool, string) {
	f := stateFields[field]
	value = strings.ToLower(value)
	if operator != ":" && operator != "=" || !slices.Contains(f.values, value) {
		return nil, field + " is " + strings.Join(f.values, " or ") + ": write " + field + ":" + f.values[len(f.values)-1]
	}
	return func(d *tree.Director) bool { return f.of(d) == value }, ""
}

var countFields = map[string]func(*tree.Director) int64{
	"refs":    (*tree.Director).Refcount,
	"members": func(d *tree.Director) int64 { return int64(d.TotalMembers()) },
	"tasks":   func(d *tree.Director) int64 { return d.Tasks },
}

func countTest(field, operator, value string) (func(*tree.Director) bool, string) {
	of := countFields[field]
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || operator == "~" {
		return nil, fmt.Sprintf("%s is a number: write %s:2, %s>2 or %s<=2", field, field, field, field)
	}
	switch operator {
	case "<":
		return func(d *tree.Director) bool { return of(d) < n }, ""
	case "<=":
		return func(d *tree.Director) bool { return of(d) <= n }, ""
	case ">":
		return func(d *tree.Director) bool { return of(d) > n }, ""
	case ">=":
		return func(d *tree.Director) bool { return of(d) >= n }, ""
	}
	return func(d *tree.Director) bool { return of(d) == n }, ""
}

// plainWord occurs in the full name, the type, or in a word of the state.
func plainWord(word string) func(*tree.Director) bool {
	return func(d *tree.Director) bool {
		return containsFold(d.Name, word) || containsFold(d.Type, word) || containsFold(healthWord(d), word) ||
			containsFold(string(d.Phase), word) || containsFold(d.FullName(), word)
	}
}

// containsFold is strings.Contains without regard to case.
func containsFold(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}
