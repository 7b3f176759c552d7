package journal

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/callboard/callboard/director/event"
)

// record is the goroutine. It reads the log at its own speed, so the runtime
// never waits for it.
func (j *Journal) record(ctx context.Context) {
	defer close(j.done)
	for j.sub.Seq() < j.until.Load() {
		if j.file == nil {
			stopped := !sleep(ctx, j.o.Retry)
			j.again()
			if stopped {
				return
			}
			continue
		}
		events, err := j.sub.Next(ctx)
		switch {
		case err == nil:
			j.write(events)
		case errors.Is(err, event.ErrGap):
			// What was missed cannot be had any more, but what came of it can.
			j.o.Logger.Warn("journal: events came faster than the disk takes them; the whole state is written instead", "error", err)
			j.again()
		case errors.Is(err, event.ErrClosed):
			return // everything is read
		default:
			// Told to stop, perhaps at the moment at which something came: what is
			// there is read without waiting.
			if j.sub.Seq() >= j.rt.Log().Last() {
				return
			}
		}
	}
}

// write appends the events that happened before Close.
func (j *Journal) write(events []event.Event) {
	var lines bytes.Buffer
	until := j.until.Load()
	for _, e := range events {
		if e.Seq <= until {
			lines.Write(j.encode(e))
		}
	}
	err := j.secrets.keep(false) // before what names them
	if err == nil {
		err = writeSynced(j.file, lines.Bytes())
	}
	if err != nil {
		j.fail(err)
		return
	}
	if j.tail += int64(lines.Len()); j.tail > max(j.o.MaxBytes, j.state) {
		j.again()
	}
}

// again begins a new file.
func (j *Journal) again() {
	if err := j.begin(); err != nil {
		j.fail(err)
		return
	}
	if j.Err() != nil {
		j.setErr(nil)
		j.o.Logger.Info("journal: the disk works again, and the present state is kept")
	}
}

// fail gives the present file up: after an error nobody knows what of it is on
// disk, so nothing may be written behind it (see "fsyncgate"). The first error
// is logged, and then none until the disk has worked again.
func (j *Journal) fail(err error) {
	if j.Err() == nil {
		j.o.Logger.Error("journal: CHANGES ARE NOT KEPT ON DISK from now on; everything else goes on", "error", err,
			"folder", j.folder, "tried again every", j.o.Retry)
	}
	j.setErr(err)
	if j.file != nil {
		_ = j.file.Close() // there is an error already
		j.file = nil
	}
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
