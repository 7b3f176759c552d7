package server

import "net/http"

// A whyAnswer is what a page gets that nothing here refuses.
type whyAnswer struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	// Mend says what the operator can do.
	Mend string `json:"mend"`
}

// why tells a page why it cannot listen: GET …/live?why, with its origin in a
// header, since browsers send none with a plain GET. A browser tells a page
// nothing of a handshake that failed, not even its status, so that a refusal that
// lasts would look like an outage that passes. The answer is the problem that the
// handshake met; if there is none, it was stopped on its way.
func (s *Server) why(w http.ResponseWriter, r *http.Request) error {
	c := claimOf(r)
	if origin := r.Header.Get(originHeader); origin != "" {
		// As a handshake is sent, of which not every browser says more.
		c.site, c.origin = "", origin
	}
	if p := s.access.check(r, c); p != nil {
		return p
	}
	if s.life.Err() != nil {
		return errClosing
	}
	if s.seats.full(s.access.trusted.client(r), s.options.MaxClients, s.options.MaxClientsPerAddress) {
		return errNoSeat
	}
	return writeJSON(w, http.StatusOK, whyAnswer{
		Title:  "Nothing is refused",
		Detail: "This page may listen. If its websocket is not opened, something on the way does not let it pass.",
		Mend:   mendUpgrade,
	})
}
