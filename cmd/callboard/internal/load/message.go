package load

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A message is what a frame says. Clients that get the same bytes share one.
type message struct {
	wire []byte // the payload as it came
	text []byte // the JSON
	kind string // "hello", "patch", "resync"
	seq  uint64
	// came has for each client of the view when it got the message, in
	// microseconds since the measurement began; -1 before.
	came []int32
}

var errNoText = errors.New("not a text message")

// decode copies what it needs of the frame.
func decode(f frame) (*message, error) {
	if f.op != opText {
		return nil, errNoText
	}
	m := &message{wire: bytes.Clone(f.payload)}
	m.text = m.wire
	if f.compressed {
		text, err := inflate(m.wire)
		if err != nil {
			return nil, err
		}
		m.text = text
	}
	var head struct {
		T   string `json:"t"`
		Seq uint64 `json:"seq"`
	}
	if err := json.Unmarshal(m.text, &head); err != nil {
		return nil, fmt.Errorf("message %.60q: %w", m.text, err)
	}
	m.kind, m.seq = head.T, head.Seq
	return m, nil
}

// tail is what RFC 7692 leaves out at the end of a message, and an empty last
// block, so that the reader sees an end.
const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

func inflate(p []byte) ([]byte, error) {
	r := flate.NewReader(io.MultiReader(bytes.NewReader(p), strings.NewReader(tail)))
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("inflate a message: %w", err)
	}
	return text, nil
}
