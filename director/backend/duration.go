package backend

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// A Duration is a [time.Duration] that is written "3.5s", and read from that or
// from a number of seconds.
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	if seconds, err := strconv.ParseFloat(string(text), 64); err == nil {
		return d.setSeconds(seconds)
	}
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time: write seconds, or a unit as in 250ms", text)
	}
	*d = Duration(parsed)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Duration) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		return d.UnmarshalText([]byte(text))
	}
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return err
	}
	return d.setSeconds(seconds)
}

func (d *Duration) setSeconds(seconds float64) error {
	// Beyond a year a time is a mistake, and beyond some centuries it overflows.
	const year = 365 * 24 * 3600
	if math.IsNaN(seconds) || math.Abs(seconds) > year {
		return fmt.Errorf("%g seconds are out of range", seconds)
	}
	*d = Duration(seconds * float64(time.Second))
	return nil
}
