package lb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// A Type describes a director type of this package to those that make directors
// by name: the API, the page, the command line.
type Type struct {
	// Name as in the API: "round-robin".
	Name string
	// Help says in a sentence how the type chooses.
	Help string
	// Weighted types give their members weights.
	Weighted bool
	// Watches is set for a type that finds its members itself: it has no
	// [director.Group] by which others could be given to it.
	Watches bool
	// Options are what New understands.
	Options []Option

	make func(o options) (director.Implementation, error)
}

// An Option is a setting of a director type.
type Option struct {
	Name    string
	Help    string
	Default string
	// Kind is bool, int, float, duration (as of [backend.ParseDuration]), port (as
	// of [backend.ParsePort]), choice (one of Choices) or text.
	Kind    string
	Choices []string
	// URL is set for a text that is a URL, or a part of one, in which there may be
	// secrets.
	URL bool
}

// Shown returns a value without what may be a secret.
func (o Option) Shown(value string) string {
	if o.URL {
		return backend.ConcealURL(value)
	}
	return value
}

// Types returns all types in the order in which a person would want them.
func Types() []Type {
	return []Type{
		roundRobinType(), fallbackType(), randomType(), leastConnectionsType(), hashType(), shardType(),
		dnsType(),
	}
}

// New returns a director of the named type without members. The settings are
// texts as a form gives them; what is missing has its default.
func New(typeName string, settings map[string]string) (director.Implementation, error) {
	all := Types()
	i := slices.IndexFunc(all, func(t Type) bool { return t.Name == typeName })
	if i < 0 {
		return nil, fmt.Errorf("director type %q: %w", typeName, director.ErrNotFound)
	}
	t := all[i]
	o, err := t.options(settings)
	if err != nil {
		return nil, fmt.Errorf("director type %s: %w", typeName, err)
	}
	made, err := t.make(o)
	if err != nil {
		return nil, fmt.Errorf("director type %s: %w", typeName, err)
	}
	return made, nil
}

// options are settings that have been checked against a Type: what is in them
// can be parsed.
type options map[string]string

func (t Type) options(settings map[string]string) (options, error) {
	o := make(options, len(t.Options))
	for _, option := range t.Options {
		o[option.Name] = option.Default
	}
	for name, value := range settings {
		i := slices.IndexFunc(t.Options, func(o Option) bool { return o.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("option %q: %w: there is none of that name", name, director.ErrInvalid)
		}
		if value == "" {
			continue
		}
		if err := t.Options[i].check(value); err != nil {
			return nil, fmt.Errorf("option %q: %w: %v", name, director.ErrInvalid, err)
		}
		o[name] = value
	}
	return o, nil
}

func (o Option) check(value string) error {
	var err error
	switch o.Kind {
	case "bool":
		_, err = strconv.ParseBool(value)
	case "int":
		_, err = strconv.Atoi(value)
	case "float":
		_, err = strconv.ParseFloat(value, 64)
	case "duration":
		_, err = backend.ParseDuration(value)
	case "port":
		_, err = backend.ParsePort(value)
	case "choice":
		if !slices.Contains(o.Choices, value) {
			err = fmt.Errorf("%q is none of %s", value, strings.Join(o.Choices, ", "))
		}
	}
	return err
}

func (o options) bool(name string) bool {
	b, _ := strconv.ParseBool(o[name])
	return b
}

func (o options) int(name string) int {
	n, _ := strconv.Atoi(o[name])
	return n
}

func (o options) float(name string) float64 {
	f, _ := strconv.ParseFloat(o[name], 64)
	return f
}

func (o options) duration(name string) time.Duration {
	d, _ := backend.ParseDuration(o[name])
	return d
}

func (o options) port(name string) int {
	n, _ := backend.ParsePort(o[name])
	return n
}
