package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
)

// Four bad pokes after 60 good ones: as a double the number would be 2^64, and
// the newest pokes gone.
func TestBitsAreAStringInJSON(t *testing.T) {
	bits := event.Bits(1<<64 - 16)
	want := `"` + strings.Repeat("1", 60) + `0000"`
	got, err := json.Marshal(bits)
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v; want %s", got, err, want)
	}
	var back event.Bits
	if err := json.Unmarshal(got, &back); err != nil || back != bits {
		t.Errorf("read back: got %v, %v; want %v", back, err, bits)
	}
}

func TestBitsReadWhatWasANumber(t *testing.T) {
	for text, want := range map[string]event.Bits{
		"18446744073709551600": 1<<64 - 16, "0": 0, `"101"`: 5, `"` + strings.Repeat("0", 64) + `"`: 0,
	} {
		var got event.Bits
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{`"2"`, `""`, `"` + strings.Repeat("1", 65) + `"`, "-1", "1.5", "true"} {
		var got event.Bits
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %v, want an error", text, got)
		}
	}
}
