package backend

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// places are the requests that a backend may have at one time, and the line of
// those that wait for one (BE-3 to BE-5). A place that becomes free while
// somebody waits is handed to the first in line, never put back for others to
// take: that is why a newcomer cannot overtake.
type places struct {
	most      int // 0 is no limit
	waitLimit int
	patience  time.Duration

	mu    sync.Mutex // guards the fields below
	taken int
	line  list.List // of *waiter; empty while a place is free
}

// A waiter is one request in line.
type waiter struct {
	called chan struct{} // closed, under places.mu, when it leaves the line
	placed bool          // it was given a place; guarded by places.mu
}

// take gives the request a place, at once or after a wait, or says why not. A
// place has to be given back by free. healthy is asked after a wait: what was
// well when the request came may not be any more (BE-4).
func (p *places) take(ctx context.Context, t *tallies, healthy func() bool) *Error {
	w, ok := p.enter()
	if !ok {
		return &Error{Kind: KindBusy}
	}
	if w == nil {
		return nil
	}
	t.wait.Add(1)
	err := p.wait(ctx, w)
	if err == nil && !healthy() {
		p.free()
		err = errSickInLine
	}
	if err != nil {
		t.waitFail.Add(1)
	}
	return err
}

// enter takes a place, then w is nil, or joins the line.
func (p *places) enter() (w *waiter, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.most == 0 || p.taken < p.most && p.line.Len() == 0:
		p.taken++
		return nil, true
	case p.patience <= 0 || p.line.Len() >= p.waitLimit:
		return nil, false
	}
	w = &waiter{called: make(chan struct{})}
	p.line.PushBack(w)
	return w, true
}

// wait returns when w has a place, or why it has none.
func (p *places) wait(ctx context.Context, w *waiter) *Error {
	timer := time.NewTimer(p.patience)
	defer timer.Stop()
	var err *Error
	select {
	case <-w.called:
		err = errSickInLine
	case <-timer.C:
		err = &Error{Kind: KindBusy}
	case <-ctx.Done():
		err = &Error{Kind: KindCanceled, Err: context.Cause(ctx)}
	}
	p.mu.Lock()
	placed := w.placed
	if !placed {
		p.leaveLocked(w)
	}
	p.mu.Unlock()
	if !placed {
		return err
	}
	// A place that came in the last moment is still a place, but not for
	// somebody who has gone.
	if err.Kind == KindCanceled {
		p.free()
		return err
	}
	return nil
}

// leaveLocked takes w out of the line, if it is still there.
func (p *places) leaveLocked(w *waiter) {
	for e := p.line.Front(); e != nil; e = e.Next() {
		if e.Value == w {
			p.line.Remove(e)
			return
		}
	}
}

// free gives a place back, to the first in line if there is one.
func (p *places) free() {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := p.line.Front()
	if first == nil {
		p.taken--
		return
	}
	w := p.line.Remove(first).(*waiter)
	w.placed = true
	close(w.called)
}

// turnAway empties the line: all who wait fail.
func (p *places) turnAway() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for e := p.line.Front(); e != nil; e = p.line.Front() {
		close(p.line.Remove(e).(*waiter).called)
	}
}

func (p *places) count() (taken, waiting int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int64(p.taken), int64(p.line.Len())
}
