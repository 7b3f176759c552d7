package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/callboard/callboard/director/backend"
)

// Content types of commands.
const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// decode reads the body of a command, JSON or a form, into dst. Without a body
// dst stays as it is.
func decode(r *http.Request, dst any) error {
	if isForm(r) {
		return decodeForm(r.PostForm, dst)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyProblem(err)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if given := r.Header.Get("Content-Type"); given != "" && !isJSON(given) {
		return &problem{
			Status: http.StatusUnsupportedMediaType, Title: "Unsupported media type",
			Detail: "Send " + typeJSON + " or " + typeForm + ".",
		}
	}
	return decodeJSON(body, dst)
}

// bodyProblem says why a body could not be read. It came from the client, so
// the mistake is the client's, or that of the way to here.
func bodyProblem(err error) error {
	switch {
	case is[*http.MaxBytesError](err), is[*problem](err):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &problem{Status: http.StatusBadRequest, Title: "Bad body", Detail: "The body ends before the end that its headers announce."}
	}
	return &problem{Status: http.StatusBadRequest, Title: "Bad body", Detail: "The body is not sent as its headers say."}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == typeJSON || strings.HasSuffix(media, "+json"))
}

func isForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == typeForm
}

// decodeJSON is strict, because a misspelt field that is passed over in silence
// is worse than an error.
func decodeJSON(body []byte, dst any) error {
	if !utf8.Valid(body) {
		// The decoder would put replacement characters into names.
		return badJSON("The body is not UTF-8.")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(dst); err != nil {
		return jsonProblem(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return badJSON("Something follows the JSON value.")
	}
	return nil
}

func badJSON(detail string, wrong ...fieldError) error {
	return &problem{Status: http.StatusBadRequest, Title: "Bad JSON", Detail: detail, Errors: wrong}
}

func jsonProblem(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return badJSON(fmt.Sprintf("%s at byte %d.", strings.TrimSuffix(sentence(e), "."), e.Offset))
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		detail := fmt.Sprintf("%s is needed, not %s", jsonKind(e.Type), e.Value)
		if e.Field == "" {
			return badJSON(detail + ".")
		}
		return badJSON(e.Field+": "+detail, fieldError{e.Field, detail})
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badJSON("The JSON value ends too early.")
	}
	// The package has no type for this error.
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return badJSON("There is no field "+name+".", fieldError{name, "there is no such field"})
	}
	return badJSON(sentence(err))
}

// jsonKind says what JSON value a Go type is written as.
func jsonKind(t reflect.Type) string {
	if t == reflect.TypeFor[backend.Duration]() {
		return "a time of at most a year, in seconds or with a unit as in 250ms, 10m or 1d,"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	}
	return "a number"
}
