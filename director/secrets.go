package director

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/callboard/callboard/director/event"
)

// A Secret is a part of what a director is made from that is never shown: a
// password in the request of a probe. The event that tells of the director has a
// name for it instead, by which [Runtime.Secrets] knows its value.
type Secret struct {
	// Field is where it belongs in the Config: "backend.probe.request[1]".
	Field string
	// Value is what the field holds there.
	Value string `json:"-"`
}

// String is the field alone, so that a secret that gets into a log by mistake
// does no harm.
func (s Secret) String() string { return s.Field }

// GoString is String.
func (s Secret) GoString() string { return s.Field }

// Secrets are the values of an instance's secrets. One is there from the moment
// that its director is added until the director is destroyed and no [Secrets.Hold]
// is left. All methods may be called from any goroutine, and block for nothing.
type Secrets struct {
	mu      sync.Mutex // guards the fields below
	values  map[string]*keptSecret
	changed chan struct{} // closed with the next change
}

type keptSecret struct {
	value string
	users int // the director, and holds
}

func newSecrets() *Secrets {
	return &Secrets{values: make(map[string]*keptSecret), changed: make(chan struct{})}
}

// Secrets returns the secrets of the instance.
func (rt *Runtime) Secrets() *Secrets { return rt.secrets }

// Of returns what the names in an event stand for. It fails with [ErrNotFound]
// if one of them was let go of.
func (s *Secrets) Of(named []event.Secret) ([]Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Secret
	for _, n := range named {
		kept, ok := s.values[n.Name]
		if !ok {
			return nil, fmt.Errorf("secret of %s: %w", n.Field, ErrNotFound)
		}
		all = append(all, Secret{Field: n.Field, Value: kept.value})
	}
	return all, nil
}

// Hold keeps secrets that are still there until release is called, also when
// their director is destroyed. It is for callers that may have to make the director
// again. Release may be called twice.
func (s *Secrets) Hold(named []event.Secret) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []event.Secret
	for _, n := range named {
		if kept, ok := s.values[n.Name]; ok {
			kept.users++
			held = append(held, n)
		}
	}
	return sync.OnceFunc(func() { s.drop(held) })
}

// All returns the values by their names.
func (s *Secrets) All() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]string, len(s.values))
	for name, kept := range s.values {
		all[name] = kept.value
	}
	return all
}

// Changed returns a channel that is closed when a secret comes or goes.
func (s *Secrets) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// put adds secrets under their names.
func (s *Secrets) put(named []event.Secret, values []Secret) {
	if len(named) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range named {
		s.values[n.Name] = &keptSecret{value: values[i].Value, users: 1}
	}
	s.tellLocked()
}

// drop ends one use of each secret.
func (s *Secrets) drop(named []event.Secret) {
	if len(named) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.values)
	for _, n := range named {
		if kept, ok := s.values[n.Name]; ok {
			if kept.users--; kept.users == 0 {
				delete(s.values, n.Name)
			}
		}
	}
	if len(s.values) < before {
		s.tellLocked()
	}
}

func (s *Secrets) tellLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nameSecrets gives secrets names that say nothing and never come again.
func nameSecrets(secrets []Secret) []event.Secret {
	var named []event.Secret
	for _, s := range secrets {
		named = append(named, event.Secret{Field: s.Field, Name: strings.ToLower(rand.Text())})
	}
	return named
}

// Reveal returns a Config with secrets in their fields, from which the director
// can be made again.
func Reveal(config json.RawMessage, secrets []Secret) (json.RawMessage, error) {
	if len(secrets) == 0 {
		return config, nil
	}
	root, err := parseConfig(config)
	if err != nil {
		return nil, err
	}
	for _, s := range secrets {
		if err := setField(root, s.Field, s.Value); err != nil {
			return nil, err
		}
	}
	return json.Marshal(root)
}
