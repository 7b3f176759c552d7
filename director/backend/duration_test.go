package backend_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/callboard/callboard/director/backend"
)

// What a Duration accepts it writes in a form that it reads back as the same.
func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"3.5s", "2", "0.25", "-1", "1e3", "100ms", "NaN", "Inf", "1h2m", "", "9e99", "1d", "2 w", "1e3y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d backend.Duration
		if d.UnmarshalText([]byte(text)) != nil {
			return
		}
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var again backend.Duration
		if err := json.Unmarshal(data, &again); err != nil || again != d {
			t.Errorf("%q: %s reads back as %s, %v, want %s", text, data, again, err, d)
		}
		if time.Duration(d).String() != d.String() {
			t.Errorf("%q: got %s, want %s", text, d, time.Duration(d))
		}
	})
}

// What VCL understands is understood here (vnum.c), and Go's own writing.
func TestDurationsOfVCL(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"1d": day, "1.5d": 36 * time.Hour, "2w": 14 * day, "1y": 365 * day, "10 s": 10 * time.Second, " 250 ms ": 250 * time.Millisecond,
		"35m": 35 * time.Minute, "0s": 0, "2": 2 * time.Second, "1h30m": 90 * time.Minute, "100us": 100 * time.Microsecond,
	} {
		if got, err := backend.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "1x", "1d2", "1dd", "2y", "one d", "NaNd"} {
		if got, err := backend.ParseDuration(text); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
	}
}
