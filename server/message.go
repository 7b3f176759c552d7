package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// A message is encoded once for all who get it, and a frame of it is compressed
// once.
type message struct {
	data     []byte
	prepared *websocket.PreparedMessage
	size     int
}

func newMessage(v any) (*message, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false) // a patch is full of tags, and no page has it in its source
	if err := out.Encode(v); err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		return nil, fmt.Errorf("frame a message: %w", err)
	}
	return &message{data: data, prepared: prepared, size: len(data)}, nil
}

// clockTime is the server's time as its messages tell it, to the millisecond,
// which is all that a browser is bound to read.
func clockTime() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// A patch is what leads from one model to the next.
type patch struct {
	seq     uint64
	changes []view.Change
	message *message // nil until somebody needs it
	// size is what the patch counts for in the ring.
	size int
	// mergeable says that the next one may be merged into this one.
	mergeable bool
}

// print makes the message if there is none yet.
func (p *patch) print(ctx context.Context) error {
	if p.message != nil {
		return nil
	}
	ops, err := web.Patch(ctx, p.changes)
	if err != nil {
		return err
	}
	p.message, err = newMessage(struct {
		T   string   `json:"t"`
		Seq uint64   `json:"seq"`
		Ops []web.Op `json:"ops"`
	}{"patch", p.seq, ops})
	return err
}
