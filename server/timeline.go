package server

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// timeline answers with a window of the past: as a page, or with only=lanes as
// the part of one that a page puts into itself.
func (s *Server) timeline(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	q, err := timelineQuery(r)
	if err != nil {
		return err
	}
	snapshot := s.rt.Tree()
	tag := timelineTag(r, snapshot, q)
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "no-cache")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, err := s.past.get(root(r)+"?"+r.URL.RawQuery, tag, func() ([]byte, error) { return s.printTimeline(r, snapshot, q) })
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", tag)
	_, _ = w.Write(body) // the client has gone: nobody is left to be told
	return nil
}

func (s *Server) printTimeline(r *http.Request, snapshot *tree.Snapshot, q view.TimelineQuery) ([]byte, error) {
	line, err := view.NewTimeline(snapshot, s.eventsUpTo(snapshot), q)
	if err != nil {
		return nil, refuse("q", err.Error())
	}
	page := web.TimelinePage(root(r), line)
	if q.Page == "" {
		page = web.Timeline(line)
	}
	var b bytes.Buffer
	// Others may wait for the same: it is finished even if this client has gone.
	if err := page.Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return nil, fmt.Errorf("print the time line: %w", err)
	}
	return b.Bytes(), nil
}

// timelineQuery reads what part of the past the request asks for.
func timelineQuery(r *http.Request) (view.TimelineQuery, error) {
	values := r.URL.Query()
	q := view.TimelineQuery{View: view.ParseQuery(values), Page: "./"}
	switch only := values.Get("only"); only {
	case "":
	case "lanes":
		q.Page = ""
	default:
		return q, refuse("only", "lanes, or nothing")
	}
	for _, name := range strings.Split(values.Get("kind"), ",") {
		if name == "" {
			continue
		}
		if !slices.Contains(view.KindGroups(), name) {
			return q, refuse("kind", "some of "+strings.Join(view.KindGroups(), ", "))
		}
		q.Kinds = append(q.Kinds, name)
	}
	span, err := number(values, "span", view.UsualSpan)
	if err != nil {
		return q, err
	}
	if span < 1 || span > view.MaxSpan {
		return q, refuse("span", fmt.Sprintf("1 to %d", view.MaxSpan))
	}
	q.Span = int(span)
	if q.Before, err = number(values, "before", 0); err != nil {
		return q, err
	}
	q.Event, err = number(values, "event", 0)
	return q, err
}

// timelineTag names the answer: the past only grows, and only by events. With a
// filter it also depends on numbers that requests move.
func timelineTag(r *http.Request, s *tree.Snapshot, q view.TimelineQuery) string {
	revision := s.Seq
	if q.View.Q != "" {
		revision = s.Revision
	}
	query := fnv.New64a()
	_, _ = query.Write([]byte(r.URL.RawQuery)) // a hash takes everything
	return fmt.Sprintf(`"%s.%d.%d.%s"`, s.Epoch, s.Seq, revision, strconv.FormatUint(query.Sum64(), 36))
}

// eventsUpTo returns all events that the log still has and that the snapshot
// knows of. The log may be ahead of it.
func (s *Server) eventsUpTo(snapshot *tree.Snapshot) []event.Event {
	_, events := s.oldestEvents()
	for len(events) > 0 && events[len(events)-1].Seq > snapshot.Seq {
		events = events[:len(events)-1]
	}
	return events
}
