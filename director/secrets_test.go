package director_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

const concealed = `{"backend":{"probe":{"request":["GET / HTTP/1.1","Cookie: {secret}"]}},"n":18446744073709551615}`

func addWithSecret(t *testing.T, v *director.VCL) *director.Director {
	t.Helper()
	d, err := v.AddRecorded("a", directortest.NewBackend("a"), json.RawMessage(concealed),
		director.Secret{Field: "backend.probe.request[1]", Value: "Cookie: m4rk"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSecretsAreInNoEventAndAreKnownByTheirName(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	addWithSecret(t, v)
	events, _ := rt.Log().After(0, 0)
	text, err := json.Marshal(events)
	if err != nil || strings.Contains(string(text), "m4rk") || !strings.Contains(string(text), `"field":"backend.probe.request[1]"`) {
		t.Errorf("events tell %s, %v", text, err)
	}
	known, _ := rt.Tree().Lookup("boot", "a")
	secrets, err := rt.Secrets().Of(known.Secrets)
	if err != nil || len(secrets) != 1 || secrets[0].Value != "Cookie: m4rk" {
		t.Fatalf("got %+v, %v", secrets, err)
	}
	whole, err := director.Reveal(known.Config, secrets)
	if want := strings.ReplaceAll(concealed, "{secret}", "m4rk"); err != nil || string(whole) != want {
		t.Errorf("got %s, %v, want %s", whole, err, want)
	}
}

// Only what can still be used is kept: by a director that is not destroyed, or
// by those who may make it again.
func TestSecretsAreLetGoOf(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	d := addWithSecret(t, v)
	known, _ := rt.Tree().Lookup("boot", "a")
	pin, err := d.Pin("lunch")
	if err != nil {
		t.Fatal(err)
	}
	release := rt.Secrets().Hold(known.Secrets)
	changed := rt.Secrets().Changed()
	steps := []func(){func() { _ = d.Delete() }, func() { _ = rt.Unpin(pin) }, release, release}
	for i, step := range steps {
		step()
		_, err := rt.Secrets().Of(known.Secrets)
		if gone := errors.Is(err, director.ErrNotFound); gone != (i >= 2) {
			t.Errorf("step %d: got %v", i+1, err)
		}
	}
	select {
	case <-changed:
	default:
		t.Error("nothing was told of the change")
	}
	if all := rt.Secrets().All(); len(all) > 0 {
		t.Errorf("left: %d", len(all))
	}
	rt.Secrets().Hold(known.Secrets)() // of what is gone: nothing
}

func TestRevealRefusesAFieldThatIsNotThere(t *testing.T) {
	for _, field := range []string{"", "x", "backend.x", "backend.probe.request[7]", "backend.probe.request[x]", "n.x", "backend.probe.request[-1]"} {
		if whole, err := director.Reveal(json.RawMessage(concealed), []director.Secret{{Field: field, Value: "m4rk"}}); err == nil {
			t.Errorf("%q: got %s", field, whole)
		}
	}
	if _, err := director.Reveal(json.RawMessage("{"), []director.Secret{{Field: "n"}}); err == nil {
		t.Error("no JSON: got no error")
	}
}
