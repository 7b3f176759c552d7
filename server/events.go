package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director/event"
)

// maxEvents bounds the events of one answer.
const maxEvents = 10_000

// An eventFilter says which events a client wants.
type eventFilter struct {
	kinds    []event.Kind
	director string
	id       uint64 // of the director, if it was named by number
}

func newEventFilter(query url.Values) (eventFilter, error) {
	f := eventFilter{director: query.Get("director")}
	for _, name := range strings.Split(strings.Join(query["kind"], ","), ",") {
		if name == "" {
			continue
		}
		if !slices.Contains(event.Kinds(), event.Kind(name)) {
			return f, refuse("kind", "there is no kind of event "+strconv.Quote(name))
		}
		f.kinds = append(f.kinds, event.Kind(name))
	}
	if number, ok := strings.CutPrefix(f.director, "@"); ok {
		id, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return f, refuse("director", "a name, or @ and a number")
		}
		f.id = id
	}
	return f, nil
}

// wants compares names, not only directors that exist: who asks for the events
// of one that was destroyed should get them.
func (f eventFilter) wants(e event.Event) bool {
	if len(f.kinds) > 0 && !slices.Contains(f.kinds, e.Kind) {
		return false
	}
	if f.director == "" {
		return true
	}
	if f.isNamed(e, e.Director, e.ID) {
		return true
	}
	return e.Assigned != nil && (f.isNamed(e, e.From, e.FromID) || f.isNamed(e, e.To, e.ToID))
}

func (f eventFilter) isNamed(e event.Event, name string, id uint64) bool {
	if f.id != 0 {
		return id == f.id
	}
	return name != "" && (name == f.director || e.VCL+"."+name == f.director)
}

// events answers with the events that follow a sequence number, at once or as
// they happen.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	query := r.URL.Query()
	filter, err := newEventFilter(query)
	if err != nil {
		return err
	}
	after, err := number(query, "after", 0)
	if err != nil {
		return err
	}
	switch {
	case accepts(r, "text/event-stream"):
		return s.streamEvents(w, r, filter, eventStream{contentType: "text/event-stream", write: writeSSE})
	case accepts(r, "application/x-ndjson"):
		return s.streamEvents(w, r, filter, eventStream{contentType: "application/x-ndjson", write: writeNDJSON})
	}
	return s.listEvents(w, r, filter, after)
}

// An eventPage is what is known of the events after a sequence number.
type eventPage struct {
	Epoch string `json:"epoch"`
	// Seq is how far this answer goes: what to ask for after next.
	Seq    uint64        `json:"seq"`
	Events []event.Event `json:"events"`
	// Gap reports that events between the one asked for and the first one here
	// are no longer known.
	Gap bool `json:"gap"`
}

func (s *Server) listEvents(w http.ResponseWriter, r *http.Request, filter eventFilter, after uint64) error {
	limit, err := number(r.URL.Query(), "limit", usualLimit*10)
	if err != nil {
		return err
	}
	if limit < 1 || limit > maxEvents {
		return refuse("limit", fmt.Sprintf("1 to %d", maxEvents))
	}
	page := eventPage{Epoch: s.rt.Epoch(), Seq: after, Events: []event.Event{}}
	s.awaitSettled(r.Context(), settleTime)
	events, err := s.rt.Log().After(after, 0)
	if err != nil {
		page.Gap = true
		page.Seq, events = s.oldestEvents()
	}
	for _, e := range events {
		if len(page.Events) == int(limit) {
			break
		}
		page.Seq = e.Seq
		if filter.wants(e) {
			page.Events = append(page.Events, e)
		}
	}
	return writeJSON(w, http.StatusOK, page)
}

// settleTime is how long a list of events waits at most for commands that are
// under way.
const settleTime = 200 * time.Millisecond

// awaitSettled waits until it is known of the events so far which ones are the
// last of their commands, or the time is over.
func (s *Server) awaitSettled(ctx context.Context, most time.Duration) {
	log := s.rt.Log()
	last := log.Last()
	if log.Settled() >= last {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_, _ = log.Subscribe(last - 1).Next(ctx) // in vain: then the list is as it is
}

// oldestEvents returns all that the log still has, and what came before them.
func (s *Server) oldestEvents() (uint64, []event.Event) {
	for {
		after := s.rt.Log().Oldest() - 1
		if events, err := s.rt.Log().After(after, 0); err == nil {
			return after, events
		}
	}
}

// An eventStream is a way to write events one after another.
type eventStream struct {
	contentType string
	write       func(w http.ResponseWriter, kind string, seq uint64, v any) error
}

func writeSSE(w http.ResponseWriter, kind string, seq uint64, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if seq > 0 {
		_, err = fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", seq, kind, data)
		return err
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, data)
	return err
}

func writeNDJSON(w http.ResponseWriter, _ string, _ uint64, v any) error {
	return json.NewEncoder(w).Encode(v)
}

// A gapNotice stands in a stream where events are missing: {"gap":true}. The
// stream goes on with the oldest event that is known.
type gapNotice struct {
	Gap    bool   `json:"gap"`
	After  uint64 `json:"after"`
	Oldest uint64 `json:"oldest"`
}

// heartbeat is how often an event stream says that it is still there, to those
// on the way who cut connections that are silent.
const heartbeat = 20 * time.Second

// streamEvents writes events until the client leaves, the server closes, or
// limit events were written. It starts after the event given by after, or by
// Last-Event-ID when a browser connects again, and with new events if by none.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request, filter eventFilter, form eventStream) error {
	if p := s.access.check(r, claimOf(r)); p != nil {
		s.refuse(w, r, p)
		return nil
	}
	query := r.URL.Query()
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		query.Set("after", id)
	}
	after, err := number(query, "after", s.rt.Log().Last())
	if err != nil {
		return err
	}
	limit, err := number(query, "limit", 0)
	if err != nil {
		return err
	}
	if !s.enter() {
		return errClosing
	}
	defer s.leave()
	leave, err := s.takeSeat(w, r, false)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	streamHeader(w.Header(), form.contentType)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil // there is nothing to wait for
	}
	run := eventRun{w: w, out: http.NewResponseController(w), form: form, filter: filter, limit: limit}
	run.follow(ctx, s.rt.Log(), after)
	return nil
}

// An eventRun is one stream to one client.
type eventRun struct {
	w       http.ResponseWriter
	out     *http.ResponseController
	form    eventStream
	filter  eventFilter
	limit   uint64
	written uint64
}

// follow writes events until there is a reason to stop, all of which mean that
// the client needs no answer any more.
func (run *eventRun) follow(ctx context.Context, log *event.Log, after uint64) {
	sub := log.Subscribe(after)
	for {
		if run.flush() != nil {
			return
		}
		events, err := run.next(ctx, sub)
		switch {
		case errors.Is(err, event.ErrGap):
			oldest := log.Oldest()
			notice := gapNotice{Gap: true, After: sub.Seq(), Oldest: oldest}
			if run.form.write(run.w, "gap", 0, notice) != nil {
				return
			}
			sub = log.Subscribe(oldest - 1)
		case err != nil:
			return
		case !run.write(events):
			_ = run.flush()
			return
		}
	}
}

// flush sends what was written and gives the client time for what comes next:
// one that has stopped to read must not keep the server from closing.
func (run *eventRun) flush() error {
	err := run.out.Flush()
	// Not every writer has deadlines; those of the standard library do.
	_ = run.out.SetWriteDeadline(time.Now().Add(heartbeat + writeWait))
	return err
}

// next waits for events, and writes a sign of life when there are none for long.
func (run *eventRun) next(ctx context.Context, sub *event.Subscription) ([]event.Event, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, heartbeat)
		events, err := sub.Next(wait)
		cancel()
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return events, err
		}
		if run.form.contentType == "text/event-stream" {
			if _, err := run.w.Write([]byte(": still here\n\n")); err != nil {
				return nil, err
			}
		}
		if err := run.flush(); err != nil {
			return nil, err
		}
	}
}

// write reports whether more may follow.
func (run *eventRun) write(events []event.Event) bool {
	for _, e := range events {
		if !run.filter.wants(e) {
			continue
		}
		if run.form.write(run.w, string(e.Kind), e.Seq, e) != nil {
			return false
		}
		run.written++
		if run.limit > 0 && run.written == run.limit {
			return false
		}
	}
	return true
}
