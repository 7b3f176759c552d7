package server

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// An object is a JSON object of the OpenAPI document.
type object = map[string]any

// schemas collects the JSON schemas of the Go structs that commands decode and
// answers encode, by name. What it does not know of a struct, the words, stands
// in schemaWords.
type schemas struct {
	all   object
	named map[string]reflect.Type // whose schema it is
	body  bool                    // a body is described: nothing is required but what schemaRequired says
}

func newSchemas() *schemas { return &schemas{all: object{}, named: map[string]reflect.Type{}} }

// command returns the schema of what a command decodes.
func (s *schemas) command(v any) object {
	s.body = true
	return s.of(reflect.TypeOf(v))
}

// answer returns the schema of what an answer encodes.
func (s *schemas) answer(v any) object {
	s.body = false
	return s.of(reflect.TypeOf(v))
}

// schemaNames are those that do not follow from the type's own name.
var schemaNames = map[reflect.Type]string{
	reflect.TypeFor[backend.Config]():      "Backend",
	reflect.TypeFor[backend.ProbeConfig](): "ProbeConfig",
	reflect.TypeFor[event.Probe]():         "ProbeState",
}

// schemaEnums are the types that have one of a few values.
var schemaEnums = map[reflect.Type][]any{
	reflect.TypeFor[tree.Phase]():           {tree.Live, tree.Lingering, tree.Destroyed},
	reflect.TypeFor[event.HolderKind]():     {event.HolderOwner, event.HolderMember, event.HolderDefault, event.HolderPin, event.HolderTask},
	reflect.TypeFor[event.Before]():         {event.BeforeRelease, event.BeforeLastDrop, event.BeforeDestroy},
	reflect.TypeFor[director.AdminHealth](): {director.AdminAuto, director.AdminHealthy, director.AdminSick},
	reflect.TypeFor[director.State]():       {director.Auto, director.AlwaysWarm, director.AlwaysCold},
	reflect.TypeFor[event.Kind]():           kinds(),
}

func kinds() []any {
	var all []any
	for _, k := range event.Kinds() {
		all = append(all, k)
	}
	return all
}

// schemaSpecial are the types that write themselves.
var schemaSpecial = map[reflect.Type]object{
	reflect.TypeFor[time.Time](): {"type": "string", "format": "date-time"},
	reflect.TypeFor[backend.Duration](): {
		"anyOf": oneOfTypes("string", "number"), "examples": []any{"250ms", "3.5s", 60},
	},
	reflect.TypeFor[event.Bits]():      {"type": "string", "pattern": "^[01]{64}$"},
	reflect.TypeFor[json.RawMessage](): {},
	reflect.TypeFor[event.Number]():    {"type": []any{"integer", "null"}, "minimum": 1},
	reflect.TypeFor[settings](): {
		"type": "object", "additionalProperties": object{"anyOf": oneOfTypes("string", "number", "boolean", "null")},
	},
}

// schemaFields are the fields that take more than their type says.
var schemaFields = map[string]object{
	"Backend.port": {"anyOf": oneOfTypes("integer", "string"), "examples": []any{8080, "http"}},
}

// oneOfTypes are alternatives for anyOf: generators of code know those, and not
// all of them know a list of types.
func oneOfTypes(types ...string) []any {
	var all []any
	for _, t := range types {
		all = append(all, object{"type": t})
	}
	return all
}

// of returns the schema of a type: a reference for a struct.
func (s *schemas) of(t reflect.Type) object {
	if special, ok := schemaSpecial[t]; ok {
		return special
	}
	if values, ok := schemaEnums[t]; ok {
		return object{"type": "string", "enum": values}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		return s.reference(t)
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Uint64:
		return object{"type": "integer", "format": "int64", "minimum": 0}
	case reflect.Float64:
		return object{"type": "number", "format": "double"}
	case reflect.String:
		return object{"type": "string"}
	}
	panic("server: no JSON schema for " + t.String())
}

// reference makes the schema of a struct if there is none yet.
func (s *schemas) reference(t reflect.Type) object {
	name := schemaName(t)
	if known, ok := s.named[name]; ok && known != t {
		panic("server: two schemas have the name " + name + ": those of " + known.String() + " and " + t.String())
	}
	if _, ok := s.named[name]; !ok {
		s.named[name] = t
		s.all[name] = s.structure(name, t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// schemaName is a type's name without what says that it is one of the API.
func schemaName(t reflect.Type) string {
	if name, ok := schemaNames[t]; ok {
		return name
	}
	name := t.Name()
	name = strings.ToUpper(name[:1]) + name[1:]
	return strings.TrimSuffix(name, "JSON")
}

func (s *schemas) structure(name string, t reflect.Type) object {
	properties, required := object{}, []string{}
	s.fields(t, false, func(field, options string, optional bool, of object) {
		if special, ok := schemaFields[name+"."+field]; ok {
			of = special
		}
		words, ok := schemaWords[name+"."+field]
		if ok {
			described := object{"description": words}
			for k, v := range of {
				described[k] = v
			}
			of = described
		}
		properties[field] = of
		if !s.body && !optional && !strings.Contains(options, "omit") {
			required = append(required, field)
		}
	})
	if s.body {
		required = schemaRequired[name]
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	if words, ok := schemaWords[name]; ok {
		schema["description"] = words
	}
	return schema
}

// fields yields what encoding/json makes of the fields of a struct: those of
// embedded structs among its own, optional if those may be nil.
func (s *schemas) fields(t reflect.Type, optional bool, yield func(field, options string, optional bool, of object)) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Tag.Get("json") == "" {
			embedded, maybe := f.Type, optional
			if embedded.Kind() == reflect.Pointer {
				embedded, maybe = embedded.Elem(), true
			}
			s.fields(embedded, maybe, yield)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		of := s.of(f.Type)
		if f.Type.Kind() == reflect.Pointer && (s.body || !strings.Contains(options, "omit")) {
			of = object{"anyOf": []any{of, object{"type": "null"}}}
		}
		yield(name, options, optional, of)
	}
}
