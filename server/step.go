package server

import (
	"fmt"
	"net/http"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A heldJSON is a step that step mode holds.
type heldJSON struct {
	Director string `json:"director"` // within its VCL
	VCL      string `json:"vcl"`
	ID       uint64 `json:"id"`
	// Before is what comes next: release, last-drop or destroy.
	Before event.Before `json:"before"`
	// Last says whose reference is the last one, before last-drop.
	Last  *event.Holder `json:"last,omitempty"`
	Since time.Time     `json:"since"`
}

func heldOf(h tree.Held) heldJSON {
	held := heldJSON{Director: h.Name, VCL: h.VCL, ID: h.ID, Before: h.Before, Since: h.Since}
	if h.Before == event.BeforeLastDrop {
		held.Last = &h.Last
	}
	return held
}

// A stepAnswer is how step mode stands.
type stepAnswer struct {
	On   bool       `json:"on"`
	Seq  uint64     `json:"seq"`
	Held []heldJSON `json:"held"`
}

// getStep tells whether step mode is on, and what it holds, oldest first.
func (s *Server) getStep(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	known := s.rt.Tree()
	held := make([]heldJSON, 0, known.HeldLen())
	for h := range known.Held() {
		held = append(held, heldOf(h))
	}
	return writeJSON(w, http.StatusOK, stepAnswer{known.Stepping, known.Seq, held})
}

type stepBody struct {
	On *bool `json:"on" form:"on"`
}

// setStep switches step mode on or off. Off, everything that was held has gone on
// when this is answered.
func (s *Server) setStep(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body stepBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.On == nil {
		return refuse("on", "true or false is needed")
	}
	if err := c.SetStepping(*body.On); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

type nextBody struct {
	Director string `json:"director" form:"director"`
}

type nextAnswer struct {
	Seq   uint64   `json:"seq"`
	Taken heldJSON `json:"taken"`
}

// nextStep lets a held step go on: that of the director in the body or, if there
// is none, the one that has been held longest.
func (s *Server) nextStep(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body nextBody
	if err := decode(r, &body); err != nil {
		return err
	}
	next := c.Next
	if body.Director != "" {
		d, err := s.heldDirector(body.Director)
		if err != nil {
			return wrongField("director", err)
		}
		next = func() (tree.Held, error) { return c.NextOf(d) }
	}
	taken, err := next()
	if err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, nextAnswer{s.seq().Seq, heldOf(taken)})
}

// heldDirector finds the director that a name means. A director may take the name
// of one that is held: then the one that is held longest is meant.
func (s *Server) heldDirector(name string) (*director.Director, error) {
	known := s.rt.Tree()
	d, err := s.rt.Find(name)
	if err != nil {
		return nil, err
	}
	if _, held := known.HeldStep(d.ID()); held {
		return d, nil
	}
	for h := range known.Held() {
		if h.VCL == d.VCL().Name() && h.Name == d.Name() && name[0] != '@' {
			return s.rt.Find(fmt.Sprintf("@%d", h.ID))
		}
	}
	return d, nil
}
