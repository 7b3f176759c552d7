package apicheck

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document(t))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentIsValid(t *testing.T) {
	if err := load(t).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// places are what the parts of the paths stand for, in a request to the demo.
var places = map[string]string{
	"instance": "demo", "d": "boot.pool_a", "slot": "1", "id": "1", "v": "next", "label": "shop",
}

// before are the commands without which an operation would find nothing.
var before = map[string][3]string{
	"put-vcls-v-temperature": {"POST", "vcls", `{"name":"next"}`},
	"delete-pins-id":         {"POST", "directors/c1/pins", `{"note":"for a test"}`},
	"post-step-next":         {"DELETE", "directors/b1", ""},
	"post-undo-id":           {"PUT", "step", `{"on":false}`},
}

// Each operation is asked for once, with the example of its body. Whatever the
// answer, a refusal too, has to be one that the document has.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	doc := load(t)
	asked := 0
	for _, method := range []string{"GET", "PUT", "POST", "DELETE"} { // what they name is deleted last
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			op := item.GetOperation(method)
			if op == nil || op.Responses.Value("101") != nil { // a websocket
				continue
			}
			asked++
			t.Run(op.OperationID, func(t *testing.T) {
				if c, ok := before[op.OperationID]; ok {
					ask(t, c[0], demo+"api/v1/instances/demo/"+c[1], []byte(c[2]))
				}
				check(t, &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op})
			})
		}
	}
	if asked < 35 {
		t.Errorf("got %d operations, want 35 and more", asked)
	}
}

// check sends the request of a route and validates both it and its answer.
func check(t *testing.T, route *routers.Route) {
	t.Helper()
	var parts []string
	for name, value := range places {
		parts = append(parts, "{"+name+"}", value)
	}
	server := "api/v1"
	if len(route.PathItem.Servers) > 0 {
		server = strings.TrimPrefix(route.PathItem.Servers[0].URL, "../")
	}
	address := demo + server + strings.NewReplacer(parts...).Replace(route.Path)
	var body []byte
	if sent := route.Operation.RequestBody; sent != nil {
		body, _ = json.Marshal(sent.Value.Content.Get("application/json").Example)
	}
	req, resp := ask(t, route.Method, address, body)
	defer resp.Body.Close()
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: places, Route: route}
	if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
		t.Errorf("the request: %v", err)
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Body: resp.Body,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), answer); err != nil {
		t.Errorf("%s: %v", resp.Status, err)
	}
}

// ask sends a request and returns it as it was before it was sent.
func ask(t *testing.T, method, address string, body []byte) (*http.Request, *http.Response) {
	t.Helper()
	made := func() *http.Request {
		req, err := http.NewRequest(method, address, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req
	}
	resp, err := http.DefaultTransport.RoundTrip(made())
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return made(), resp
}

// The check has to find what is wrong: without the description of its answer,
// an operation does not pass.
func TestAnAnswerThatIsNotDescribedIsFound(t *testing.T) {
	doc := load(t)
	item := doc.Paths.Value("/instances")
	schema := item.Get.Responses.Value("200").Value.Content.Get("application/json").Schema.Value
	schema.Required = slices.Concat(schema.Required, []string{"missing"})
	input := &openapi3filter.RequestValidationInput{
		Route: &routers.Route{Spec: doc, Path: "/instances", PathItem: item, Method: http.MethodGet, Operation: item.Get},
	}
	var resp *http.Response
	input.Request, resp = ask(t, http.MethodGet, demo+"api/v1/instances", nil)
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: 200, Header: resp.Header, Body: resp.Body}
	if err := openapi3filter.ValidateResponse(t.Context(), answer); err == nil {
		t.Error("got no error for an answer without what is required")
	}
}
