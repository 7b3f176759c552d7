package journal

import (
	"context"
	"errors"
	"time"
)

// ErrNotRecording reports that the journal was not started, or is closed.
var ErrNotRecording = errors.New("journal: it is not recording")

// Written waits until everything up to the event with that sequence number
// survives the end of the program, however sudden, and with Options.Durable also
// that of the machine. It returns an error at once while the disk takes nothing,
// with [ErrNotRecording] when no journal is kept, and that of ctx when it is
// done. What it returns an error for has happened, and is kept when the disk
// works again.
func (j *Journal) Written(ctx context.Context, seq uint64) error {
	for {
		j.mu.Lock()
		kept, err, news := j.written, j.err, j.news
		if j.o.Durable {
			kept = j.synced
		}
		if err == nil && !j.recording {
			err = ErrNotRecording
		}
		j.mu.Unlock()
		switch {
		case kept >= seq:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Failing returns why what happens now is not kept, and since when that is so. It
// returns a nil error if all is well.
func (j *Journal) Failing() (since time.Time, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.since, j.err
}

// tellLocked wakes those that wait for something.
func (j *Journal) tellLocked() {
	close(j.news)
	j.news = make(chan struct{})
}

// present returns what is done when the present file is given up, nil if there
// is none.
func (j *Journal) present() context.Context {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	return j.attempt
}

func (j *Journal) presentFile() file {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file
}

// use makes a file the present one that has everything up to a sequence number,
// on disk.
func (j *Journal) use(ctx context.Context, f file, seq uint64) {
	j.mu.Lock()
	old, abandon := j.file, j.abandon
	j.attempt, j.abandon = context.WithCancel(ctx)
	j.recording, j.file = true, f
	j.written, j.synced = max(j.written, seq), max(j.synced, seq)
	j.tellLocked()
	j.mu.Unlock()
	if old != nil {
		// Nothing needs it but those who look at the past: the new file has it all.
		_ = errors.Join(old.Sync(), old.Close())
		abandon()
	}
}

// wrote says that a file has everything up to a sequence number, which counts if
// it was not given up meanwhile.
func (j *Journal) wrote(f file, seq uint64) {
	j.mu.Lock()
	if j.file == f {
		j.written = max(j.written, seq)
		j.tellLocked()
	}
	j.mu.Unlock()
	select {
	case j.unsynced <- struct{}{}:
	default: // a sync that is yet to begin does this as well
	}
}

// fail gives a file up, unless that was done: after an error it is not known what of
// it is on disk, so nothing may be written behind it (see "fsyncgate"). The log
// is told at once, and then from time to time for as long as the disk fails.
func (j *Journal) fail(f file, err error) {
	j.mu.Lock()
	if j.file != f {
		j.mu.Unlock()
		return
	}
	now := time.Now()
	first := j.err == nil
	if first {
		j.since, j.told = now, time.Time{}
	}
	remind := now.Sub(j.told) >= j.o.Remind
	if remind {
		j.told = now
	}
	since, abandon := j.since, j.abandon
	j.file, j.err = nil, err
	j.tellLocked()
	j.mu.Unlock()
	if f != nil {
		_ = f.Close() // there is an error already
		abandon()
	}
	if remind {
		j.o.Logger.Error("journal: CHANGES ARE NOT KEPT ON DISK; everything else goes on", "error", err,
			"folder", j.folder, "since", since.UTC().Format(time.RFC3339), "tried again every", j.o.Retry)
	}
}

// works says that the disk takes something again.
func (j *Journal) works() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err, j.since = nil, time.Time{}
	j.tellLocked()
}

// letGo ends the use of the present file.
func (j *Journal) letGo() error {
	j.mu.Lock()
	f, abandon := j.file, j.abandon
	j.recording, j.file = false, nil
	j.tellLocked()
	j.mu.Unlock()
	if f == nil {
		return nil
	}
	abandon()
	return f.Close()
}
