package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Bits is a map of 64 bits, the newest in bit 0. In JSON it is a string of 64
// zeros and ones with the newest at its end, as in Varnish's lists: readers that
// keep numbers as doubles, browsers among them, would lose the newest bits of a
// number beyond 2^53.
type Bits uint64

// String returns the 64 zeros and ones, the oldest first.
func (b Bits) String() string { return fmt.Sprintf("%064b", uint64(b)) }

// MarshalText implements [encoding.TextMarshaler].
func (b Bits) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (b *Bits) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 2, 64)
	if err != nil {
		return fmt.Errorf("%q is no map of bits: at most 64 zeros and ones are needed", text)
	}
	*b = Bits(n)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It also takes a number, as which
// bits were written before they were strings.
func (b *Bits) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		return b.UnmarshalText([]byte(text))
	}
	return json.Unmarshal(data, (*uint64)(b))
}
