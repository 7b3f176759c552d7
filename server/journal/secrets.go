package journal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// secretsName is the file of an instance that has what events only name. Like
// all of the journal's files it has mode 0600, in a folder of mode 0700.
const secretsName = "secrets.ndjson"

// A keptSecret is a line of the file.
type keptSecret struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Spared secrets are those of directors that could not be restored: the file
	// of events that still has them is never deleted, and neither are they.
	Spared bool `json:"spared,omitempty"`
}

// A secretFile keeps the secrets of an instance. Those that come are written
// before the event that names them; those that go are taken out soon after.
type secretFile struct {
	j        *Journal
	path     string
	store    *director.Secrets // nil before Start
	watching sync.WaitGroup
	syncing  sync.Mutex // held by sync: a second call waits for what the first one syncs

	mu sync.Mutex // guards the fields below, and the file
	// old is what Open has found; nil when a state was written that does without.
	old     map[string]keptSecret
	spared  map[string]keptSecret
	written map[string]bool // nil while it is not known what is in the file
	dirty   bool            // lines were added since the last sync began
	lost    error           // of a sync that failed since the file was written whole
	// seen is the store's channel of when written was all that there was.
	seen <-chan struct{}
}

func (j *Journal) openSecrets() (err error) {
	f := &secretFile{j: j, path: filepath.Join(j.folder, secretsName), spared: map[string]keptSecret{}}
	f.old, err = readSecrets(f.path)
	for name, s := range f.old {
		if s.Spared {
			f.spared[name] = s
		}
	}
	j.secrets = f
	return err
}

// readSecrets reads a file. A last line that is torn is left out: its event was
// not written yet.
func readSecrets(path string) (map[string]keptSecret, error) {
	all := map[string]keptSecret{}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &reader{r: bufio.NewReaderSize(f, 1<<16), format: format}
	for {
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, r.line, err)
		}
		var s keptSecret
		if json.Unmarshal(record, &s) != nil {
			return nil, fmt.Errorf("%s: line %d: this is no secret", path, r.line) // an error of JSON may quote it
		}
		all[s.Name] = s
	}
}

// of returns what a director was made from: all of it, what of it may be shown,
// and its secrets. What an older version has recorded may not have been split.
func (f *secretFile) of(d *tree.Director) (whole, shown json.RawMessage, secrets []director.Secret, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range d.Secrets {
		s, ok := f.old[n.Name]
		if !ok {
			return nil, nil, nil, fmt.Errorf("the secret of %s is not in %s any more", n.Field, f.path)
		}
		secrets = append(secrets, director.Secret{Field: n.Field, Value: s.Value})
	}
	whole, err = director.Reveal(d.Config, secrets)
	if err != nil || f.j.o.Conceal == nil {
		return whole, d.Config, secrets, err
	}
	shown, secrets, err = f.j.o.Conceal(whole)
	return whole, shown, secrets, err
}

// spare keeps secrets of a director that could not be restored.
func (f *secretFile) spare(named []event.Secret) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range named {
		if s, ok := f.old[n.Name]; ok {
			s.Spared = true
			f.spared[n.Name] = s
		}
	}
}

// watch takes secrets out of the file when they are let go of, until ctx ends. It
// lets some time pass first, in which the events that tell of that are written: a
// director must not come back without its secrets.
func (f *secretFile) watch(ctx context.Context) {
	f.mu.Lock()
	f.old = nil
	f.mu.Unlock()
	f.watching.Go(func() {
		for {
			changed := f.store.Changed()
			if _, err := f.j.Failing(); err == nil {
				if err := f.keep(true); err != nil {
					f.j.o.Logger.Warn("journal: secrets that are not needed any more are still on disk", "error", err)
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
			if !sleep(ctx, f.j.o.Retry) {
				return
			}
		}
	})
}

// keep makes the file have all secrets that there are now, and no others if
// exactly is true.
func (f *secretFile) keep(exactly bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed := f.store.Changed()
	if f.written != nil && f.seen == changed && !exactly {
		return nil
	}
	now := f.store.All()
	if err := f.keepLocked(now, exactly); err != nil {
		return err
	}
	f.seen = changed
	return nil
}

func (f *secretFile) keepLocked(now map[string]string, exactly bool) error {
	var added []keptSecret
	for name, value := range now {
		if !f.written[name] {
			added = append(added, keptSecret{Name: name, Value: value})
		}
	}
	have := len(f.written) + len(added)
	switch {
	case f.written == nil || exactly && have > len(now)+len(f.spared):
		return f.rewriteLocked(f.neededLocked(now))
	case len(added) > 0:
		return f.appendLocked(added)
	}
	return nil
}

// neededLocked returns what belongs into the file.
func (f *secretFile) neededLocked(now map[string]string) map[string]keptSecret {
	needed := make(map[string]keptSecret)
	maps.Copy(needed, f.old)
	maps.Copy(needed, f.spared)
	for name, value := range now {
		needed[name] = keptSecret{Name: name, Value: value}
	}
	return needed
}

func (f *secretFile) rewriteLocked(needed map[string]keptSecret) error {
	if len(needed) == 0 {
		return f.removeLocked()
	}
	written := make(map[string]bool)
	_, err := f.j.create(f.path, func(w io.Writer) error {
		for _, s := range needed {
			if err := writeSecret(w, s); err != nil {
				return err
			}
			written[s.Name] = true
		}
		return nil
	})
	if err == nil {
		f.written, f.dirty, f.lost = written, false, nil
	}
	return err
}

func (f *secretFile) removeLocked() error {
	for _, path := range []string{f.path, f.path + unfinished} { // a crash may have left the second
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f.written, f.dirty, f.lost = map[string]bool{}, false, nil
	return nil
}

// appendLocked adds secrets. After an error it is not known what is in the file.
func (f *secretFile) appendLocked(added []keptSecret) (err error) {
	defer func() {
		if err != nil {
			f.written = nil
		}
	}()
	file, err := f.j.o.open(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var lines bytes.Buffer
	for _, s := range added {
		if err := writeSecret(&lines, s); err != nil {
			return err
		}
	}
	if _, err := file.Write(lines.Bytes()); err != nil {
		return err
	}
	f.dirty = true
	for _, s := range added {
		f.written[s.Name] = true
	}
	return nil
}

func writeSecret(w io.Writer, s keptSecret) error {
	record, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(appendLine(nil, func(b []byte) []byte { return append(b, record...) }))
	return err
}

// sync waits until the disk has the secrets that were added. The events that
// name them are synced after that.
func (f *secretFile) sync() error {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	f.mu.Lock()
	dirty, lost := f.dirty, f.lost
	f.dirty = false
	f.mu.Unlock()
	if !dirty || lost != nil {
		return lost
	}
	file, err := f.j.o.open(f.path, os.O_WRONLY|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing is left in it
	}
	if err == nil {
		err = errors.Join(file.Sync(), file.Close())
	}
	if err != nil {
		f.mu.Lock()
		f.written, f.lost = nil, err // the next state writes it anew
		f.mu.Unlock()
	}
	return err
}
