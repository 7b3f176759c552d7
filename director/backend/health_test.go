package backend_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
)

const never = backend.Duration(time.Hour)

func TestHealthOfProbe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	probed := func(initial int) backend.Config {
		c := at(server.Listener.Addr())
		c.Probe = &backend.ProbeConfig{Interval: never, Window: 2, Threshold: 1, Initial: &initial}
		return c
	}
	t.Run("PROBE-10 a fresh backend went sick", func(t *testing.T) {
		b, err := backend.New(probed(0))
		if err != nil {
			t.Fatal(err)
		}
		s, ok := b.ProbeStatus()
		if got, want := s.Record("a"), `a Went sick -------- 0 1 2 0.000000 0.000000 ""`; !ok || got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("PROBE-14 pokes pass by limits and admin health", func(t *testing.T) {
		v := newVCL(t)
		sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
		d := add(t, v, "a", probed(0))
		if got := nextHealth(t, sub); !got.Healthy {
			t.Fatalf("got %+v, want healthy after the first poke", got)
		}
		if err := d.SetHealth(director.AdminSick); err != nil {
			t.Fatal(err)
		}
		if s, _ := of(d).ProbeStatus(); s.Sick {
			t.Errorf("PROBE-14: got %+v, want the probe to go its own way", s)
		}
	})
	t.Run("PROBE-11 COLD returns it to its initial health", func(t *testing.T) {
		v := newVCL(t)
		sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
		d := add(t, v, "a", probed(0))
		nextHealth(t, sub)
		of(d).Event(director.EventCold)
		if got := nextHealth(t, sub); got.Healthy || d.Healthy() {
			t.Errorf("got %+v, want sick: nothing is known", got)
		}
		of(d).Event(director.EventWarm)
		if got := nextHealth(t, sub); !got.Healthy {
			t.Errorf("got %+v, want healthy after another poke", got)
		}
	})
	t.Run("PROBE-15 happy without a probe", func(t *testing.T) {
		d := add(t, newVCL(t), "a", at(server.Listener.Addr()))
		if _, ok := of(d).ProbeStatus(); ok || of(d).Counters().Happy != ^event.Bits(0) {
			t.Errorf("got %x, want all ones", of(d).Counters().Happy)
		}
	})
	t.Run("PROBE-8 EV-2 SICK only on the way down", func(t *testing.T) {
		v := newVCL(t)
		events := directortest.Record(v.Runtime())
		sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
		up := add(t, v, "up", probed(1))
		of(up).Event(director.EventCold) // its credit keeps it healthy
		down := add(t, v, "down", probed(0))
		nextHealth(t, sub)
		of(down).Event(director.EventCold)
		if slices.Contains(events.Life(t, up.ID()), "SICK") {
			t.Error("got SICK from a backend that stayed healthy")
		}
		if !slices.Contains(events.Life(t, down.ID()), "SICK") {
			t.Error("got no SICK from a backend that went sick")
		}
	})
}

// Waiters at a backend that goes sick fail at once.
func TestSickWakesWaiters(t *testing.T) {
	s := newStageManager(t)
	first := s.request(t, "waitq")
	s.settle(t, "/waitq", 0)
	second := s.request(t, "waitq")
	s.settle(t, "/waitq", 1)
	s.set(t, "waitq", director.AdminSick)
	got := <-second
	if !errors.Is(got.err, backend.ErrBusy) || !errors.Is(got.err, director.ErrUnhealthy) {
		t.Errorf("EV-3 BE-4: got %v, want busy, being unhealthy", got.err)
	}
	s.release <- struct{}{}
	if got := <-first; got.status != 200 {
		t.Errorf("who was in already: got %+v, want 200", got)
	}
	if c := of(s.leaves["waitq"]).Counters(); c.Wait != 1 || c.WaitFail != 1 || c.Busy != 1 || c.Conn != 0 {
		t.Errorf("BE-9: got %+v", c)
	}
}

func TestAddrOfAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	d := add(t, newVCL(t), "a", at(server.Listener.Addr()))
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/", nil)
	task := &director.Task{Request: req}
	if got := of(d).Addr(task); got != nil {
		t.Errorf("REQ-10 before: got %v, want nil", got)
	}
	resp, err := of(d).RoundTrip(task, req)
	if err != nil {
		t.Fatal(err)
	}
	if got := of(d).Addr(task); got == nil || got.String() != server.Listener.Addr().String() {
		t.Errorf("REQ-10: got %v, want %s", got, server.Listener.Addr())
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	of(d).Finish(task)
	if got := of(d).Addr(task); got != nil {
		t.Errorf("REQ-10 after: got %v, want nil", got)
	}
}

func TestDump(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	c := at(server.Listener.Addr())
	c.Probe = &backend.ProbeConfig{Interval: never}
	v := newVCL(t)
	sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
	d := add(t, v, "a", c)
	nextHealth(t, sub)
	if _, _, err := get(t, d); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	of(d).Dump(&text)
	for _, want := range []string{
		"  address: 127.0.0.1:", "  conn: 0\n", "  req: 1\n", "  bytes_in: ",
		"  probe: scheduled, a Went healthy 4---X-RH 3 3 8 0.0",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got\n%swant %q in it", &text, want)
		}
	}
	if strings.Contains(text.String(), "unhealthy") {
		t.Errorf("got\n%swant no counter that has not counted", &text)
	}
}
