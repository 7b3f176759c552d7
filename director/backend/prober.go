package backend

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A probeState is what a probe does (PROBE-12).
type probeState uint8

const (
	probeCold      probeState = iota // nothing
	probeScheduled                   // the timer runs
	probeRunning                     // a poke is under way
	probeCooling                     // a poke is under way, and nobody wants its result
	probeDeleted                     // the director is gone
)

var probeStates = [...]string{"cold", "scheduled", "running", "cooling", "deleted"}

func (s probeState) String() string { return probeStates[s] }

// A prober pokes a backend while its VCL is warm: at once, and then an interval
// after each poke has ended, so that at most one is under way.
type prober struct {
	interval time.Duration
	// poke makes a poke, spawn runs it in a goroutine that somebody waits for,
	// and tell passes on where the probe stands.
	poke  func(context.Context) poke
	spawn func(func())
	tell  func(p event.Probe, healthy bool, reason string)

	mu     sync.Mutex // guards the fields below
	state  probeState
	window window
	timer  *time.Timer        // nil before the first WARM
	cut    context.CancelFunc // ends the poke that is under way
	// telling is set while somebody tells, stale when there is more to tell.
	telling, stale bool
}

func newProber(b *Backend) *prober {
	return &prober{
		interval: time.Duration(b.config.Probe.Interval),
		window:   newWindow(b.config.Probe, time.Now()),
		poke:     b.poke,
		spawn:    func(f func()) { b.self.Go(f) },
		tell: func(p event.Probe, healthy bool, reason string) {
			b.self.ReportProbe(p)
			b.self.ReportHealth(healthy, reason)
		},
	}
}

func (p *prober) warm() {
	p.mu.Lock()
	p.window.reset(time.Now())
	switch p.state {
	case probeCold:
		p.state = probeScheduled
		p.scheduleLocked(0)
	case probeCooling:
		p.state = probeRunning
	case probeScheduled, probeRunning, probeDeleted:
	}
	p.mu.Unlock()
	p.publish()
}

func (p *prober) cold() {
	p.mu.Lock()
	p.window.reset(time.Now())
	switch p.state {
	case probeScheduled:
		p.state = probeCold
		p.timer.Stop()
	case probeRunning:
		p.state = probeCooling
	case probeCold, probeCooling, probeDeleted:
	}
	p.mu.Unlock()
	p.publish()
}

// destroy ends the probe, and cuts a poke that is under way.
func (p *prober) destroy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = probeDeleted
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.cut != nil {
		p.cut()
	}
}

func (p *prober) scheduleLocked(d time.Duration) {
	if p.timer == nil {
		p.timer = time.AfterFunc(d, p.due)
		return
	}
	p.timer.Reset(d)
}

// due starts the poke that was scheduled. The lock is held until it has been
// spawned, so that COLD and destroy see it or prevent it.
func (p *prober) due() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != probeScheduled {
		return // the timer fired as it was stopped
	}
	p.state = probeRunning
	ctx, cut := context.WithCancel(context.Background())
	p.cut = cut
	p.spawn(func() {
		defer cut()
		var result poke
		defer func() { p.done(result) }() // also after a panic, which goes on to whoever spawned
		result = p.poke(ctx)
	})
}

// done takes the result of a poke.
func (p *prober) done(result poke) {
	p.mu.Lock()
	p.cut = nil
	switch p.state {
	case probeRunning:
		p.window.add(result, time.Now())
		p.state = probeScheduled
		p.scheduleLocked(p.interval)
	case probeCooling:
		p.state = probeCold
	case probeCold, probeScheduled, probeDeleted:
	}
	p.mu.Unlock()
	p.publish()
}

// publish tells where the probe stands. What it tells may call back, and several
// may want to tell at one time; then the first of them tells for all, so that
// what is told last is what is true.
func (p *prober) publish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = true
	if p.telling {
		return
	}
	p.telling = true
	for p.stale && p.state != probeDeleted {
		p.stale = false
		report, healthy, reason := p.window.report(), !p.window.sick, p.window.reason()
		p.mu.Unlock()
		p.tell(report, healthy, reason)
		p.mu.Lock()
	}
	p.telling = false
}

func (p *prober) status() ProbeStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.window.status()
	s.State = p.state.String()
	return s
}

// reason says why the backend is healthy or sick.
func (w *window) reason() string {
	text := fmt.Sprintf("probe: %d of %d good, %d needed", w.good, w.size, w.threshold)
	if w.words != "" {
		text += "; last: " + w.words
	}
	return text
}
