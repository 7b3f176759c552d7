package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/lb/dnsresolver"
	"github.com/callboard/callboard/director/tree"
)

// backendType is the type of a director that is not one of package lb.
const backendType = "backend"

// A newDirector is the body of the command that adds a director.
type newDirector struct {
	// VCL is the active one if it is empty.
	VCL     string          `json:"vcl" form:"vcl"`
	Name    string          `json:"name" form:"name"`
	Type    string          `json:"type" form:"type"`
	Members []newMember     `json:"members" form:"members"`
	Backend *backend.Config `json:"backend" form:"backend"`
	Options settings        `json:"options" form:"options"`
	// Into names the director that the new one becomes a member of, "" for none.
	Into string `json:"into" form:"into"`
}

// A newMember is a member to be, or to become.
type newMember struct {
	Director string `json:"director" form:"director"`
	// Weight is 1 if it is nil.
	Weight *float64 `json:"weight" form:"weight"`
}

// settings are the options of a director type. Scripts write true and 3 where a
// form can only send text; the types take text.
type settings map[string]string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *settings) UnmarshalJSON(data []byte) error {
	var raw map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&raw); err != nil {
		return err
	}
	*s = make(settings, len(raw))
	for name, value := range raw {
		switch value := value.(type) {
		case nil:
		case string:
			(*s)[name] = value
		case bool:
			(*s)[name] = strconv.FormatBool(value)
		case json.Number:
			(*s)[name] = value.String()
		default:
			return &json.UnmarshalTypeError{Value: "a list or an object", Type: reflect.TypeFor[string](), Field: name}
		}
	}
	return nil
}

func (s *Server) createDirector(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body newDirector
	if err := decode(r, &body); err != nil {
		return err
	}
	d, err := s.create(c, body, isForm(r))
	if err != nil {
		return err
	}
	answer, err := s.answerFor(d.ID())
	if err != nil {
		return err
	}
	w.Header().Set("Location", fmt.Sprintf("directors/@%d", d.ID()))
	return s.done(w, r, http.StatusCreated, answer)
}

// create adds a director with its members, or nothing. In a form, rows without
// a director are empty lines.
func (s *Server) create(c *director.Command, body newDirector, rowsMayBeEmpty bool) (*director.Director, error) {
	if body.Name == "" {
		return nil, refuse("name", "give the director a name")
	}
	v, err := s.vclFor(body.VCL)
	if err != nil {
		return nil, err
	}
	impl, err := s.implement(&body)
	if err != nil {
		return nil, err
	}
	members, err := s.plan(v, body.Members, rowsMayBeEmpty)
	if err != nil {
		return nil, err
	}
	into, err := s.planInto(c, v, body.Into)
	if err != nil {
		return nil, err
	}
	d, err := s.add(c, v, &body, impl)
	if err != nil {
		return nil, err
	}
	if err := s.fill(c, d, members); err != nil {
		return nil, err
	}
	return d, join(c, d, into)
}

// vclFor returns the VCL that the body names, the active one if it names none.
func (s *Server) vclFor(name string) (*director.VCL, error) {
	if name == "" {
		if v := s.rt.Active(); v != nil {
			return v, nil
		}
		return nil, refuse("vcl", "no VCL is active: name one")
	}
	v, err := s.rt.VCL(name)
	if err != nil {
		return nil, wrongField("vcl", err)
	}
	return v, nil
}

// implement makes what is to become the director.
func (m Maker) implement(body *newDirector) (director.Implementation, error) {
	if body.Type == "" && body.Backend != nil {
		body.Type = backendType
	}
	switch {
	case body.Type == backendType:
		return m.newBackend(body)
	case !slices.ContainsFunc(lb.Types(), func(t lb.Type) bool { return t.Name == body.Type }):
		return nil, refuse("type", "one of "+strings.Join(typeNames(), ", "))
	case body.Backend != nil:
		return nil, refuse("backend", "only a director of type backend has one")
	}
	impl, err := lb.New(body.Type, body.Options)
	if err != nil {
		return nil, wrongField(blame(body), err)
	}
	if watcher, ok := impl.(interface{ UseResolver(lb.DNSResolver) }); ok {
		watcher.UseResolver(new(dnsresolver.Resolver)) // net.Resolver tells no times to live
	}
	if _, ok := impl.(director.Group); !ok && len(body.Members) > 0 {
		return nil, refuse("members", "a director of type "+body.Type+" has no members")
	}
	return impl, nil
}

// blame finds the option that a type refuses.
func blame(body *newDirector) string {
	for _, name := range slices.Sorted(maps.Keys(body.Options)) {
		if _, err := lb.New(body.Type, settings{name: body.Options[name]}); err != nil {
			return "options." + name
		}
	}
	return "options" // each is right, all together are not
}

func (m Maker) newBackend(body *newDirector) (director.Implementation, error) {
	switch {
	case body.Backend == nil:
		return nil, refuse("backend", "say where the backend is: host and port, or path")
	case len(body.Members) > 0:
		return nil, refuse("members", "a backend has no members")
	case len(body.Options) > 0:
		return nil, refuse("options", "a backend has no options: they stand in backend")
	}
	c, err := m.withAuthorities(*body.Backend)
	if err != nil {
		return nil, err
	}
	b, err := backend.New(c)
	if wrong, ok := errors.AsType[*backend.FieldError](err); ok {
		return nil, refuse("backend."+wrong.Field, wrong.Detail)
	}
	if err != nil {
		return nil, wrongField("backend", err)
	}
	return b, nil
}

func typeNames() []string {
	names := []string{backendType}
	for _, t := range lb.Types() {
		names = append(names, t.Name)
	}
	return names
}

// add adds the director unless a live one has its name. The library would allow
// that; to people it would only be confusing.
func (s *Server) add(c *director.Command, v *director.VCL, body *newDirector, impl director.Implementation) (*director.Director, error) {
	config, err := body.recipe()
	if err == nil {
		err = checkRecipe(body, config)
	}
	if err != nil {
		return nil, err
	}
	d, err := s.addNamed(c, v, body.Name, impl, config)
	if errors.Is(err, director.ErrInvalid) || errors.Is(err, director.ErrExists) {
		return nil, wrongField("name", err)
	}
	return d, err
}

// addNamed adds what is made by a recipe. One that is deleted has given up its
// name, also while step mode holds it before its release.
func (s *Server) addNamed(
	c *director.Command, v *director.VCL, name string, impl director.Implementation, whole json.RawMessage,
) (*director.Director, error) {
	shown, secrets, err := Conceal(whole)
	if err != nil {
		return nil, err
	}
	full := v.Name() + "." + name
	if !s.names.reserve(full) {
		return nil, fmt.Errorf("director %s: %w", full, director.ErrExists)
	}
	defer s.names.free(full)
	if d, ok := s.rt.Tree().Lookup(v.Name(), name); ok && d.Phase == tree.Live && !d.Steps.Deleted.Taken() {
		return nil, fmt.Errorf("director %s: %w", full, director.ErrExists)
	}
	return c.AddRecorded(v, name, impl, shown, secrets...)
}

// reservations are the names of directors that are being added, so that two
// commands at one moment do not both find a name free. Holding a lock while the
// runtime calls a director's type would be the alternative.
type reservations struct {
	mu    sync.Mutex // guards the field below
	names map[string]bool
}

func (n *reservations) reserve(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names[name] {
		return false
	}
	if n.names == nil {
		n.names = make(map[string]bool)
	}
	n.names[name] = true
	return true
}

func (n *reservations) free(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.names, name)
}
