package director

import (
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Sample reads the numbers that requests and probes have moved since the last
// sample (references of requests in flight, requests, failures, probe windows)
// and returns the tree with them. Its cost is that of the directors that
// changed. Who shows the tree calls it, at most once for each frame; nobody
// else pays.
func (rt *Runtime) Sample() *tree.Snapshot {
	if rt.dirty.head.Load() == nil && !rt.flows.Load() {
		return rt.Tree()
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.sampleLocked()
}

func (rt *Runtime) sampleLocked() *tree.Snapshot {
	rt.destroyed = 0
	var gauges []event.Gauge
	for _, d := range rt.sampleFlowsLocked(rt.dirty.takeAll(), time.Now()) {
		if d.id != 0 && !d.gone {
			gauges = append(gauges, d.gaugeLocked())
		}
	}
	if len(gauges) > 0 {
		rt.state.Store(rt.Tree().ApplyGauges(gauges))
	}
	return rt.Tree()
}

func (d *Director) gaugeLocked() event.Gauge {
	count := d.count.count()
	tasks := count - int64(one(d.owned))
	if !d.static {
		tasks -= int64(len(d.holders))
	}
	if tasks < 0 && count > 0 {
		d.emitLifeLocked(event.DirectorError, event.Life{
			Callback: "drop", Error: "a request dropped a reference twice: fewer are counted than are held",
		}, nil)
	}
	return event.Gauge{
		ID:       d.id,
		Refcount: count,
		Tasks:    max(0, tasks),
		Requests: d.requests.Load(),
		Failures: d.failures.Load(),
		Retried:  d.retried.Load(),
		Probe:    d.probe.Load(),
		Passed:   d.passed,
		Carried:  d.carriedLocked(),
	}
}

// ReportProbe tells where the director's probe stands. Health itself is told by
// [Director.ReportHealth].
func (d *Director) ReportProbe(p event.Probe) {
	if p.Answers == nil {
		p.Answers = []event.ProbeAnswer{} // in JSON a list is a list, also where a type has none to tell
	}
	d.probe.Store(&p)
	d.touch()
}
