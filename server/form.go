package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/form/v4"

	"github.com/callboard/callboard/director/backend"
)

// Every command can also be sent by a form, so that the pages work without
// JavaScript. A form names nested fields "backend.probe.url",
// "members[0].director" and "options.sticky", and has two fields of its own:
// _method for the methods that HTML does not know, and _back for the page to
// show afterwards. Fields that are left empty count as absent, others that the
// command does not know are passed over.

// overrideMethod reads forms, and lets one that is posted be a PUT or a DELETE.
func (s *Server) overrideMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method == http.MethodPost || r.Method == http.MethodPut) && isForm(r) {
			if err := parseForm(r); err != nil {
				s.writeProblem(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func parseForm(r *http.Request) error {
	if err := r.ParseForm(); is[url.EscapeError](err) {
		return &problem{Status: http.StatusBadRequest, Title: "Bad form", Detail: "The form is not encoded as it should be."}
	} else if err != nil {
		return bodyProblem(err)
	}
	for key, values := range r.PostForm {
		if !utf8.ValidString(key + strings.Join(values, "")) {
			return &problem{Status: http.StatusBadRequest, Title: "Bad form", Detail: "The form is not UTF-8."}
		}
		if strings.HasPrefix(strings.TrimSpace(key), "{") {
			// What curl does with -d unless it is told otherwise.
			return &problem{
				Status: http.StatusUnsupportedMediaType, Title: "Unsupported media type",
				Detail: "The body looks like JSON: send it with Content-Type: " + typeJSON + ".",
			}
		}
	}
	switch method := strings.ToUpper(r.PostForm.Get("_method")); method {
	case "", r.Method:
	case http.MethodPut, http.MethodDelete:
		r.Method = method
	default:
		return refuse("_method", "only PUT and DELETE can be asked for")
	}
	return nil
}

// A valueError says in words for people what is wrong with a value.
type valueError struct{ error }

// formDecoder is safe for concurrent use and keeps what it learns about types.
var formDecoder = newFormDecoder()

func newFormDecoder() *form.Decoder {
	d := form.NewDecoder()
	d.SetMaxArraySize(1000)
	d.RegisterCustomTypeFunc(func(values []string) (any, error) {
		var duration backend.Duration
		if err := duration.UnmarshalText([]byte(values[0])); err != nil {
			return nil, valueError{err}
		}
		return duration, nil
	}, backend.Duration(0))
	return d
}

// decodeForm puts the values of a form into the struct that JSON is decoded
// into as well.
func decodeForm(values url.Values, dst any) error {
	values = tidyForm(values)
	err := formDecoder.Decode(dst, values)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[form.DecodeErrors](err)
	if !ok {
		return &problem{Status: http.StatusBadRequest, Title: "Bad form", Detail: sentence(err)}
	}
	p := &problem{Status: http.StatusUnprocessableEntity, Title: "Not acceptable as it is"}
	for field, err := range wrong {
		detail := "too many, or not numbered as it should be"
		if value := values.Get(field); value != "" {
			detail = strconv.Quote(value) + " is no number that fits here"
		}
		if own, ok := errors.AsType[valueError](err); ok {
			detail = own.Error()
		}
		p.Errors = append(p.Errors, fieldError{field, detail})
	}
	slices.SortFunc(p.Errors, func(a, b fieldError) int { return strings.Compare(a.Field, b.Field) })
	p.Detail = p.Errors[0].Field + ": " + p.Errors[0].Detail
	return p
}

// tidyForm leaves out what counts as absent, and names the rest as the decoder
// wants it.
func tidyForm(values url.Values) url.Values {
	tidy := make(url.Values, len(values))
	_, hasURL := values["backend.probe.url"]
	noProbe := hasURL && values.Get("backend.probe.url") == ""
	for key, list := range values {
		row, field, isRow := strings.Cut(key, "].")
		switch {
		case list[0] == "" || strings.HasPrefix(key, "_"):
		case noProbe && strings.HasPrefix(key, "backend.probe."):
			// The form has defaults in the other fields of the probe.
		case isRow && strings.HasPrefix(row, "members[") && field != "director" && values.Get(row+"].director") == "":
			// A row of which only the default weight is filled in.
		case key == "backend.port":
			tidy.Set(key, list[0])
			if port, err := backend.ParsePort(list[0]); err == nil {
				tidy.Set(key, strconv.Itoa(port))
			}
		case strings.HasPrefix(key, "options."):
			tidy.Set("options["+strings.TrimPrefix(key, "options.")+"]", list[0])
		default:
			tidy.Set(key, list[0])
		}
	}
	return tidy
}
