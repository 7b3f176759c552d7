package lb

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/callboard/callboard/director"
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
	// Options are what New understands.
	Options []Option

	make func(o options) director.Implementation
}

// An Option is a setting of a director type.
type Option struct {
	Name    string
	Help    string
	Default string
	// Kind is bool, int, float or text.
	Kind string
}

// Types returns all types in the order in which a person would want them.
func Types() []Type {
	return []Type{
		{
			Name: "round-robin", Help: "takes healthy members in turn",
			make: func(options) director.Implementation { return NewRoundRobin() },
		},
		{
			Name: "fallback", Help: "takes the first healthy member, in the order of the slots",
			Options: []Option{{Name: "sticky", Kind: "bool", Default: "false", Help: "stay with a member until it goes sick"}},
			make:    func(o options) director.Implementation { return NewFallback(o.bool("sticky")) },
		},
		{
			Name: "random", Help: "takes a healthy member by chance, by weight", Weighted: true,
			make: func(options) director.Implementation { return NewRandom(nil) },
		},
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
	return t.make(o), nil
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
	}
	return err
}

func (o options) bool(name string) bool {
	b, _ := strconv.ParseBool(o[name])
	return b
}
