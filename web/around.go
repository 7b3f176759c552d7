package web

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callboard/callboard/web/view"
)

// Around returns what changes outside of the regions of a page when it goes from
// one view to another of the same face: the filter, the links beside
// it, and the heads of the outline. It
// fails only if ctx is done.
func Around(ctx context.Context, from, to view.Query, readOnly bool) ([]Op, error) {
	if from == to {
		return nil, nil
	}
	var b, heads strings.Builder
	if err := filterRest(to).Render(ctx, &b); err != nil {
		return nil, fmt.Errorf("web: printing the filter: %w", err)
	}
	ops := []Op{
		{Op: string(view.Replace), ID: "filter-rest", HTML: b.String()},
		attribute("q", "value", to.Q),
		attribute("face-graph", "href", to.WithFace(view.FaceGraph).Href()),
		attribute("face-outline", "href", to.WithFace(view.FaceOutline).Href()),
	}
	if to.Face != view.FaceGraph {
		if err := columns(to).Render(ctx, &heads); err != nil {
			return nil, fmt.Errorf("web: printing the heads of columns: %w", err)
		}
		ops = append(ops, Op{Op: string(view.Replace), ID: "columns", HTML: heads.String()})
	}
	if !readOnly {
		ops = append(ops, attribute("add", "href", to.WithPanel(view.PanelAdd).Href()))
	}
	return ops, nil
}

func attribute(id, name, value string) Op {
	return Op{Op: string(view.Attrs), ID: id, Attrs: map[string]string{name: value}}
}

// A filterField is a part of the query that filtering keeps.
type filterField struct{ name, value string }

// filterFields are all parts of the query but the words of the filter and the
// open form, in a fixed order.
func filterFields(q view.Query) []filterField {
	q.Q, q.Panel = "", ""
	values := q.Values()
	var fields []filterField
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			fields = append(fields, filterField{name, value})
		}
	}
	return fields
}
