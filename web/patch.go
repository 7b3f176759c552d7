package web

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"github.com/callboard/callboard/web/view"
)

// An Op is one step of a patch as it goes to the browser; static/js/patch.js
// knows the same verbs.
type Op struct {
	Op     string            `json:"op"`
	ID     string            `json:"id"`
	Parent string            `json:"parent,omitempty"`
	Before string            `json:"before,omitempty"`
	HTML   string            `json:"html,omitempty"`
	Attrs  map[string]string `json:"attrs,omitempty"`
}

// Patch prints each change with the component that prints the same fragment on
// the page. It fails only if ctx is done or a fragment has no component.
func Patch(ctx context.Context, changes []view.Change) ([]Op, error) {
	ops := make([]Op, 0, len(changes))
	var b strings.Builder
	for _, c := range changes {
		op := Op{Op: string(c.Verb), ID: c.ID, Parent: c.Parent, Before: c.Before}
		if len(c.Attrs) > 0 {
			op.Attrs = make(map[string]string, len(c.Attrs))
			for _, a := range c.Attrs {
				op.Attrs[a.Name] = a.Value
			}
		}
		if c.Fragment != nil {
			component, err := fragment(c.Fragment)
			if err != nil {
				return nil, err
			}
			b.Reset()
			if err := component.Render(ctx, &b); err != nil {
				return nil, fmt.Errorf("web: printing %s: %w", c.ID, err)
			}
			op.HTML = b.String()
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// fragment returns the component that prints f, on pages and in patches.
func fragment(f view.Fragment) (templ.Component, error) {
	switch f := f.(type) {
	case *view.VCL:
		return vclChip(f), nil
	case *view.Stat:
		return stat(f), nil
	case *view.Note:
		return note(f), nil
	case *view.Stepping:
		return stepping(f), nil
	case *view.Name:
		return nameOption(f), nil
	case *view.Card:
		return card(f), nil
	case *view.Face:
		return face(f), nil
	case *view.Edge:
		return edge(f), nil
	case *view.Label:
		return label(f), nil
	case *view.Fold:
		return foldCard(f), nil
	case *view.FoldFace:
		return foldFace(f), nil
	case *view.Row:
		return row(f), nil
	case *view.EventRow:
		return eventRow(f), nil
	}
	return section(f)
}

// section returns the component of a section of the inspector.
func section(f view.Fragment) (templ.Component, error) {
	switch f := f.(type) {
	case *view.Head:
		return head(f), nil
	case *view.Why:
		return why(f), nil
	case *view.Holders:
		return holders(f), nil
	case *view.Traffic:
		return traffic(f), nil
	case *view.Members:
		return members(f), nil
	case *view.Probe:
		return probe(f), nil
	case *view.Commands:
		return commands(f), nil
	case *view.Try:
		return try(f), nil
	case *view.Options:
		return options(f), nil
	case *view.Dump:
		return dump(f), nil
	case *view.Deletion:
		return deletion(f), nil
	case *view.Tale:
		return tale(f), nil
	case *view.History:
		return history(f), nil
	case *view.Ailing:
		return ailing(f), nil
	case *view.Waiting:
		return waiting(f), nil
	case *view.Hint:
		return hint(f), nil
	case *view.StepSwitch:
		return stepSwitch(f), nil
	case *view.Gone:
		return gone(f), nil
	}
	return inSection(f)
}

// fragments prints all fragments of a region.
func fragments(items []view.Fragment) templ.Component {
	list := make([]templ.Component, len(items))
	for i, f := range items {
		c, err := fragment(f)
		if err != nil {
			panic(err) // a section that package view has and this one does not
		}
		list[i] = c
	}
	return templ.Join(list...)
}
