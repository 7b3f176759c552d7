package server

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// Conceal splits a [Recipe] into what may be shown, and so become part of an
// event, and its secrets, for [director.VCL.AddRecorded]. [director.Reveal] makes
// the whole of both again.
func Conceal(whole json.RawMessage) (shown json.RawMessage, secrets []director.Secret, err error) {
	var r recipe
	if err := decodeJSON(whole, &r); err != nil {
		return nil, nil, fmt.Errorf("what is to be recorded: %w", err)
	}
	pem := false
	if r.Backend != nil {
		b, hidden := r.Backend.Conceal()
		pem = b.TLS != nil && b.TLS.CA != r.Backend.TLS.CA
		for _, s := range hidden {
			secrets = append(secrets, director.Secret{Field: "backend." + s.Field, Value: s.Value})
		}
		r.Backend = &b
	}
	secrets = append(secrets, r.concealOptions()...)
	if len(secrets) == 0 && !pem {
		return whole, nil, nil
	}
	shown, err = json.Marshal(r)
	return shown, secrets, err
}

// concealOptions puts placeholders into the options that are URLs.
func (r *recipe) concealOptions() (secrets []director.Secret) {
	for _, o := range optionsOf(r.Type) {
		value := r.Options[o.Name]
		harmless := o.Shown(value)
		if harmless != value {
			secrets = append(secrets, director.Secret{Field: "options." + o.Name, Value: value})
			r.Options[o.Name] = harmless
		}
	}
	return secrets
}

func optionsOf(kind string) []lb.Option {
	all := lb.Types()
	i := slices.IndexFunc(all, func(t lb.Type) bool { return t.Name == kind })
	if i < 0 {
		return nil
	}
	return all[i].Options
}

// AddDirector adds a director as the API does, so that its delete can be undone
// and it is there again after a restart; its secrets are kept apart. b is its
// configuration if kind is "backend", options are those of the other types.
// A backend whose tls.ca_file names a file needs a [Maker] that knows the folder.
func AddDirector(v *director.VCL, name, kind string, b *backend.Config, options map[string]string) (*director.Director, error) {
	return Maker{}.AddDirector(v, name, kind, b, options)
}

// AddDirector is the function of that name with what the Maker has.
func (m Maker) AddDirector(v *director.VCL, name, kind string, b *backend.Config, options map[string]string) (*director.Director, error) {
	whole, err := Recipe(kind, b, options)
	if err != nil {
		return nil, err
	}
	impl, err := m.Make(whole)
	if err != nil {
		return nil, err
	}
	shown, secrets, err := Conceal(whole)
	if err != nil {
		return nil, err
	}
	return v.AddRecorded(name, impl, shown, secrets...)
}

// reveal returns all that a director was made from, its secrets included.
func (s *Server) reveal(d *tree.Director) (json.RawMessage, error) {
	secrets, err := s.rt.Secrets().Of(d.Secrets)
	if err != nil {
		return nil, err
	}
	return director.Reveal(d.Config, secrets)
}

// holdSecrets keeps the secrets of a director that is about to be deleted.
func (s *Server) holdSecrets(now *tree.Snapshot, d *director.Director) (letGo func()) {
	known, ok := now.Director(d.ID())
	if !ok {
		return func() {}
	}
	return s.rt.Secrets().Hold(known.Secrets)
}
