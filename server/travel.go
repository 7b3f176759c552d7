package server

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// A trip turns the page of one view into that of another.
type trip struct {
	// Epoch and Seq are where the page stands when Ops are applied.
	Epoch string   `json:"epoch"`
	Seq   uint64   `json:"seq"`
	Ops   []web.Op `json:"ops"`
}

// travel answers with what a page of another view has to change to become that
// of the query: ?from= the query that it shows, &epoch=&seq= where it stands.
// Where that cannot be said there is no content, and the page has to be loaded.
func (s *Server) travel(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	at, err := positionOf(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	old, err := url.ParseQuery(query.Get("from"))
	if err != nil {
		return refuse("from", "the query of a page, encoded")
	}
	from, to := s.query(old), s.query(query)
	changes, t, ok := s.feed.travel(from, to, at)
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if t.Ops, err = web.Patch(r.Context(), changes); err != nil {
		return fmt.Errorf("print the way to another view: %w", err)
	}
	around, err := web.Around(r.Context(), from, to, s.options.ReadOnly)
	if err != nil {
		return err
	}
	t.Ops = append(t.Ops, around...)
	return writeJSON(w, http.StatusOK, t)
}

// travel returns the changes that turn a page of one view, as it stands at a
// position, into the page of another, and where that stands.
func (f *feed) travel(from, to view.Query, at position) (changes []view.Change, t trip, ok bool) {
	if !alike(from, to) {
		return nil, t, false
	}
	here, ok := f.find(from)
	if !ok {
		return nil, t, false
	}
	defer f.giveBack(here)
	snapshot := f.rt.Sample()
	changes, old, ok := here.since(snapshot, at)
	if !ok {
		return nil, t, false
	}
	there := f.acquire(to)
	defer f.giveBack(there)
	now, epoch := there.show(snapshot, old.Places())
	return append(changes, view.Diff(old, now)...), trip{Epoch: epoch, Seq: now.Seq}, true
}

// alike reports whether pages of both queries have the same regions, and differ
// in nothing that is neither in a region nor printed by [web.Around].
func alike(a, b view.Query) bool {
	_, addsA := a.Adding()
	_, addsB := b.Adding()
	return a.Face == b.Face && !addsA && !addsB
}
