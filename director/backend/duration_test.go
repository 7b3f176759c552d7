package backend_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/callboard/callboard/director/backend"
)

// What a Duration accepts it writes in a form that it reads back as the same.
func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"3.5s", "2", "0.25", "-1", "1e3", "100ms", "NaN", "Inf", "1h2m", "", "9e99"} {
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
