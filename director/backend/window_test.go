package backend

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
)

// A recordedCase is one backend of testdata/probe_sequences.json, which was
// recorded from varnishd; the README beside the original has the schema.
type recordedCase struct {
	Backend           string
	Window, Threshold int
	Initial           *int
	Script            string
	Rows              []struct {
		Change, State, Bits, Resp string
		Good, Threshold, Window   int
	}
	AfterCold struct {
		Message []any             `json:"probe_message"`
		Details map[string]uint64 `json:"probe_details"`
	} `json:"state_after_cold"`
}

func recordedCases(t *testing.T) []recordedCase {
	t.Helper()
	data, err := os.ReadFile("testdata/probe_sequences.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []recordedCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	return file.Cases
}

// config returns the probe that was recorded. Case b404 alone expects a 404.
func (c *recordedCase) config(t *testing.T) *ProbeConfig {
	t.Helper()
	p := ProbeConfig{Window: c.Window, Threshold: c.Threshold, Initial: c.Initial}
	if c.Backend == "b404" {
		p.ExpectedResponse = 404
	}
	p, err := p.complete()
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// check compares a window with one recorded row.
func (c *recordedCase) check(t *testing.T, w *window, i int) {
	t.Helper()
	row := c.Rows[i]
	s := w.status()
	s.Last, s.Average = 0, 0 // times differ from run to run
	want := c.Backend + " " + row.Change + " " + row.State + " " + row.Bits
	got := s.Record(c.Backend)
	if got[:min(len(got), len(want))] != want || s.Good != row.Good || s.Response != row.Resp ||
		s.Threshold != row.Threshold || s.Window != row.Window {
		t.Errorf("%s, row %d: got %s, want %+v", c.Backend, i, got, row)
	}
}

// recordedPoke returns the poke that must have made a row.
func recordedPoke(bits, response string) poke {
	p := poke{text: response}
	for m := range p.marks {
		p.marks[m] = bits[m] != '-'
	}
	return p
}

func TestWindowReplaysRecordings(t *testing.T) {
	for _, c := range recordedCases(t) {
		t.Run("PROBE-4 PROBE-5 PROBE-8 PROBE-9 PROBE-10 "+c.Backend, func(t *testing.T) {
			now := time.Unix(1, 0)
			w := newWindow(c.config(t), now)
			c.check(t, &w, 0)
			w.reset(now)
			c.check(t, &w, 1)
			for i, row := range c.Rows[2:] {
				w.add(recordedPoke(row.Bits, row.Resp), now)
				c.check(t, &w, i+2)
			}
			w.reset(now)
			s := w.status()
			if happy := c.AfterCold.Details["bits_H"]; s.Happy != happy {
				t.Errorf("PROBE-11: maps after cold: got %x, want %x", s.Happy, happy)
			}
			// With initial=0 Varnish keeps the counter of the maps that it has
			// emptied: the defect of PROBE-11.
			if want := c.AfterCold.Details["good"]; w.initial > 0 && s.Good != int(want) {
				t.Errorf("PROBE-11: good after cold: got %d, want %d", s.Good, want)
			}
			if w.initial == 0 && (s.Good != 0 || !s.Sick) {
				t.Errorf("PROBE-11: after cold with initial=0: got %+v, want none good, sick", s)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	now := time.Unix(100, 0)
	fresh := func() window {
		return newWindow(&ProbeConfig{Window: 4, Threshold: 2, Initial: new(int)}, now)
	}
	happy := func(took time.Duration) poke {
		return poke{took: took, marks: [mapCount]bool{mapGoodIPv4: true, mapGoodXmit: true, mapGoodRecv: true, mapHappy: true}}
	}
	t.Run("PROBE-3 order and letters", func(t *testing.T) {
		for m, want := range []string{"4-------", "-6------", "--U-----", "---x----", "----X---", "-----r--", "------R-", "-------H"} {
			w := fresh()
			p := poke{}
			p.mark(stageMap(m))
			w.add(p, now)
			if s := w.status(); s.Bits() != want {
				t.Errorf("map %d: got %s, want %s", m, s.Bits(), want)
			}
		}
	})
	t.Run("PROBE-4 moving average over four", func(t *testing.T) {
		w := fresh()
		var average, rate float64
		for _, took := range []time.Duration{1, 3, 2, 8, 5, 1} {
			w.add(happy(took*time.Second), now)
			rate = min(rate+1, 4)
			average += (took.Seconds()*1e9 - average) / rate
			if math.Abs(w.average-average) > 1e-9 {
				t.Errorf("after %d s: got %f, want %f", took, w.average, average)
			}
		}
		before := w.average
		w.add(poke{took: time.Second, marks: [mapCount]bool{mapGoodRecv: true}}, now)
		if w.average != before || w.last != time.Second {
			t.Errorf("after an answer that is not happy: got average %f, last %s, want %f, 1s", w.average, w.last, before)
		}
	})
	t.Run("PROBE-8 changed moves with the state", func(t *testing.T) {
		w := fresh()
		for i, want := range []bool{false, true, false} {
			now = now.Add(time.Second)
			w.add(happy(0), now)
			if w.went != want || (w.changed == now) != want {
				t.Errorf("poke %d: got went %t at %s, want %t", i, w.went, w.changed, want)
			}
		}
	})
	t.Run("PROBE-9 record", func(t *testing.T) {
		w := fresh()
		w.add(poke{took: 250 * time.Millisecond, text: "HTTP/1.1 503 Busy", marks: [mapCount]bool{mapGoodUnix: true, mapGoodXmit: true, mapGoodRecv: true}}, now)
		s := w.status()
		if got, want := s.Record("b"), `b Still sick --U-X-R- 0 2 4 0.250000 0.000000 "HTTP/1.1 503 Busy"`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("PROBE-1 initial is capped", func(t *testing.T) {
		many := 99
		if w := newWindow(&ProbeConfig{Window: 64, Threshold: 64, Initial: &many}, now); w.good != 64 || w.sick {
			t.Errorf("got %d good, want 64", w.good)
		}
	})
}

// vbp_reset lets each credited poke go through the steps of a real one that took
// no time, so the first real ones weigh less than they would alone.
// What a backend is credited with at first is no poke that was made.
func TestWindowCountsThePokesMade(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	w := newWindow(&ProbeConfig{Window: 8, Threshold: 3}, now)
	for i, want := range []int{0, 1, 2} {
		if i > 0 {
			w.add(poke{}, now)
		}
		if got := w.report().Made; got != want {
			t.Errorf("after %d: got %d made, want %d", i, got, want)
		}
	}
	for range 2 * maxWindow {
		w.add(poke{}, now)
	}
	if got := w.report().Made; got != maxWindow {
		t.Errorf("after many: got %d made, want %d: the map has no more bits", got, maxWindow)
	}
	w.reset(now)
	if got := w.report().Made; got != 0 {
		t.Errorf("after a reset: got %d made, want 0", got)
	}
}

func TestCreditedPokesCountInTheAverage(t *testing.T) {
	config, err := ProbeConfig{Threshold: 3, Window: 8}.complete()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	w := newWindow(&config, now)
	w.add(poke{took: 900 * time.Millisecond, marks: [mapCount]bool{mapHappy: true}}, now)
	if got, want := w.average, 0.3; math.Abs(got-want) > 1e-9 {
		t.Errorf("PROBE-4 PROBE-11: average after two credited pokes and one of 0.9 s: got %f, want %f", got, want)
	}
}
