package server

import (
	"encoding/json"
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
			answer := g.send(o.method, api+path, o.send).is(o.good())
			if o.answer == nil {
				return
			}
			var got any
			if err := json.Unmarshal([]byte(answer.body), &got); err != nil {
				t.Fatalf("%s: %v in %s", o.path, err, answer.body)
			}
			s := newSchemas()
			conform(t, s, s.answer(o.answer), got, "answer")
		})
	}
}

// conform checks v against a schema of the kinds that package server makes.
func conform(t *testing.T, s *schemas, schema object, v any, at string) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema = s.all[ref[strings.LastIndexByte(ref, '/')+1:]].(object)
	}
	kind, _ := schema["type"].(string)
	switch v := v.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(object)
		required, _ := schema["required"].([]string)
		for _, name := range required {
			if _, ok := v[name]; !ok {
				t.Errorf("%s: got no %s, want what is required", at, name)
			}
		}
		for name, item := range v {
			of, ok := properties[name].(object)
			if !ok && properties != nil {
				t.Errorf("%s: got %s, which is not described", at, name)
			}
			if ok && item != nil {
				conform(t, s, of, item, at+"."+name)
			}
		}
	case []any:
		items, _ := schema["items"].(object)
		for _, item := range v {
			conform(t, s, items, item, at+"[]")
		}
		want(t, at, kind, "array", "")
	case string:
		want(t, at, kind, "string", "")
	case bool:
		want(t, at, kind, "boolean", "")
	case float64:
		want(t, at, kind, "number", "integer")
	}
}

func want(t *testing.T, at, got, one, other string) {
	t.Helper()
	if got != "" && got != one && got != other {
		t.Errorf("%s: got %s, which is described as %s", at, one, got)
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
