package server

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/callboard/callboard/director"
)

// A Durability keeps what happens to an instance, as package journal does in
// files.
type Durability interface {
	// Written waits until everything up to the event with that sequence number
	// survives the end of the program. It returns an error, without waiting, while
	// nothing can be kept, and that of ctx when ctx is done.
	Written(ctx context.Context, seq uint64) error
	// Failing returns why nothing is kept now, and since when; a nil error if all
	// is well. It is called often, and must not wait.
	Failing() (since time.Time, err error)
}

// A commandHandler is a handler of requests that change the instance, all as one
// command.
type commandHandler func(c *director.Command, w http.ResponseWriter, r *http.Request) error

// command makes h an [http.HandlerFunc]. Nothing of the answer is sent before what
// the answer tells is kept: who has it can rely on it. Where it cannot be kept, the
// answer is a problem that says so; the change stays, and is kept when the disk
// works again. It is the only door through which commands come.
func (s *Server) command(h commandHandler) http.HandlerFunc {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		answer := &heldAnswer{header: w.Header().Clone()}
		err := s.rt.Command("", func(c *director.Command) error { return h(c, answer, r) })
		if err != nil {
			return err
		}
		if err := s.awaitKept(r.Context()); err != nil {
			return err
		}
		answer.send(w)
		return nil
	})
}

// awaitKept returns when all that has happened so far is kept.
func (s *Server) awaitKept(ctx context.Context) error {
	keeper := s.options.Durability
	if keeper == nil {
		return nil
	}
	seq := s.rt.Tree().Seq
	err := keeper.Written(ctx, seq)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return &problem{
			Title: "Not known to be kept", Status: http.StatusServiceUnavailable, Seq: seq,
			Detail: "The change has taken effect; whether it is kept was not known when the request ended.",
		}
	}
	return &problem{
		Title: "Done, but not kept on disk", Status: http.StatusInsufficientStorage, Seq: seq,
		Detail: "The change has taken effect, but could not be kept on disk: " + diskWords(err) +
			". It is kept when the disk works again, and lost if the program ends before that.",
	}
}

// notKept says why changes are not kept, "" while they are.
func notKept(keeper Durability) string {
	if keeper == nil {
		return ""
	}
	since, err := keeper.Failing()
	if err == nil {
		return ""
	}
	return "Changes are not kept on disk since " + since.UTC().Format(time.TimeOnly) + " UTC: " + diskWords(err) +
		". They take effect, and are lost if the program ends before the disk works again."
}

// diskWords is an error of the disk without paths, which are no reader's
// business.
func diskWords(err error) string {
	if link, ok := errors.AsType[*os.LinkError](err); ok { // of a rename
		return link.Err.Error()
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// A heldAnswer keeps an answer back.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (a *heldAnswer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *heldAnswer) WriteHeader(status int) { a.status = status }

// Write implements [http.ResponseWriter].
func (a *heldAnswer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.body.Write(p)
}

func (a *heldAnswer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the client has gone: nobody is left to be told
}

// keptMetric is the line for Prometheus, "" where nothing is to be kept.
func (s *Server) keptMetric(instance string) string {
	keeper := s.options.Durability
	if keeper == nil {
		return ""
	}
	_, err := keeper.Failing()
	const name = "callboard_journal_failing"
	return "# HELP " + name + " Whether changes cannot be kept on disk.\n# TYPE " + name + " gauge\n" +
		name + "{" + instance + "} " + strconv.FormatFloat(flag(err != nil), 'g', -1, 64) + "\n"
}
