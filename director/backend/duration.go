package backend

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// A Duration is a [time.Duration] that is written "3.5s". It is read from that,
// from a number of seconds, and from what VCL understands, such as "1d".
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	if seconds, err := strconv.ParseFloat(string(text), 64); err == nil {
		return d.setSeconds(seconds)
	}
	if parsed, err := time.ParseDuration(string(text)); err == nil {
		*d = Duration(parsed) // exact to the nanosecond, which seconds as a float are not
		return nil
	}
	if seconds, ok := varnishSeconds(string(text)); ok {
		return d.setSeconds(seconds)
	}
	return fmt.Errorf("%q is no time: write seconds, or a unit as in 250ms, 3.5s, 10m or 1d", text)
}

// UnmarshalJSON implements [json.Unmarshaler]. Its errors are of a type to which
// the decoder adds the name of the field.
func (d *Duration) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data) // seconds, as a number
	}
	if d.UnmarshalText([]byte(text)) != nil {
		return &json.UnmarshalTypeError{Value: string(data), Type: reflect.TypeFor[Duration]()}
	}
	return nil
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
