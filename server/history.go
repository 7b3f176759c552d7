package server

import (
	"context"
	"math"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// maxSeries is of how many directors a history keeps the last minute: about 15 MB.
const maxSeries = 20_000

// A history keeps what each director that has something to do did in each of the
// last 60 seconds, whether anybody looks or not, so that a page can show it when
// it is opened. A second costs as much as there are directors that changed in
// it; what was idle for a minute is forgotten.
//
// Its mutex may be taken with that of a group held, and that of the runtime is
// taken inside.
type history struct {
	rt *director.Runtime
	// pulse counts the samples in which any director had something to do.
	pulse atomic.Uint64

	mu     sync.Mutex // guards the fields below
	number uint64     // of the newest sample
	last   *tree.Snapshot
	series map[uint64]*series
	told   map[uint64]told
}

// told is what was last said of a director, and at which sample.
type told struct {
	number uint64
	past   *view.Past
}

func newHistory(rt *director.Runtime) *history {
	return &history{
		rt: rt, number: view.PastLength, last: rt.Sample(),
		series: make(map[uint64]*series), told: make(map[uint64]told),
	}
}

// run samples the gauges until ctx is done. Nobody else has to: a snapshot of the
// tree is as new as the newest sample.
func (h *history) run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.sample()
		}
	}
}

func (h *history) sample() {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.rt.Sample()
	h.number++
	for id := range s.Changes(h.last) {
		h.recordLocked(s, id)
	}
	h.last = s
	if h.number%view.PastLength == 0 {
		h.forgetLocked()
	}
	if len(h.series) > 0 {
		h.pulse.Add(1)
	}
}

func (h *history) recordLocked(s *tree.Snapshot, id uint64) {
	now, ok := s.Director(id)
	if !ok {
		delete(h.series, id)
		return
	}
	was, ok := h.last.Director(id)
	if !ok {
		was = &tree.Director{}
	}
	sample := second(was, now)
	kept, ok := h.series[id]
	switch {
	case ok:
	case sample == view.Sample{} || len(h.series) >= maxSeries:
		return
	default:
		kept = &series{number: h.number - 1}
		h.series[id] = kept
	}
	kept.put(h.number, sample)
}

// second is what a director did between two samples. What a load balancer sends
// on is not counted, but has a rate.
func second(was, now *tree.Director) view.Sample {
	sample := view.Sample{
		Requests: uint32(now.Requests - was.Requests), Failures: uint32(now.Failures - was.Failures), Tasks: uint32(now.Tasks),
	}
	if !now.Leaf {
		sample.Requests = uint32(math.Round(max(0, now.Passed.Since(was.Passed))))
	}
	return sample
}

// forgetLocked forgets the directors that were idle for a minute, and what was
// said of those that nobody asks about any more.
func (h *history) forgetLocked() {
	for id, s := range h.series {
		if s.idle(h.number) {
			delete(h.series, id)
		}
	}
	for id, t := range h.told {
		if t.number+1 < h.number {
			delete(h.told, id)
		}
	}
}

// of is a [view.Pasts]. It says the same of a director until the next sample,
// and as long as nothing changes.
func (h *history) of(id uint64) *view.Past {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, ok := h.told[id]
	if ok && before.number == h.number {
		return before.past
	}
	past := &view.Past{Totals: h.totals(id)}
	if s, kept := h.series[id]; kept {
		past.Samples = s.samples(h.number)
	}
	if past.Totals == nil && past.Samples == nil {
		return nil // anybody can ask for any number: nothing is kept of that
	}
	if ok && reflect.DeepEqual(before.past, past) {
		past = before.past
	}
	h.told[id] = told{h.number, past}
	return past
}

// totals is what a backend counts of itself, nil for what is none.
func (h *history) totals(id uint64) []view.Total {
	d, err := h.rt.Find("@" + strconv.FormatUint(id, 10))
	if err != nil {
		return nil
	}
	b, ok := d.Implementation().(*backend.Backend)
	if !ok {
		return nil
	}
	return totalsOf(b.Counters())
}

// totalsOf words the counters of a backend. What has not happened is left out,
// but for requests.
func totalsOf(c backend.Counters) []view.Total {
	failed := c.FailEACCES + c.FailEADDRNOTAVAIL + c.FailECONNREFUSED + c.FailENETUNREACH + c.FailETIMEDOUT + c.FailOther
	totals := []view.Total{{Name: "requests", Count: c.Req}}
	for _, t := range []view.Total{
		{Name: "on a used connection", Count: c.Reuse},
		{Name: "sent again", Count: c.Retry},
		{Name: "not sent: sick", Count: c.Unhealthy},
		{Name: "not sent: busy", Count: c.Busy},
		{Name: "waited for a place", Count: c.Wait},
		{Name: "connections failed", Count: failed},
		{Name: "not tried", Count: c.HeldDown},
		{Name: "timeouts", Count: c.FirstByteTimeouts + c.BetweenBytesTimeouts},
		{Name: "broken answers", Count: c.FailAnswer},
		{Name: "sent", Count: c.BytesOut, Bytes: true},
		{Name: "received", Count: c.BytesIn, Bytes: true},
	} {
		if t.Count > 0 {
			totals = append(totals, t)
		}
	}
	return totals
}
