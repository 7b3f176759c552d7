package backend

import (
	"strconv"
	"strings"
	"time"
)

// seconds are the units of times in VCL, those of two letters first.
var seconds = []struct {
	unit   string
	length float64
}{
	{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 24 * 3600}, {"w", 7 * 24 * 3600}, {"y", 365 * 24 * 3600},
}

// varnishSeconds reads a time as VCL does (vnum.c, VNUM_duration): a number and
// one unit, with or without spaces between them. "1d" is one of them that
// [time.ParseDuration] does not know.
func varnishSeconds(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	for _, u := range seconds {
		if number, ok := strings.CutSuffix(text, u.unit); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			return n * u.length, err == nil
		}
	}
	return 0, false
}

// ParseDuration reads a time in any way that this package and VCL write one:
// seconds ("2", "0.25"), a number and a unit up to years ("1d"), or several as
// in [time.ParseDuration] ("1h30m"). A year is the most.
func ParseDuration(text string) (time.Duration, error) {
	var d Duration
	err := d.UnmarshalText([]byte(text))
	return time.Duration(d), err
}
