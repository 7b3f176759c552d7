package backend

import (
	"fmt"
	"time"
)

// A ProbeStatus is where a probe stands: what Varnish's backend.list -p shows,
// and its Backend_health record. Of the maps, bit 0 is the newest poke.
type ProbeStatus struct {
	GoodIPv4 uint64 `json:"bits_4"`
	GoodIPv6 uint64 `json:"bits_6"`
	GoodUnix uint64 `json:"bits_U"`
	ErrXmit  uint64 `json:"bits_x"`
	GoodXmit uint64 `json:"bits_X"`
	ErrRecv  uint64 `json:"bits_r"`
	GoodRecv uint64 `json:"bits_R"`
	Happy    uint64 `json:"bits_H"`
	// Good of the newest Window pokes were happy; Threshold are needed.
	Good      int `json:"good"`
	Threshold int `json:"threshold"`
	Window    int `json:"window"`

	// Sick is what the probe concludes. Changed is when it last concluded
	// something else than before, zero if it never did, and Went whether that
	// was at the newest update.
	Sick    bool      `json:"sick"`
	Went    bool      `json:"went"`
	Changed time.Time `json:"changed"`
	// Last is how long the newest answer took, 0 if none came whole, and Average
	// the moving average of the happy ones; in seconds.
	Last    float64 `json:"last"`
	Average float64 `json:"average"`
	// Response is the first line of the newest answer, or what went wrong.
	Response string `json:"response"`
	// State is what the probe does: cold, scheduled, running, cooling, deleted.
	State string `json:"state"`
}

// ProbeStatus returns where the probe stands; false without a probe.
func (b *Backend) ProbeStatus() (ProbeStatus, bool) {
	if b.prober == nil {
		return ProbeStatus{}, false
	}
	return b.prober.status(), true
}

// Bits returns the newest bit of each map as a log record has them: "4---X-RH".
func (s *ProbeStatus) Bits() string {
	text := []byte("--------")
	for i, m := range s.maps() {
		if m&1 != 0 {
			text[i] = mapLetters[i]
		}
	}
	return string(text)
}

// maps returns the maps in the order of PROBE-3.
func (s *ProbeStatus) maps() [mapCount]uint64 {
	return [mapCount]uint64{
		s.GoodIPv4, s.GoodIPv6, s.GoodUnix, s.ErrXmit, s.GoodXmit, s.ErrRecv, s.GoodRecv, s.Happy,
	}
}

// Record returns the status as the text of Varnish's Backend_health record
// (PROBE-9), for a backend of that name.
func (s *ProbeStatus) Record(name string) string {
	change, health := "Still", "healthy"
	if s.Went {
		change = "Went"
	}
	if s.Sick {
		health = "sick"
	}
	return fmt.Sprintf("%s %s %s %s %d %d %d %.6f %.6f \"%s\"",
		name, change, health, s.Bits(), s.Good, s.Threshold, s.Window, s.Last, s.Average, s.Response)
}

func (w *window) status() ProbeStatus {
	m := &w.maps
	return ProbeStatus{
		GoodIPv4: m[mapGoodIPv4], GoodIPv6: m[mapGoodIPv6], GoodUnix: m[mapGoodUnix],
		ErrXmit: m[mapErrXmit], GoodXmit: m[mapGoodXmit], ErrRecv: m[mapErrRecv],
		GoodRecv: m[mapGoodRecv], Happy: m[mapHappy],
		Good: w.good, Threshold: w.threshold, Window: w.size,
		Sick: w.sick, Went: w.went, Changed: w.changed,
		Last: w.last.Seconds(), Average: w.average, Response: w.text,
	}
}
