// Package directortest helps those who write director types to test them: with a
// leaf that answers, a record of what happened, and a check at the end of a test.
// The example shows a whole one.
//
// # Concurrency
//
// A [Backend] and a [Recorder] may be used from any goroutine. Check belongs at
// the end of a test, when nothing changes any more.
package directortest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// A Backend is a leaf that answers every request with its own name, unless it
// is told otherwise.
type Backend struct {
	name     string
	requests atomic.Int64
	finished atomic.Int64

	mu   sync.Mutex // guards the fields below
	err  error
	body func() io.ReadCloser
}

var (
	_ director.RoundTripper = (*Backend)(nil)
	_ director.Finisher     = (*Backend)(nil)
)

// NewBackend returns a backend that answers with name.
func NewBackend(name string) *Backend { return &Backend{name: name} }

// Type implements [director.Implementation].
func (*Backend) Type() string { return "fake" }

// Fail makes all further requests fail with err; nil makes them succeed.
func (b *Backend) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// Answer makes body the source of all further bodies.
func (b *Backend) Answer(body func() io.ReadCloser) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.body = body
}

// RoundTrip implements [director.RoundTripper].
func (b *Backend) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	b.requests.Add(1)
	b.mu.Lock()
	err, body := b.err, b.body
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	resp := &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"X-Backend": {b.name}}, ContentLength: -1, Request: req,
	}
	if body != nil {
		resp.Body = body()
	} else {
		resp.Body = io.NopCloser(strings.NewReader(b.name))
	}
	return resp, nil
}

// Finish implements [director.Finisher].
func (b *Backend) Finish(*director.Task) { b.finished.Add(1) }

// Requests and Finished count the requests made, and those done with.
func (b *Backend) Requests() int64 { return b.requests.Load() }
func (b *Backend) Finished() int64 { return b.finished.Load() }

// A Recorder reads the events of a runtime.
type Recorder struct {
	log  *event.Log
	from uint64
}

// Record starts to record: events from now on are in the Recorder.
func Record(rt *director.Runtime) *Recorder {
	return &Recorder{log: rt.Log(), from: rt.Log().Last()}
}

// All returns the events since Record, oldest first.
func (r *Recorder) All(t testing.TB) []event.Event {
	t.Helper()
	events, err := r.log.After(r.from, 0)
	if err != nil {
		t.Fatalf("directortest: %v; give the runtime a larger LogCapacity", err)
	}
	return events
}

// Life returns the steps in the life of one director, in order: the kinds of
// its events without their prefix, and for director.event what it was told:
// "added", "WARM", "deleted", "released", "COLD", "destroyed".
func (r *Recorder) Life(t testing.TB, id uint64) []string {
	t.Helper()
	var steps []string
	for _, e := range r.All(t) {
		if e.ID != id || e.Kind == event.RefAssigned {
			continue
		}
		step := strings.TrimPrefix(string(e.Kind), "director.")
		if e.Kind == event.DirectorEvent {
			step = e.Life.Event
		}
		steps = append(steps, step)
	}
	return steps
}

// patience is how long Check waits for what should already be over.
const patience = 10 * time.Second

// Check closes the runtime and fails the test unless every director could be
// destroyed, every goroutine of a director type ended, every release let go of
// everything, no callback failed, and every type that resolves has a source of
// health. One that means to be healthy always says so in a Healthy method.
func Check(t testing.TB, rt *director.Runtime) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := rt.Close(ctx); err != nil {
		t.Errorf("directortest: %v", err)
	}
	for _, name := range rt.UnfoundedTypes() {
		t.Errorf("directortest: a director of type %s is healthy whatever becomes of its members: call FollowMembers in Bind, "+
			"have a Healthy method, or call ReportHealth", name)
	}
	rt.Sample() // a reference dropped twice shows in the numbers
	log := rt.Log()
	events, err := log.After(log.Oldest()-1, 0)
	if err != nil {
		t.Errorf("directortest: %v", err)
	}
	for _, e := range events {
		switch e.Kind {
		case event.DirectorLeaked:
			t.Errorf("directortest: release of %s.%s left %v", e.VCL, e.Director, e.Life.Left)
		case event.DirectorError:
			t.Errorf("directortest: %s of %s.%s: %s", e.Life.Callback, e.VCL, e.Director, e.Life.Error)
		}
	}
}
