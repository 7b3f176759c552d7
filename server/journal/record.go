package journal

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/callboard/callboard/director/event"
)

// run writes and syncs until ctx is done and all is written, in two goroutines:
// what happens is written at once, however long a sync lasts.
func (j *Journal) run(ctx context.Context) {
	defer close(j.done)
	var syncing sync.WaitGroup
	syncing.Go(j.syncAll)
	j.record(ctx)
	close(j.unsynced)
	syncing.Wait()
	j.sync() // what was written while the last one was under way
}

// record reads the log at its own speed, so the runtime never waits for it.
func (j *Journal) record(ctx context.Context) {
	for j.sub.Seq() < j.until.Load() {
		attempt := j.present()
		if attempt == nil {
			stopped := !sleep(ctx, j.o.Retry)
			j.again(ctx)
			if stopped {
				return
			}
			continue
		}
		events, err := j.sub.Next(attempt)
		switch {
		case err == nil:
			j.write(ctx, events)
		case errors.Is(err, event.ErrGap):
			// What was missed cannot be had any more, but what came of it can.
			j.o.Logger.Warn("journal: events came faster than the disk takes them; the whole state is written instead", "error", err)
			j.again(ctx)
		case errors.Is(err, event.ErrClosed):
			return // everything is read
		default:
			// Told to stop, perhaps at the moment at which something came, which is
			// then read without waiting; or a sync has failed.
		}
	}
}

// write appends the events that happened before Close, each command as a record.
func (j *Journal) write(ctx context.Context, events []event.Event) {
	var lines []byte
	var seq uint64
	until := j.until.Load()
	for _, e := range events {
		if e.Seq > until {
			break
		}
		if whole := j.commands.add(e); whole != nil {
			lines, seq = j.appendEvents(lines, whole...), e.Seq
		}
	}
	if len(lines) == 0 {
		return
	}
	f := j.presentFile()
	if f == nil {
		return // a sync has failed just now: the state will tell of these events
	}
	err := j.secrets.keep(false) // before what names them
	if err == nil {
		_, err = f.Write(lines)
	}
	if err != nil {
		j.fail(f, err)
		return
	}
	j.wrote(f, seq)
	if j.tail += int64(len(lines)); j.tail > max(j.o.MaxBytes, j.state) {
		j.again(ctx)
	}
}

// again begins a new file.
func (j *Journal) again(ctx context.Context) {
	if err := j.begin(ctx); err != nil {
		j.fail(j.presentFile(), err)
		return
	}
	if since, err := j.Failing(); err != nil {
		j.works()
		j.o.Logger.Info("journal: the disk works again, and the present state is kept", "after", time.Since(since).Round(time.Second))
	}
}

// syncAll syncs what was written, as often as there is something and the disk is
// ready: all commands that were written meanwhile share a sync.
func (j *Journal) syncAll() {
	for range j.unsynced {
		j.sync()
	}
}

// sync waits until the disk has what was written to the present file.
func (j *Journal) sync() {
	j.mu.Lock()
	f, seq, done := j.file, j.written, j.synced >= j.written
	j.mu.Unlock()
	if f == nil || done {
		return
	}
	err := j.secrets.sync()
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		j.fail(f, err)
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.synced = max(j.synced, seq)
	j.tellLocked()
}

// sleep reports false if ctx ended it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
