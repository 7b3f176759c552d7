package backend

import (
	"context"
	"sync"
	"time"
)

// A stage is how far an exchange has come.
type stage uint8

const (
	stageSending stage = iota
	stageWaiting       // for the first byte of the answer
	stageHeader        // the rest of its header
	stageBody
)

// A watchdog ends an exchange whose backend is silent for too long. Its timer is
// not set anew with each stage and each read: it goes off at the earliest
// deadline that it has been told of, looks what the deadline is now, and waits
// for the rest.
type watchdog struct {
	cancel context.CancelCauseFunc

	mu       sync.Mutex // guards the fields below
	stage    stage
	timer    *time.Timer
	fires    time.Time // when the timer does; zero while it does not run
	deadline time.Time // zero while nothing is watched
	kind     Kind      // what it is to be late now
	late     *Error    // set once it was
}

// enter starts to watch a stage. The hooks that call it run in goroutines of
// net/http and may come late, when the exchange is further: those are ignored.
func (w *watchdog) enter(s stage, d time.Duration, kind Kind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s < w.stage {
		return
	}
	w.stage, w.kind = s, kind
	w.deadline = time.Now().Add(d)
	if w.fires.IsZero() || w.deadline.Before(w.fires) {
		w.setLocked(d)
	}
}

func (w *watchdog) setLocked(d time.Duration) {
	w.fires = w.deadline
	if w.timer == nil {
		w.timer = time.AfterFunc(d, w.fire)
		return
	}
	w.timer.Reset(d)
}

// rest stops watching until the next stage; the exchange has come to its body.
func (w *watchdog) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stage = stageBody
	w.deadline = time.Time{}
}

// end stops the timer.
func (w *watchdog) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deadline, w.fires = time.Time{}, time.Time{}
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watchdog) fire() {
	w.mu.Lock()
	w.fires = time.Time{}
	left := time.Until(w.deadline)
	if w.deadline.IsZero() || left > 0 {
		if left > 0 {
			w.setLocked(left)
		}
		w.mu.Unlock()
		return
	}
	w.late = &Error{Kind: w.kind, Err: context.DeadlineExceeded}
	late := w.late
	w.mu.Unlock()
	w.cancel(late)
}

// verdict returns the error by which the watchdog has ended the exchange, nil if
// it has not.
func (w *watchdog) verdict() *Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.late
}
