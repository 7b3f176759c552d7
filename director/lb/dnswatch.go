package lb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// A dnsRun is one time of watching the name, from WARM to COLD or to the end of
// the director. It is the goroutine's; nobody waits for that but the next run.
type dnsRun struct {
	ctx    context.Context // ends when the goroutine has to
	cancel context.CancelFunc
	before <-chan struct{} // closed when the goroutine before is over; nil for the first
	done   chan struct{}
	wait   *dnsWait // nil if no request has to wait for this run
	// prevention keeps the VCL from being torn down, or warmed again, while the
	// goroutine may add to it (DNS-5).
	prevention *director.Prevention
}

// A dnsWait is what requests wait for that come before the first answer.
type dnsWait struct {
	done  chan struct{}
	timer *time.Timer // ends the wait if nothing else does
}

// Event implements [director.Eventer].
func (d *DNS) Event(e director.Event) {
	switch e {
	case director.EventWarm:
		d.start()
	case director.EventCold:
		d.mu.Lock()
		r := d.run
		d.run = nil
		d.mu.Unlock()
		d.stop(r)
	case director.EventDiscard, director.EventSick:
	}
}

func (d *DNS) start() {
	prevention, err := d.self.VCL().PreventDiscard("dns director " + d.self.Name())
	if err != nil {
		return // the VCL is not warm any more: COLD is what it tells us next
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &dnsRun{ctx: ctx, cancel: cancel, done: make(chan struct{}), prevention: prevention}
	if !d.enter(r) {
		cancel()
		prevention.Allow()
		return
	}
	d.self.Go(func() { d.watch(r) })
}

// enter makes r the present run, unless there is one, or must be none.
func (d *DNS) enter(r *dnsRun) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.released || d.run != nil {
		return false
	}
	r.before, d.last = d.last, r.done
	d.run = r
	if !d.answered {
		w := &dnsWait{done: make(chan struct{})}
		r.wait = w
		d.wait.Store(w)
		w.timer = time.AfterFunc(d.options.FirstLookupTimeout, func() { d.endWait(w) })
	}
	return true
}

// stop tells the goroutine of a run, if there is one, to end. Requests need not
// wait for its answer any more.
func (d *DNS) stop(r *dnsRun) {
	if r == nil {
		return
	}
	r.cancel()
	if r.wait != nil {
		r.wait.timer.Stop()
		d.endWait(r.wait)
	}
}

// endWait lets those go on who wait. Whoever takes the wait away closes it, so
// that it is closed once.
func (d *DNS) endWait(w *dnsWait) {
	if d.wait.CompareAndSwap(w, nil) {
		close(w.done)
	}
}

// await returns when there is a first answer, or none is to be waited for.
func (d *DNS) await(done <-chan struct{}) {
	if w := d.wait.Load(); w != nil {
		select {
		case <-w.done:
		case <-done:
		}
	}
}

// watch looks the name up until the run ends. The deferred calls are in the
// order that others rely on: the next run may start to change members when this
// one is over, and the VCL may be torn down, which ends this director, last.
func (d *DNS) watch(r *dnsRun) {
	defer r.prevention.Allow()
	defer close(r.done)
	defer d.stop(r)
	if r.before != nil {
		<-r.before
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			return
		}
		next, ok := d.refresh(r)
		if !ok {
			return
		}
		timer.Reset(next)
	}
}

// refresh looks the name up once, and returns when to do so again; ok is false
// if that is never.
func (d *DNS) refresh(r *dnsRun) (next time.Duration, ok bool) {
	answer, err := d.lookup(r.ctx)
	at := time.Now()
	// The lookup itself keeps nobody alive. From here on the director must not end,
	// so it is held as by a request, unless it has ended already.
	hold := d.self.Hold()
	defer hold.Drop()
	if hold.IsZero() || r.ctx.Err() != nil {
		return 0, false
	}
	deadline := at.Add(d.options.RetryAfter)
	if err == nil {
		deadline = at.Add(d.options.goodFor(answer.ttl))
		if over := d.update(r.ctx, answer.wanted); over != nil {
			return 0, false
		}
	}
	d.note(answer, err, deadline)
	if r.wait != nil {
		r.wait.timer.Stop()
		d.endWait(r.wait)
	}
	return time.Until(deadline), true
}

// note records how a lookup went, and makes what is news in it an event. A name
// that fails for days is reported once.
func (d *DNS) note(answer dnsAnswer, err error, next time.Time) {
	refused := strings.Join(slices.Sorted(slices.Values(answer.refused)), ", ")
	d.mu.Lock()
	s := &d.status
	news := err != nil && !sameFailure(s.err, err)
	refusals := err == nil && refused != "" && refused != s.refused
	s.lookups++
	s.next, s.err = next, err
	if err == nil {
		s.refused = refused
	} else {
		s.failures++
	}
	d.answered = true
	d.mu.Unlock()
	if news {
		d.self.ReportError("lookup", fmt.Errorf("%s: %w", d.options.Host, err))
	}
	if refusals {
		d.self.ReportError("lookup", fmt.Errorf("%s: ignored %s", d.options.Host, refused))
	}
}

// over reports that an error of a change means that there is nothing more to
// change: the VCL or the director is going.
func over(err error) bool {
	return errors.Is(err, director.ErrReleased) || errors.Is(err, director.ErrNotWarm) || errors.Is(err, director.ErrClosed)
}
