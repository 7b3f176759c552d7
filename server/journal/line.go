package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/callboard/callboard/director/event"
)

// A line of a file is a record and its checksum, in JSON, and nothing else:
//
//	{"crc":"e3069283","record":…}
//
// Every byte of it is checked, those around the record against what they have to
// be, so that no single flipped bit goes unnoticed.
const (
	lineStart  = `{"crc":"`
	lineMiddle = `","record":`
	lineEnd    = "}\n"
	sumLength  = 8 // hexadecimal digits
)

// castagnoli is the polynomial of CRC-32C, for which processors have an
// instruction.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errChecksum = errors.New("the record does not have its checksum: the file is damaged here")
	errNoRecord = errors.New("this is no record: the file is damaged here")
)

// appendLine appends the line of a record that write appends.
func appendLine(b []byte, write func([]byte) []byte) []byte {
	start := len(b)
	b = append(b, lineStart+"........"+lineMiddle...)
	record := len(b)
	b = write(b)
	sum := fmt.Appendf(nil, "%0*x", sumLength, crc32.Checksum(b[record:], castagnoli))
	copy(b[start+len(lineStart):], sum)
	return append(b, lineEnd...)
}

// recordOf returns the record in a line, whose checksum is right.
func recordOf(line []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(line, []byte(lineStart))
	if !ok || len(rest) < sumLength {
		return nil, errNoRecord
	}
	sum, rest := rest[:sumLength], rest[sumLength:]
	rest, ok = bytes.CutPrefix(rest, []byte(lineMiddle))
	record, closed := bytes.CutSuffix(rest, []byte(lineEnd))
	if !ok || !closed {
		return nil, errNoRecord
	}
	if fmt.Sprintf("%0*x", sumLength, crc32.Checksum(record, castagnoli)) != string(sum) {
		return nil, errChecksum
	}
	return record, nil
}

// torn reports that a line is where the disk stopped when program or machine
// ended: it has no end, or blocks of it were never written, which read as zeros.
// One that is whole but for its last byte, or has that byte wrong, is not torn.
func torn(line []byte) bool {
	if bytes.Contains(line, []byte{0, 0}) {
		return true
	}
	if bytes.HasSuffix(line, []byte("\n")) {
		return false
	}
	_, err := recordOf(append(slices.Clone(line[:len(line)-1]), '\n'))
	return err != nil
}

// appendEvents appends the record of events that are kept all or not at all.
func (j *Journal) appendEvents(b []byte, events ...event.Event) []byte {
	return appendLine(b, func(b []byte) []byte {
		b = append(b, '[')
		for i, e := range events {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, j.encode(e)...)
		}
		return append(b, ']')
	})
}

// encode returns an event as JSON. What a director type from outside puts into
// an event need not be JSON; then the fact stays and its details go.
func (j *Journal) encode(e event.Event) []byte {
	text, err := json.Marshal(e)
	if err != nil {
		j.o.Logger.Warn("journal: the details of an event cannot be kept", "seq", e.Seq, "kind", e.Kind, "director", e.Director, "error", err)
		text, _ = json.Marshal(event.Event{
			Seq: e.Seq, Time: e.Time, Kind: e.Kind, VCL: e.VCL, Director: e.Director, ID: e.ID,
			Command: e.Command, Last: e.Last, Actor: e.Actor,
		})
	}
	return text
}

// eventsOf returns the events of a record.
func eventsOf(record []byte) ([]event.Event, error) {
	var events []event.Event
	if err := json.Unmarshal(record, &events); err != nil {
		return nil, err
	}
	for _, e := range events {
		if !e.Kind.Known() {
			return nil, unknownKind(e)
		}
	}
	return events, nil
}

func unknownKind(e event.Event) error {
	return fmt.Errorf("event %d is of a kind that this version of the program does not know: %q", e.Seq, e.Kind)
}

// An assembler puts events together that have to be kept together: those of a
// command, and what happened meanwhile.
type assembler struct {
	events []event.Event
	open   map[event.Number]bool // commands that go on
}

// add returns what is to be one record, with e as its end, or nil if more of it
// is to come.
func (a *assembler) add(e event.Event) []event.Event {
	a.events = append(a.events, e)
	switch {
	case e.Command == 0:
	case e.Last:
		delete(a.open, e.Command)
	default:
		if a.open == nil {
			a.open = make(map[event.Number]bool)
		}
		a.open[e.Command] = true
	}
	if len(a.open) > 0 {
		return nil
	}
	whole := a.events
	a.events = nil
	return whole
}
