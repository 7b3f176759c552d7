package server

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web/view"
)

// An assignAnswer says what an assignment would do, and of which moment that is
// true.
type assignAnswer struct {
	Seq uint64 `json:"seq"`
	view.AssignPreview
}

// previewAssign answers what a command on a member slot would do: without a slot
// the addition of a member, without a director its removal.
func (s *Server) previewAssign(w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	slot, err := number(query, "slot", 0)
	if err != nil {
		return err
	}
	target, err := s.assignTarget(d, query.Get("director"))
	if err != nil {
		return err
	}
	if slot == 0 && target == 0 {
		return refuse("director", "name a director, or a slot that lets go")
	}
	snapshot := s.rt.Sample()
	preview, err := view.PreviewAssign(snapshot, d.ID(), int(slot), target)
	if errors.Is(err, view.ErrNoSlot) {
		return fmt.Errorf("member slot %d of %s: %w", slot, d.FullName(), director.ErrNotFound)
	}
	if err != nil {
		// It was there a moment ago: the last reference went in between.
		return fmt.Errorf("%w: %w", err, director.ErrNotFound)
	}
	return writeJSON(w, http.StatusOK, assignAnswer{snapshot.Seq, preview})
}

// assignTarget returns the number of the director that is named, 0 for none.
func (s *Server) assignTarget(d *director.Director, name string) (uint64, error) {
	if name == "" {
		return 0, nil
	}
	target, err := s.bodyDirector("director", d.VCL(), name)
	if err != nil {
		return 0, err
	}
	return target.ID(), nil
}
