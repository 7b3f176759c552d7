package server

import (
	"encoding/json"
	"fmt"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// A recipe is the part of the command that adds a director from which the
// director can be made again. The members are not in it: they change.
type recipe struct {
	Type    string          `json:"type"`
	Backend *backend.Config `json:"backend,omitempty"`
	Options settings        `json:"options,omitempty"`
}

// Recipe records how MakeDirector makes a director of a type: b is its
// configuration if that is "backend", options are those of the other types. It is
// for a program that adds directors itself, by [director.VCL.AddRecorded], and
// wants their deletes to be undone, and the directors restored. Its secrets are in
// it: [Conceal] takes them out. [AddDirector] does all of this.
func Recipe(kind string, b *backend.Config, options map[string]string) (json.RawMessage, error) {
	body := newDirector{Type: kind, Backend: b, Options: options}
	return body.recipe()
}

// recipe returns the whole of it, with its secrets.
func (d *newDirector) recipe() (json.RawMessage, error) {
	config, err := json.Marshal(recipe{Type: d.Type, Backend: d.Backend, Options: d.Options})
	if err != nil {
		return nil, fmt.Errorf("record director %s: %w", d.Name, err)
	}
	return config, nil
}

// MakeDirector makes again what the API made a director of: config is the
// Config of its director.added event, with its secrets ([director.Reveal]). Like
// the API it refuses what it does not know: a backend whose tls was passed over
// would be spoken to in the clear.
func MakeDirector(config json.RawMessage) (director.Implementation, error) {
	return Maker{}.Make(config)
}

// A Maker is what it takes to make directors beside what the API was told.
type Maker struct {
	// CADir is the folder below which tls.ca_file names a file; "" refuses it.
	CADir string
}

// Make is [MakeDirector] with what the Maker has.
func (m Maker) Make(config json.RawMessage) (director.Implementation, error) {
	var r recipe
	if err := decodeJSON(config, &r); err != nil {
		return nil, fmt.Errorf("what was recorded: %w", err)
	}
	return m.implement(&newDirector{Type: r.Type, Backend: r.Backend, Options: r.Options})
}
