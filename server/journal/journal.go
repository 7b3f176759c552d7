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
	// Remind is the time after which the log is told again that the disk fails;
	// 1 minute if 0.
	Remind time.Duration
	// Durable makes [Journal.Written] wait until the disk itself has what was
	// written, so that it survives a loss of power. One sync is for all that wait.
	Durable bool
	// Logger gets what goes wrong with the disk. nil discards it.
	Logger *slog.Logger

	// open is os.OpenFile but in tests.
	open func(path string, flag int) (file, error)
}

const (
	defaultKeep     = 10
	defaultMaxBytes = 16 << 20
	defaultRetry    = 5 * time.Second
	defaultRemind   = time.Minute
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
	done chan struct{} // closed when the goroutines have ended
	// unsynced has one place: something was written since the last sync began.
	unsynced chan struct{}
	// until is the last event to write: what comes after Close is none of the
	// journal's.
	until  atomic.Uint64
	ending sync.Once
	ended  error

	// The recording goroutine's own, from Start on.

	sub         *event.Subscription
	commands    assembler
	newest      time.Time // of the newest file's name
	state, tail int64     // bytes of the present file

	mu sync.Mutex // guards the fields below
	// recording is set from Start to Close.
	recording bool
	file      file // the present one, nil while the disk fails
	// attempt ends when the present file is given up, by abandon.
	attempt context.Context
	abandon context.CancelFunc
	// written and synced are sequence numbers: what a file has, and the disk.
	written, synced uint64
	err             error         // why nothing is kept
	since           time.Time     // when that began
	told            time.Time     // when the log was told
	news            chan struct{} // closed and replaced when any of these changes
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
	o.Remind = cmp.Or(o.Remind, defaultRemind)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	if o.open == nil {
		o.open = openFile
	}
	if o.Instance == "." || filepath.Base(o.Instance) != o.Instance || !filepath.IsLocal(o.Instance) {
		return nil, fmt.Errorf("journal: instance %q: the name has to be that of a folder", o.Instance)
	}
	j := &Journal{o: o, folder: filepath.Join(dir, o.Instance), done: make(chan struct{}), unsynced: make(chan struct{}, 1), news: make(chan struct{})}
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
	ctx, stop := context.WithCancel(context.Background())
	j.stop = stop
	if err := j.begin(ctx); err != nil {
		stop()
		j.stop = nil
		return fmt.Errorf("journal: %w", err)
	}
	// A new folder is there after a crash only if its parents say so.
	syncDir(filepath.Dir(j.folder))
	syncDir(filepath.Dir(filepath.Dir(j.folder)))
	j.secrets.watch(ctx)
	go j.run(ctx)
	return nil
}

// Close waits until everything that has happened so far is on disk, and lets go
// of the folder. What happens later is not recorded, nor is a command that is
// under way. It returns an error if the disk does not take the rest. Closing
// twice is the same as closing once.
func (j *Journal) Close() error {
	j.ending.Do(func() {
		if j.stop != nil {
			j.until.Store(j.rt.Log().Settled())
			j.stop()
			<-j.done
			j.secrets.watching.Wait()
			if _, err := j.Failing(); err != nil {
				j.ended = fmt.Errorf("journal: what happened last is not kept: %w", err)
			}
			j.ended = errors.Join(j.ended, j.letGo())
		}
		j.unlock()
	})
	return j.ended
}
