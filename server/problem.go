package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web"
)

// A problem is an answer that says what went wrong, in the form of RFC 9457.
type problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []fieldError `json:"errors,omitempty"`
	// Mend says what the operator of the board can do about it.
	Mend string `json:"mend,omitempty"`
	// Seq is the sequence number of a change that has taken effect all the same.
	Seq uint64 `json:"seq,omitempty"`
	// Path names the directors of a loop that was refused.
	Path []string `json:"path,omitempty"`
}

// A fieldError is one value that was refused, by its place in the request:
// "members[1].director".
type fieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// errClosing answers what would last, when nothing may any more.
var errClosing = &problem{Status: http.StatusServiceUnavailable, Title: "Shutting down", Detail: "The server is shutting down."}

func (p *problem) Error() string { return cmp.Or(p.Detail, p.Title) }

// statuses is how the errors of the runtime look from outside.
var statuses = []struct {
	err    error
	status int
	title  string
}{
	{director.ErrNotFound, http.StatusNotFound, "Not found"},
	{director.ErrExists, http.StatusConflict, "Already exists"},
	{director.ErrDeleted, http.StatusConflict, "Already deleted"},
	{director.ErrReleased, http.StatusConflict, "Already deleted"},
	{director.ErrDestroyed, http.StatusConflict, "Already destroyed"},
	{director.ErrNotHeld, http.StatusConflict, "Nothing is held"},
	{director.ErrNotWarm, http.StatusConflict, "The VCL is not warm"},
	{director.ErrInUse, http.StatusConflict, "In use"},
	{director.ErrStatic, http.StatusConflict, "Static"},
	{director.ErrForeign, http.StatusUnprocessableEntity, "Of another VCL"},
	{director.ErrInvalid, http.StatusUnprocessableEntity, "Not acceptable as it is"},
	{director.ErrClosed, http.StatusServiceUnavailable, "Shutting down"},
	{event.ErrClosed, http.StatusServiceUnavailable, "Shutting down"},
}

// problemOf turns any error into what a client may know of it. known is false
// for one that nobody expected, of which a client learns nothing.
func problemOf(err error) (p *problem, known bool) {
	if errors.As(err, &p) {
		if p.Title == "" {
			p.Title = http.StatusText(p.Status)
		}
		return p, true
	}
	if loop, ok := errors.AsType[*director.LoopError](err); ok {
		return &problem{
			Title: "The assignment would close a loop", Status: http.StatusConflict,
			Detail: sentence(err), Path: loop.Path,
		}, true
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{
			Title: "Too large", Status: http.StatusRequestEntityTooLarge,
			Detail: "A body has at most " + itoa(large.Limit) + " bytes.",
		}, true
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return &problem{Title: known.title, Status: known.status, Detail: sentence(err)}, true
		}
	}
	return &problem{
		Title: "Internal error", Status: http.StatusInternalServerError,
		Detail: "Something went wrong here. The log of the server says more.",
	}, false
}

// wrongField says that the value of one field was refused because of err.
func wrongField(field string, err error) error {
	p, known := problemOf(err)
	if !known {
		return err
	}
	wrong := *p
	if wrong.Status == http.StatusNotFound {
		// What the body names is not there; what the path names is.
		wrong.Status, wrong.Title = http.StatusUnprocessableEntity, "There is no such thing"
	}
	wrong.Errors = []fieldError{{Field: field, Detail: p.Detail}}
	return &wrong
}

// wrongPart blames a part of the path, by its name in the table of routes, if
// that cannot be what it is. Other errors are not its fault.
func wrongPart(part string, err error) error {
	if errors.Is(err, director.ErrInvalid) {
		return wrongField(part, err)
	}
	return err
}

// refuse says that the value of one field cannot be used.
func refuse(field, detail string) error {
	return &problem{
		Title: "Not acceptable as it is", Status: http.StatusUnprocessableEntity,
		Detail: field + ": " + detail, Errors: []fieldError{{Field: field, Detail: detail}},
	}
}

// sentence makes an error readable on a page. One that starts with a name stays
// as it is: names mean something else in capitals.
func sentence(err error) string {
	text := err.Error()
	word, _, _ := strings.Cut(text, " ")
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != ',' }) {
		return text + "."
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// writeProblem answers with what went wrong, as a page if the client is
// somebody's browser.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p, known := problemOf(err)
	if !known {
		s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	if wantsHTML(r) {
		data := web.ProblemData{Status: p.Status, Title: p.Title, Detail: p.Detail, Mend: p.Mend, Back: s.backLink(r)}
		for _, e := range p.Errors {
			data.Fields = append(data.Fields, web.FieldProblem{Name: e.Field, Detail: e.Detail})
		}
		s.render(w, r, p.Status, web.Problem(root(r), data))
		return
	}
	writeAs(w, p.Status, "application/problem+json", p)
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeAs(w, status, "application/json", v)
}

// writeAs encodes v before it writes anything, so that what cannot be encoded
// can still be answered with an error.
func writeAs(w http.ResponseWriter, status int, contentType string, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client has gone: nobody is left to be told
	return nil
}
