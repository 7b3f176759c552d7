package server

import (
	"net/http"
	"regexp"
	"strings"
)

// What may stand in an address that is copied out of a page into a shell.
var (
	plainHost   = regexp.MustCompile(`^[A-Za-z0-9_.-]+(:[0-9]+)?$|^\[[0-9a-fA-F:.]+\](:[0-9]+)?$`)
	plainPrefix = regexp.MustCompile(`^(/[A-Za-z0-9_.~%-]+)+/?$`)
)

// mountURL is the address of the mount point as the client sees it, for what is
// copied out of a page: that of the page without its own path. Scheme, host and
// what a proxy has taken off the path are known if a trusted one says so, in
// X-Forwarded-Proto, -Host and -Prefix.
func (s *Server) mountURL(r *http.Request, path string) string {
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	below := strings.TrimSuffix(asked, path)
	if prefix := s.access.trusted.forwarded(r, "X-Forwarded-Prefix"); plainPrefix.MatchString(prefix) {
		below = strings.TrimSuffix(prefix, "/") + below
	}
	return s.scheme(r) + "://" + s.host(r) + below
}

func (s *Server) scheme(r *http.Request) string {
	switch forwarded := strings.ToLower(s.access.trusted.forwarded(r, "X-Forwarded-Proto")); {
	case forwarded == "http" || forwarded == "https":
		return forwarded
	case r.TLS != nil:
		return "https"
	}
	return "http"
}

func (s *Server) host(r *http.Request) string {
	for _, host := range []string{s.access.trusted.forwarded(r, forwardedHost), r.Host} {
		if plainHost.MatchString(host) {
			return host
		}
	}
	return "localhost"
}
