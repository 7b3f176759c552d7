package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// A deletedUndo says in the answer to a delete how it can be undone.
type deletedUndo struct {
	ID uint64 `json:"id"`
	// Command is the number of the command that is undone with it, which the
	// events of the delete carry.
	Command event.Number `json:"command"`
	Until   time.Time    `json:"until"`
}

// An undoJSON is a delete that can be undone. Its number is that of the director
// that was deleted.
type undoJSON struct {
	ID       uint64       `json:"id"`
	Command  event.Number `json:"command"`
	Director string       `json:"director"`
	Type     string       `json:"type"`
	Until    time.Time    `json:"until"`
}

type undoList struct {
	Undo []undoJSON `json:"undo"`
}

func (s *Server) listUndo(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, undoList{s.undos.list(time.Now())})
}

// An undoAnswer is the answer of the command that undoes a delete.
type undoAnswer struct {
	Seq uint64 `json:"seq"`
	// Director is the new one: it has another number than the one deleted.
	Director directorJSON `json:"director"`
	// Note says in words that it is a new director, and what becomes of the old.
	Note    string        `json:"note"`
	Rewired []rewiredJSON `json:"rewired"`
	LeftOut []leftOutJSON `json:"left_out"`
}

// A rewiredJSON is a slot that points at the new director instead of the old.
type rewiredJSON struct {
	// Kind is member or default.
	Kind string `json:"kind"`
	// Director is whose slot it is: for a default slot, the name of the VCL.
	Director string `json:"director"`
	ID       uint64 `json:"id,omitempty"`
	Slot     int    `json:"slot,omitempty"`
	// Was is the number that the slot had before, if that is another one.
	Was int `json:"was,omitempty"`
}

// A leftOutJSON is something that is not as it was before the delete.
type leftOutJSON struct {
	// What is member, for one that the new director does not have; slot, for
	// one that does not point at it; default, or health.
	What     string `json:"what"`
	Director string `json:"director"`
	Slot     int    `json:"slot,omitempty"`
	Reason   string `json:"reason"`
}

// undo makes a deleted director again.
func (s *Server) undo(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	text, err := param(r, "id")
	if err != nil {
		return err
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("undo %q: %w", text, director.ErrNotFound)
	}
	gone, err := s.undos.claim(id, time.Now())
	if err != nil {
		return err
	}
	answer, err := s.bringBack(c, gone)
	if err != nil {
		return err
	}
	if isForm(r) && wantsHTML(r) {
		redirect(w, http.StatusSeeOther, s.backTo(r, answer.Director.ID))
		return nil
	}
	w.Header().Set("Location", fmt.Sprintf("../directors/@%d", answer.Director.ID))
	return writeJSON(w, http.StatusCreated, answer)
}

// backTo is the page that the form was on, with another director selected: the
// one that it selected is gone.
func (s *Server) backTo(r *http.Request, id uint64) string {
	back, err := url.Parse(s.backLink(r))
	if err != nil {
		return instanceURL(r, s.rt.Name())
	}
	query := back.Query()
	query.Set("select", fmt.Sprintf("@%d", id))
	back.RawQuery = query.Encode()
	return back.String()
}
