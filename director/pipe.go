package director

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrNoPipe reports that the leaf does not pass connections on.
var ErrNoPipe = errors.New("does not support pipe")

// Pipe sends req through the tree and then joins client, the connection that it
// came by, with that of the leaf, until both sides have ended; client is closed
// then. The hint and the leaf are held meanwhile. With an error nothing has been
// sent to client, which stays open: Varnish just closes it (REQ-11). When nothing
// was sent to the leaf either, another one is tried, as [Transport] has it.
func (t *Transport) Pipe(req *http.Request, client io.ReadWriteCloser) (err error) {
	hint, err := t.hint()
	if err != nil {
		return err
	}
	defer t.end(hint)
	task := &Task{Request: req}
	leaf, err := t.resolve(hint.d, task)
	if err != nil {
		return err
	}
	for {
		err := leaf.pipe(task, req, client)
		if err == nil {
			return nil
		}
		var ok bool
		if leaf, ok = t.another(hint.d, task, err, func() bool { return notSent(err) }); !ok {
			return task.failure(err)
		}
	}
}

// pipe joins the client with a leaf, and lets go of that.
func (h Hold) pipe(task *Task, req *http.Request, client io.ReadWriteCloser) error {
	defer h.Drop()
	d := h.d
	task.Leaf = d
	d.inFlight.Add(1)
	defer d.inFlight.Add(-1)
	d.requests.Add(1)
	err := ErrNoPipe
	if d.methods.pipe != nil {
		err = errors.New("its type panicked")
		d.contain("pipe", func() { err = d.methods.pipe.Pipe(task, req, client) })
	}
	if err != nil {
		d.failures.Add(1)
		return fmt.Errorf("backend %s: %w", d.name, err)
	}
	return nil
}
