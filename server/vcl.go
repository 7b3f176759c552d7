package server

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/callboard/callboard/director"
)

type vclBody struct {
	Name string `json:"name" form:"name"`
}

func (s *Server) addVCL(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body vclBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.Name == "" {
		return refuse("name", "give the VCL a name")
	}
	if _, err := c.AddVCL(body.Name); err != nil {
		if errors.Is(err, director.ErrClosed) {
			return err
		}
		return wrongField("name", err)
	}
	return s.done(w, r, http.StatusCreated, s.seq())
}

type defaultBody struct {
	Director *string `json:"director" form:"director"`
}

// setDefault points the default slot of a VCL at a director; an empty name
// empties it.
func (s *Server) setDefault(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	v, err := s.pathVCL(r)
	if err != nil {
		return err
	}
	var body defaultBody
	if err := decode(r, &body); err != nil {
		return err
	}
	var d *director.Director
	switch {
	case body.Director == nil && !r.PostForm.Has("director") && !r.PostForm.Has("_method"):
		// The page's form for "none" has no field; anybody else has to say it.
		return refuse("director", `name a director, or give "" for none`)
	case body.Director == nil || *body.Director == "":
	default:
		if d, err = s.bodyDirector("director", v, *body.Director); err != nil {
			return err
		}
	}
	if err := c.SetDefault(v, d); err != nil {
		return wrongField("director", err)
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

// A whichVCL is the body of the commands that take one.
type whichVCL struct {
	VCL string `json:"vcl" form:"vcl"`
}

func (s *Server) setActive(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body whichVCL
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.VCL == "" {
		return refuse("vcl", "name a VCL")
	}
	v, err := s.rt.VCL(body.VCL)
	if err != nil {
		return wrongField("vcl", err)
	}
	if err := c.Activate(v); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

// discardVCL takes a VCL out of use. It may last until its requests have ended;
// the answer does not wait for that.
func (s *Server) discardVCL(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	v, err := s.pathVCL(r)
	if err != nil {
		return err
	}
	if err := c.Discard(v); err != nil {
		return err
	}
	return s.done(w, r, http.StatusAccepted, s.seq())
}

type temperatureBody struct {
	Temperature director.State `json:"temperature" form:"temperature"`
}

// setTemperature says what a VCL should be: warm, cold, or whichever suits it.
func (s *Server) setTemperature(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	v, err := s.pathVCL(r)
	if err != nil {
		return err
	}
	if name, err := param(r, "v"); err == nil && name != v.Name() {
		return wrongPart("v", fmt.Errorf("%w: %q is a label of VCL %s, and labels are always warm", director.ErrInvalid, name, v.Name()))
	}
	var body temperatureBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if err := c.SetState(v, body.Temperature); errors.Is(err, director.ErrInvalid) {
		return wrongField("temperature", err)
	} else if err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

// pathVCL returns the VCL that the path names.
func (s *Server) pathVCL(r *http.Request) (*director.VCL, error) {
	if err := s.checkInstance(r); err != nil {
		return nil, err
	}
	name, err := param(r, "v")
	if err != nil {
		return nil, err
	}
	return s.rt.VCL(name)
}
