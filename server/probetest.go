package server

import (
	"errors"
	"net/http"

	"github.com/callboard/callboard/director/backend"
)

// probeBody is as much of the body that adds a backend as says what its probe
// does. What a form has beside it is passed over.
type probeBody struct {
	Backend *backend.Config `json:"backend" form:"backend"`
}

// A probeTrial is the answer of the command that tries a probe.
type probeTrial struct {
	Good   bool    `json:"good"`
	Status int     `json:"status"`
	MS     float64 `json:"ms"`
	Reason string  `json:"reason"`
}

// testProbe pokes a backend once, as the probe in the body would. Nothing is
// added.
func (s *Server) testProbe(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body probeBody
	if err := decode(r, &body); err != nil {
		return err
	}
	switch {
	case body.Backend == nil:
		return refuse("backend", "say where the backend is: host and port, or path")
	case body.Backend.Probe == nil:
		return refuse("backend.probe.url", "there is no probe to try: give it a path")
	}
	if err := s.admit(body.Backend); err != nil {
		return err
	}
	c, err := s.maker().withAuthorities(*body.Backend)
	if err != nil {
		return err
	}
	ctx, done, err := s.bounded(r)
	if err != nil {
		return err
	}
	defer done()
	result, err := backend.TryProbe(ctx, c)
	if wrong, ok := errors.AsType[*backend.FieldError](err); ok {
		return refuse("backend."+wrong.Field, wrong.Detail)
	}
	if err != nil {
		return wrongField("backend", err)
	}
	return s.showProbe(w, r, probeTrial{result.Good, result.Status, milliseconds(result.Took), result.Reason})
}
