package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/list"
)

// backendList is Varnish's backend.list, for scripts that know it: text, or
// JSON where that is asked for. With p=1 each director's members or probe
// follow it.
func (s *Server) backendList(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	q := r.URL.Query()
	probe, err := strconv.ParseBool(q.Get("p"))
	if err != nil && q.Has("p") {
		return refuse("p", "1 or 0")
	}
	if err := checkPattern(q.Get("pattern")); err != nil {
		return err
	}
	o := list.Options{
		Pattern: q.Get("pattern"), Probe: probe,
		JSON: strings.Contains(r.Header.Get("Accept"), "application/json"),
	}
	w.Header().Set("Content-Type", o.ContentType())
	w.Header().Set("Vary", "Accept")
	return list.Write(w, s.rt, o)
}

// setLabel gives a VCL a label, or moves the label to it.
func (s *Server) setLabel(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	label, err := s.pathLabel(r)
	if err != nil {
		return err
	}
	var body whichVCL
	if err := decode(r, &body); err != nil {
		return err
	}
	v, err := s.rt.VCL(body.VCL)
	switch {
	case err != nil:
		return wrongField("vcl", err)
	case v.Name() != body.VCL:
		// One that moved along would surprise, and one that stayed behind, too (VCL-17).
		return refuse("vcl", strconv.Quote(body.VCL)+" is a label, and a label cannot point to a label: name the VCL")
	}
	if err := c.Label(label, v); err != nil {
		return wrongPart("label", err)
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

func (s *Server) removeLabel(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	label, err := s.pathLabel(r)
	if err != nil {
		return err
	}
	if err := c.Unlabel(label); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

func (s *Server) pathLabel(r *http.Request) (string, error) {
	if err := s.checkInstance(r); err != nil {
		return "", err
	}
	return param(r, "label")
}
