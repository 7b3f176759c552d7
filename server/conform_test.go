package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A description is the OpenAPI document as a validator reads it. Since 3.1 its
// schemas are JSON Schema, so any validator of that can check answers; formats
// are checked, and fields that the document does not have are wrong here.
type description struct {
	document map[string]any

	mu       sync.Mutex // guards the fields below
	compiler *jsonschema.Compiler
}

var described = sync.OnceValues(func() (*description, error) {
	text, err := json.Marshal(openAPIDocument())
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	forbidMore(document)
	d := &description{document: document.(map[string]any), compiler: jsonschema.NewCompiler()}
	d.compiler.AssertFormat()
	return d, d.compiler.AddResource("openapi.json", document)
})

// forbidMore closes every object whose fields are listed.
func forbidMore(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			forbidMore(item)
		}
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, item := range v {
			forbidMore(item)
		}
	}
}

// validate checks a JSON text against the schema at a place in the document.
func (d *description) validate(text string, place ...string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	location := "openapi.json#"
	for _, step := range place {
		location += "/" + escape.Replace(step)
	}
	schema, err := d.compiler.Compile(location)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// at returns the object at a place in the document, nil for none.
func (d *description) at(place ...string) map[string]any {
	at := d.document
	for _, step := range place {
		at, _ = at[step].(map[string]any)
	}
	return at
}

// allOperations are made once for all tests: every request looks for its own.
var allOperations = sync.OnceValue(operations)

// operationFor returns the operation that answers a request, nil for none.
func (g *rig) operationFor(method, path string) *operation {
	path, _, _ = strings.Cut("/"+path, "?")
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route := chi.NewRouteContext()
	if !g.board.router.Match(route, method, path) {
		return nil
	}
	for _, o := range allOperations() {
		if o.method == method && o.route == strings.TrimSuffix(route.RoutePattern(), "/") {
			return &o
		}
	}
	return nil
}

// checkDescribed fails the test if an answer is not what the OpenAPI document
// says of the operation: its status, its media type, its schema. The body of a
// request that was done as it asked has to be what the document allows, too.
func (g *rig) checkDescribed(method, path, body string, a answer) {
	g.t.Helper()
	o := g.operationFor(method, path)
	if o == nil {
		return // nothing is there: no operation describes that
	}
	where, _, ok := o.openAPIPath()
	if !ok {
		return
	}
	d, err := described()
	if err != nil {
		g.t.Fatal(err)
	}
	of := []string{"paths", where, strings.ToLower(o.method)}
	if sent := append(of, "requestBody", "content", typeJSON, "schema"); a.status < 300 && json.Valid([]byte(body)) && d.at(sent...) != nil {
		if err := d.validate(body, sent...); err != nil {
			g.t.Errorf("%s: the body was taken, but is not as described: %v", a.what, err)
		}
	}
	if err := d.checkAnswer(append(of, "responses", strconv.Itoa(a.status)), a); err != nil {
		g.t.Errorf("%s: got an answer that is not described: %v\n%.2000s", a.what, err, a.body)
	}
}

// checkAnswer checks an answer against its description.
func (d *description) checkAnswer(place []string, a answer) error {
	if a.status == http.StatusUnprocessableEntity && isJSON(a.header.Get("Content-Type")) && !strings.Contains(a.body, `"errors":[{`) {
		return errors.New("a 422 that does not say what is wrong, in errors")
	}
	described := d.at(place...)
	if described == nil {
		return fmt.Errorf("status %d", a.status)
	}
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	page := media == "text/html" && a.status >= 400 // a problem, for a browser
	if media == "" || page || a.body == "" || a.header.Get("Content-Encoding") != "" {
		return nil
	}
	if d.at(append(place, "content", media)...) == nil {
		return fmt.Errorf("media type %s for status %d", media, a.status)
	}
	if strings.HasSuffix(place[1], "/events") && !isJSON(media) {
		return d.checkStream(a.body)
	}
	schema := append(slices.Clone(place), "content", media, "schema")
	if !isJSON(media) || d.at(schema...) == nil {
		return nil
	}
	return d.validate(a.body, schema...)
}

// checkStream checks each event of a stream.
func (d *description) checkStream(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(line, "data: ")
		if !strings.HasPrefix(line, "{") || strings.HasPrefix(line, `{"gap":`) {
			continue
		}
		if err := d.validate(line, "components", "schemas", "Event"); err != nil {
			return err
		}
	}
	return nil
}

// What the check would let pass would be no check: an answer with a field less,
// one more, or another type, and a status that the document does not have.
func TestWhatIsNotDescribedIsFound(t *testing.T) {
	d, err := described()
	if err != nil {
		t.Fatal(err)
	}
	place := []string{"paths", "/instances/{instance}/directors/{d}/members", "post", "responses", "201"}
	header := http.Header{"Content-Type": {typeJSON}}
	for body, right := range map[string]bool{
		`{"seq":1,"slot":2}`: true, `{"seq":1}`: false, `{"seq":1,"slot":2,"more":3}`: false, `{"seq":1,"slot":"2"}`: false, `{"seq":1,"slot":null}`: false,
	} {
		if err := d.checkAnswer(place, answer{status: 201, header: header, body: body}); (err == nil) != right {
			t.Errorf("%s: got %v, want accepted %t", body, err, right)
		}
	}
	place[len(place)-1] = "418"
	if err := d.checkAnswer(place, answer{status: 418, header: header}); err == nil {
		t.Error("status 418: got no error")
	}
}
