package journal_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/internal/await"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

const secretConfig = `{"type":"backend","backend":{"host":"192.0.2.1","probe":{"interval":"1h","request":["GET / HTTP/1.1","Cookie: m4rk"]}}}`

// addSecret adds a director as the API does, with its secret apart.
func (h *house) addSecret(t *testing.T, name string) *director.Director {
	t.Helper()
	impl, err := server.MakeDirector(json.RawMessage(secretConfig))
	must(t, err)
	shown, secrets, err := server.Conceal(json.RawMessage(secretConfig))
	must(t, err)
	d, err := h.vcl("boot").AddRecorded(name, impl, shown, secrets...)
	must(t, err)
	return d
}

// kept are the secrets in the file of the folder, without their names.
func kept(t *testing.T, dir string) (values []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "main", "secrets.ndjson"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var l struct{ Record struct{ Value string } }
		must(t, json.Unmarshal([]byte(line), &l))
		values = append(values, l.Record.Value)
	}
	return values
}

// secret returns what the live director of a name was made with.
func (h *house) secret(name string) string {
	h.t.Helper()
	d, ok := h.rt.Tree().Lookup("boot", name)
	if !ok {
		return "no director"
	}
	secrets, err := h.rt.Secrets().Of(d.Secrets)
	if err != nil || len(secrets) != 1 {
		return "no secret"
	}
	return secrets[0].Value
}

func TestSecretsComeBack(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.addSecret(t, "a")
	h.addSecret(t, "b")
	must(t, h.j.Close())
	h.close()
	for range 2 {
		h, report := open(t, dir, options(), director.Options{})
		if len(report.Problems) > 0 || h.secret("a") != "Cookie: m4rk" || h.secret("b") != "Cookie: m4rk" {
			t.Errorf("got %q and %q, problems %q", h.secret("a"), h.secret("b"), report.Problems)
		}
		if got := kept(t, dir); len(got) < 2 {
			t.Errorf("kept %q, want two", got)
		}
		must(t, h.j.Close())
		h.close()
	}
}

// What is deleted leaves the file, while the program runs.
func TestSecretsThatAreLetGoOfLeaveTheDisk(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	a := h.addSecret(t, "a")
	h.addSecret(t, "b")
	await.Until(t, "both are kept", func() bool { return len(kept(t, dir)) == 2 })
	must(t, a.Delete())
	await.Until(t, "one is kept", func() bool { return len(kept(t, dir)) == 1 })
	must(t, h.find("b").Delete())
	await.Until(t, "there is no file", func() bool {
		_, err := os.Stat(filepath.Join(dir, "main", "secrets.ndjson"))
		return errors.Is(err, os.ErrNotExist)
	})
	must(t, h.j.Close())
}

// Without its secret a director is not made: its probe would ask for something
// else. What an older version wrote is split on its way.
func TestASecretThatIsGoneIsAProblem(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.addSecret(t, "a")
	h.add("boot", "old", secretConfig)
	must(t, h.j.Close())
	h.close()
	must(t, os.Remove(filepath.Join(dir, "main", "secrets.ndjson")))
	h, report := open(t, dir, options(), director.Options{})
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "the secret of backend.probe.request[1] is not in ") {
		t.Errorf("got %q, want that the secret of a is gone", report.Problems)
	}
	if d, _ := h.rt.Tree().Lookup("boot", "old"); strings.Contains(string(d.Config), "m4rk") || h.secret("old") != "Cookie: m4rk" {
		t.Errorf("got %s and %s", d.Config, h.secret("old"))
	}
	must(t, h.j.Close())
}

// The secret of a director that cannot be made today can be had tomorrow.
func TestSecretsOfWhatIsSparedAreSpared(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.addSecret(t, "a")
	must(t, h.j.Close())
	h.close()
	o := options()
	o.Make = func(json.RawMessage) (director.Implementation, error) { return nil, errors.New("not today") }
	var spared string
	for range 3 {
		h, report := open(t, dir, o, director.Options{})
		if len(report.Problems) > 0 {
			spared = report.Spared()
		}
		if got := kept(t, dir); len(got) != 1 || got[0] != "Cookie: m4rk" {
			t.Errorf("kept %q, want the one that is spared", got)
		}
		must(t, h.j.Close())
		h.close()
	}
	// The way back: the spared file becomes the newest one.
	must(t, os.Rename(spared, filepath.Join(dir, "main", time.Now().Add(time.Hour).UTC().Format("20060102T150405.000000000Z")+"-back.ndjson")))
	h, report := open(t, dir, options(), director.Options{})
	if h.secret("a") != "Cookie: m4rk" {
		t.Errorf("got %s, problems %q", h.secret("a"), report.Problems)
	}
	must(t, h.j.Close())
}

// A crash while a secret is appended leaves a torn line, and no event of it.
func TestATornSecretIsLeftOut(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.addSecret(t, "a")
	must(t, h.j.Close())
	h.close()
	path := filepath.Join(dir, "main", "secrets.ndjson")
	text, err := os.ReadFile(path)
	must(t, err, os.WriteFile(path, append(text, `{"name":"x","val`...), 0o600))
	h, report := open(t, dir, options(), director.Options{})
	if h.secret("a") != "Cookie: m4rk" || len(report.Problems) > 0 {
		t.Errorf("got %s, problems %q", h.secret("a"), report.Problems)
	}
	must(t, h.j.Close())
	h.close()
	must(t, os.WriteFile(path, append([]byte("m4rk\n"), text...), 0o600))
	if _, err := journal.Open(dir, options()); err == nil || strings.Contains(err.Error(), "m4rk") {
		t.Errorf("a damaged line: got %v, want an error that does not quote it", err)
	}
}
