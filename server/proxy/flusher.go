package proxy

import (
	"net/http"
	"sync"
	"time"
)

// flushDelay is how long bytes wait for others before they are sent.
const flushDelay = 5 * time.Millisecond

// A flusher writes a body, and flushes it when it has to.
type flusher struct {
	w       http.ResponseWriter
	control *http.ResponseController

	mu      sync.Mutex // guards the fields below, and writing
	timer   *time.Timer
	waiting bool // the timer runs
	stopped bool
}

// write writes p, and sends it at once if the caller says so.
func (f *flusher) write(p []byte, now bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.w.Write(p); err != nil {
		return err
	}
	if !now {
		return nil
	}
	if f.waiting {
		f.timer.Stop()
		f.waiting = false
	}
	return f.control.Flush()
}

// soon sees to it that what was written is sent before long.
func (f *flusher) soon() {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.waiting:
		return
	case f.timer == nil:
		f.timer = time.AfterFunc(flushDelay, f.flush)
	default:
		f.timer.Reset(flushDelay)
	}
	f.waiting = true
}

func (f *flusher) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting && !f.stopped {
		f.waiting = false
		_ = f.control.Flush() // the next write fails too
	}
}

// stop returns when nothing is being flushed; nothing will be afterwards.
func (f *flusher) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
	if f.timer != nil {
		f.timer.Stop()
	}
}
