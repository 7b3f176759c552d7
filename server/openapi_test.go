package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// What the server answers to and what is described are the same list.
func TestEveryRouteIsDescribed(t *testing.T) {
	g := newRig(t, nil)
	var routes, described []string
	err := chi.Walk(g.board.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !strings.HasSuffix(route, "/instances/") && !strings.HasSuffix(route, "/instances/{instance}/") && route != "/i/{instance}" {
			routes = append(routes, method+" "+route)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, o := range operations() {
		described = append(described, o.method+" "+o.route)
		if ids[o.id()] {
			t.Errorf("two operations have the id %s", o.id())
		}
		ids[o.id()] = true
		if !slices.Contains(topics, o.topic) {
			t.Errorf("%s %s: got the topic %q, want one of %q", o.method, o.route, o.topic, topics)
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if !slices.Equal(routes, described) {
		t.Errorf("got %d routes:\n%s\nwant those that are described:\n%s", len(routes), strings.Join(routes, "\n"), strings.Join(described, "\n"))
	}
}

func document(t *testing.T, g *rig) map[string]any {
	t.Helper()
	return into[map[string]any](g.send("GET", "api/openapi.json", "").is(200))
}

// A reference that leads nowhere makes the document useless to generators.
func TestReferencesOfTheDescriptionLeadSomewhere(t *testing.T) {
	doc := document(t, newRig(t, nil))
	seen := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				seen++
				if lookUp(doc, ref) == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(doc)
	if seen < 50 {
		t.Errorf("got %d references, want 50 and more", seen)
	}
}

func lookUp(doc map[string]any, ref string) map[string]any {
	at := doc
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at, _ = at[step].(map[string]any)
	}
	return at
}

// Each example is sent as it stands, and what comes has the shape that was
// promised. The instance of the examples is the demo's.
func TestExamplesOfTheDescriptionAreTrue(t *testing.T) {
	for _, o := range operations() {
		if o.path == "" {
			continue
		}
		t.Run(o.id(), func(t *testing.T) {
			g := newExampleRig(t, &o)
			path := strings.NewReplacer("pins/1", "pins/"+g.pin, "undo/1", "undo/"+g.last).Replace(o.path)
			g.send(o.method, api+path, o.send).is(o.good()) // which compares the answer with the description
		})
	}
}

// The page for people has everything that the document for programs has.
func TestDocsSayWhatEachRouteDoes(t *testing.T) {
	g := newRig(t, nil)
	page := g.send("GET", "api/docs", "").is(200)
	for _, o := range operations() {
		if !strings.Contains(page.body, `id="`+o.id()+`"`) {
			t.Errorf("the page has no %s", o.id())
		}
	}
	if strings.Count(page.body, "<script") != strings.Count(page.body, `<script type="module" src="`) || strings.Contains(page.body, "style=") {
		t.Error("the page has a script or a style within itself, want neither")
	}
	if want := g.url + api + "health"; !strings.Contains(page.body, want) {
		t.Errorf("examples: got none with %s", want)
	}
}
