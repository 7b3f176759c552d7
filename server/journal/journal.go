package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Options configure a [Journal]. Make is needed for Restore.
type Options struct {
	// Instance names the folder below DIR; "main" if empty.
	Instance string
	// Make makes a director from the Config of its director.added event, with its
	// secrets in it.
	Make func(config json.RawMessage) (director.Implementation, error)
	// Conceal takes the secrets out of what Make gets, so that no event has them;
	// nil leaves them where they were recorded.
	Conceal func(config json.RawMessage) (shown json.RawMessage, secrets []director.Secret, err error)
	// Keep is the number of files to keep beside the present one; 10 if 0.
	Keep int
	// MaxBytes of events, and at least as many as the state has, make a new
	// file begin; 16 MiB if 0.
	MaxBytes int64
	// Retry is the time after which a disk that has failed is tried again; 5 s
	// if 0.
	Retry time.Duration
	// Logger gets what goes wrong with the disk. nil discards it.
	Logger *slog.Logger

	// open is os.OpenFile but in tests.
	open func(path string, flag int) (file, error)
}

const (
	defaultKeep     = 10
	defaultMaxBytes = 16 << 20
	defaultRetry    = 5 * time.Second
)

// A Journal keeps one instance. Make one with [Open].
type Journal struct {
	o      Options
	folder string // of the instance
	unlock func()

	// kept is what was found on disk, at keptFile; nil if there was nothing.
	kept     *tree.Snapshot
	keptFile string
	// spared is set when something in keptFile could not be restored.
	spared bool

	secrets *secretFile

	rt   *director.Runtime
	stop context.CancelFunc
	done chan struct{} // closed when the goroutine has ended
	// until is the last event to write: what comes after Close is none of the
	// journal's.
	until  atomic.Uint64
	ending sync.Once
	ended  error

	// The goroutine's own, from Start on.

	sub         *event.Subscription
	file        file      // nil while the disk fails
	newest      time.Time // of the newest file's name
	state, tail int64     // bytes of the present file

	mu  sync.Mutex // guards the field below
	err error
}

// Open takes dir for this process, makes it if need be, and reads what is kept
// of the instance. It fails if another process has dir, and if what is kept is
// damaged anywhere but at its end: the error names file and line then, and
// nothing has been changed.
func Open(dir string, o Options) (*Journal, error) {
	o.Instance = cmp.Or(o.Instance, "main")
	o.Keep = max(1, cmp.Or(o.Keep, defaultKeep))
	o.MaxBytes = cmp.Or(o.MaxBytes, defaultMaxBytes)
	o.Retry = cmp.Or(o.Retry, defaultRetry)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.open == nil {
		o.open = openFile
	}
	if o.Instance == "." || filepath.Base(o.Instance) != o.Instance || !filepath.IsLocal(o.Instance) {
		return nil, fmt.Errorf("journal: instance %q: the name has to be that of a folder", o.Instance)
	}
	j := &Journal{o: o, folder: filepath.Join(dir, o.Instance), done: make(chan struct{})}
	j.until.Store(math.MaxUint64)
	if err := os.MkdirAll(j.folder, 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	unlock, err := lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j.unlock = unlock
	if err := errors.Join(j.load(), j.openSecrets()); err != nil {
		unlock()
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

// Start writes the present state of rt into a new file and then goes on
// recording. When it returns without error, a crash does not lose that state any
// more; until then what was kept before is what would come back.
func (j *Journal) Start(rt *director.Runtime) error {
	j.rt, j.secrets.store = rt, rt.Secrets()
	j.spare()
	if err := j.begin(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	// A new folder is there after a crash only if its parents say so.
	syncDir(filepath.Dir(j.folder))
	syncDir(filepath.Dir(filepath.Dir(j.folder)))
	ctx, stop := context.WithCancel(context.Background())
	j.stop = stop
	j.secrets.watch(ctx)
	go j.record(ctx)
	return nil
}

// Err returns why what happens now is not kept, nil if it is.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

func (j *Journal) setErr(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = err
}

// Close waits until everything that has happened so far is on disk, and lets go
// of the folder. What happens later is not recorded. It returns an error if the
// disk does not take the rest. Closing twice is the same as closing once.
func (j *Journal) Close() error {
	j.ending.Do(func() {
		if j.stop != nil {
			j.until.Store(j.rt.Log().Last())
			j.stop()
			<-j.done
			j.secrets.watching.Wait()
			if j.ended = j.Err(); j.ended != nil {
				j.ended = fmt.Errorf("journal: what happened last is not kept: %w", j.ended)
			}
		}
		if j.file != nil {
			j.ended = errors.Join(j.ended, j.file.Close())
		}
		j.unlock()
	})
	return j.ended
}
