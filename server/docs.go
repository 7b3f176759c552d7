package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/web"
)

// docs answers with the description of the API for people.
func (s *Server) docs(w http.ResponseWriter, r *http.Request) error {
	s.render(w, r, http.StatusOK, web.Docs(s.docsData(root(r), s.mountURL(r, "api/docs"))))
	return nil
}

func (s *Server) docsData(root, mount string) web.DocsData {
	known := newSchemas()
	d := web.DocsData{
		Root: root, Mount: mount, Preface: apiPreface, Messages: socketWords(), Endings: endingWords(),
	}
	for _, o := range operations() {
		i := slices.IndexFunc(d.Topics, func(t web.DocsTopic) bool { return t.Name == o.topic })
		if i < 0 {
			i = len(d.Topics)
			d.Topics = append(d.Topics, web.DocsTopic{ID: topicID(o.topic), Name: o.topic})
		}
		d.Topics[i].Operations = append(d.Topics[i].Operations, o.docs(known, mount, s.rt.Name()))
	}
	return d
}

func topicID(topic string) string { return strings.ReplaceAll(strings.ToLower(topic), " ", "-") }

func (o *operation) docs(known *schemas, mount, instance string) web.DocsOperation {
	d := web.DocsOperation{
		ID: o.id(), Method: o.method, Path: o.route, Summary: o.summary, Detail: o.detail, Example: o.curl(mount, instance),
	}
	for _, p := range o.query {
		d.Query = append(d.Query, web.DocsField{Name: p.name, Type: typeWords(p.schema), Words: p.meaning})
	}
	if o.body != nil {
		d.Body = known.docsFields(known.command(o.body))
	}
	d.Answers = append(d.Answers, web.DocsField{Name: strconv.Itoa(o.good()), Words: o.answerWords(known)})
	for _, other := range o.others {
		d.Answers = append(d.Answers, web.DocsField{Name: strconv.Itoa(other.status), Words: other.meaning})
	}
	for _, f := range slices.Concat(o.fails, o.usualFailures()) {
		status := strconv.Itoa(f.status)
		if !slices.ContainsFunc(d.Answers, func(a web.DocsField) bool { return a.Name == status }) {
			d.Answers = append(d.Answers, web.DocsField{Name: status, Words: f.meaning})
		}
	}
	return d
}

// curl is the operation's example as a command line.
func (o *operation) curl(mount, instance string) string {
	if o.path == "" && !strings.HasSuffix(o.route, "/instances") {
		return ""
	}
	way := strings.ReplaceAll(o.route, "{instance}", url.PathEscape(instance))
	if o.path != "" {
		way = strings.TrimPrefix(apiRoute, "/") + "/instances/" + url.PathEscape(instance) + "/" + o.path
	}
	line := "curl"
	if o.method != http.MethodGet {
		line += " -X " + o.method
	}
	line += " '" + mount + strings.TrimPrefix(way, "/") + "'"
	if o.send != "" {
		line += " \\\n  -H 'Content-Type: application/json' \\\n  -d '" + o.send + "'"
	}
	return line
}

// answerWords names the fields of the answer when all went well.
func (o *operation) answerWords(known *schemas) string {
	if o.answer == nil {
		return strings.Join(o.media, ", ")
	}
	var names []string
	for _, f := range known.docsFields(known.answer(o.answer)) {
		names = append(names, f.Name)
	}
	return "JSON with " + strings.Join(names, ", ")
}

// docsFields lists the fields of a schema by their names.
func (s *schemas) docsFields(reference object) []web.DocsField {
	name := reference["$ref"].(string)
	schema := s.all[name[strings.LastIndexByte(name, '/')+1:]].(object)
	properties := schema["properties"].(object)
	var fields []web.DocsField
	for field, of := range properties {
		of := of.(object)
		words, _ := of["description"].(string)
		fields = append(fields, web.DocsField{Name: field, Type: typeWords(of), Words: words})
	}
	slices.SortFunc(fields, func(a, b web.DocsField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// typeWords says in a word or two what a schema allows.
func typeWords(schema object) string {
	if values, ok := schema["enum"].([]any); ok {
		var words []string
		for _, v := range values {
			words = append(words, fmt.Sprint(v))
		}
		return strings.Join(words, " | ")
	}
	if options, ok := schema["anyOf"].([]any); ok {
		var words []string
		for _, option := range options {
			if text := typeWords(option.(object)); text != "null" {
				words = append(words, text)
			}
		}
		return strings.Join(words, " | ")
	}
	if ref, ok := schema["$ref"].(string); ok {
		return ref[strings.LastIndexByte(ref, '/')+1:]
	}
	if items, ok := schema["items"].(object); ok {
		return "list of " + typeWords(items)
	}
	kind, _ := schema["type"].(string)
	return kind
}
