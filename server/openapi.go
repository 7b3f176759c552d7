package server

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

const apiPreface = "The commands of the board, as its own page sends them. Answers to changes carry seq, the sequence number at which " +
	"they took effect. Errors are problems as in RFC 9457. Fields may be added to answers; what a body has beyond its fields is refused."

// openAPI answers with the description of the API for programs.
func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, openAPIDocument())
}

// openAPIDocument makes an OpenAPI 3.1 document of the operations. Its server
// is relative to its own address, so that it is right wherever the board is
// mounted. Paths are put behind the address of a server as they are, and no
// relative one leads to the mount point without a slash at its end: hence the
// two servers, and only what is below them is listed.
func openAPIDocument() object {
	s := newSchemas()
	s.answer(problem{})
	paths := object{}
	for _, o := range operations() {
		path, server, ok := o.openAPIPath()
		if !ok {
			continue
		}
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		if server != "" {
			item["servers"] = []any{object{"url": server}}
		}
		item[strings.ToLower(o.method)] = o.openAPI(s)
	}
	var tags []any
	for _, t := range topics[:len(topics)-1] {
		tags = append(tags, object{"name": t})
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Callboard", "version": "1",
			"description": apiPreface,
		},
		"servers":    []any{object{"url": "v1"}},
		"tags":       tags,
		"paths":      paths,
		"components": object{"schemas": s.all, "responses": object{"Problem": problemResponse("What went wrong.")}},
	}
}

// openAPIPath returns the path below its server, and that if it is not the usual
// one; ok is false for what can be below neither.
func (o *operation) openAPIPath() (path, server string, ok bool) {
	if rest, ok := strings.CutPrefix(o.route, apiRoute); ok {
		return rest, "", true
	}
	if rest, ok := strings.CutPrefix(o.route, "/i/"); ok {
		return "/" + rest, "../i", true
	}
	return "", "", false
}

func (o *operation) openAPI(s *schemas) object {
	op := object{
		"operationId": o.id(), "summary": o.summary, "tags": []any{o.topic}, "responses": o.responses(s),
	}
	if o.detail != "" {
		op["description"] = o.detail
	}
	if parameters := o.parameters(); len(parameters) > 0 {
		op["parameters"] = parameters
	}
	if o.body != nil {
		content := object{"schema": s.command(o.body)}
		if o.send != "" {
			content["example"] = rawJSON(o.send)
		}
		op["requestBody"] = object{"required": true, "content": object{typeJSON: content}}
	}
	if o.status == http.StatusSwitchingProtocols {
		op["x-websocket"] = socketObject()
	}
	return op
}

func (o *operation) parameters() []any {
	var list []any
	for _, name := range pathNames(o.route) {
		schema := object{"type": "string"}
		if name == "slot" || name == "id" {
			schema = object{"type": "integer", "format": "int64", "minimum": 1}
		}
		list = append(list, object{
			"name": name, "in": "path", "required": true, "description": pathWords[name], "schema": schema,
		})
	}
	for _, p := range o.query {
		schema := p.schema
		if schema == nil {
			schema = object{"type": "string"}
		}
		list = append(list, object{"name": p.name, "in": "query", "description": p.meaning, "schema": schema})
	}
	return list
}

func (o *operation) responses(s *schemas) object {
	all := object{"default": object{"$ref": "#/components/responses/Problem"}}
	for _, f := range append(o.usualFailures(), o.fails...) {
		all[strconv.Itoa(f.status)] = problemResponse(f.meaning)
		if f.status < 400 {
			all[strconv.Itoa(f.status)] = object{"description": f.meaning}
		}
	}
	for _, other := range o.others {
		all[strconv.Itoa(other.status)] = s.goodResponse(other.meaning, other.answer, other.media)
	}
	all[strconv.Itoa(o.good())] = s.goodResponse(http.StatusText(o.good()), o.answer, o.media)
	return all
}

// goodResponse is an answer when all went well: JSON unless answer is nil, and
// the media types.
func (s *schemas) goodResponse(meaning string, answer any, media []string) object {
	good := object{"description": meaning}
	content := object{}
	for _, m := range media {
		content[m] = object{}
	}
	if answer != nil {
		content[typeJSON] = object{"schema": s.answer(answer)}
	}
	if len(content) > 0 {
		good["content"] = content
	}
	return good
}

// good is the status when all went well.
func (o *operation) good() int {
	if o.status == 0 {
		return http.StatusOK
	}
	return o.status
}

func problemResponse(meaning string) object {
	return object{
		"description": meaning,
		"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
	}
}

var pathPart = regexp.MustCompile(`\{(\w+)\}`)

// pathNames returns the names of the parameters in a route.
func pathNames(route string) []string {
	var names []string
	for _, m := range pathPart.FindAllStringSubmatch(route, -1) {
		names = append(names, m[1])
	}
	return names
}

var notInID = regexp.MustCompile(`[^A-Za-z0-9]+`)

// id names the operation, in the document and as the target of links:
// "get-directors-d-dump".
func (o *operation) id() string {
	rest := strings.TrimPrefix(o.route, instanceRoute)
	switch rest {
	case "":
		rest = "/instance"
	case "/":
		rest = "/home"
	}
	return strings.Trim(notInID.ReplaceAllString(strings.ToLower(o.method)+rest, "-"), "-")
}
