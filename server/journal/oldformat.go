package journal

import (
	"encoding/json"

	"github.com/callboard/callboard/director/event"
)

// oldFormat is that of files without checksums, with one event a line. They are
// read, and never written: each run begins a new file.
const oldFormat = 1

// An oldEvent is an event as format 1 has it: what was called "last" then is a
// reference.
type oldEvent struct {
	event.Event
	Last *event.Holder `json:"last"`
}

func oldEventOf(line []byte) (event.Event, error) {
	var old oldEvent
	if err := json.Unmarshal(line, &old); err != nil {
		return event.Event{}, err
	}
	if !old.Kind.Known() {
		return event.Event{}, unknownKind(old.Event)
	}
	if old.Step != nil {
		old.Step.Last = old.Last
	}
	return old.Event, nil
}
