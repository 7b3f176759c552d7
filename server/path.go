package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web"
)

// pathKey is the context key of the path below the mount point, in its escaped
// form: "/i/demo/".
type pathKey struct{}

// withRoute finds out what the path below the mount point is, whoever mounted
// the server, and starts routing there. It is always the escaped path, so that
// a slash within a director's name is not one between names.
func (s *Server) withRoute(r *http.Request) *http.Request {
	below := routePath(r)
	if below != "" && below[0] != '/' {
		below = "/" + below // the prefix was stripped with its slash
	}
	route := chi.NewRouteContext()
	route.Routes = s.router
	route.RoutePath = below
	if below == "" {
		route.RoutePath = "/"
	}
	ctx := context.WithValue(web.WithKey(r.Context(), s.access.key), pathKey{}, below)
	return r.WithContext(context.WithValue(ctx, chi.RouteCtxKey, route))
}

// routePath returns the escaped path below the mount point, "" for a request
// for the mount point that lacks its slash.
func routePath(r *http.Request) string {
	whole := r.URL.RawPath
	if whole == "" {
		whole = r.URL.Path
	}
	outer, _ := r.Context().Value(chi.RouteCtxKey).(*chi.Context)
	if outer == nil || outer.RoutePath == "" {
		return r.URL.EscapedPath()
	}
	if outer.RoutePath == "/" && !strings.HasSuffix(whole, "/") {
		return ""
	}
	if !strings.HasSuffix(whole, outer.RoutePath) {
		// Somebody has stripped a prefix from the URL since that chi routed.
		return r.URL.EscapedPath()
	}
	if r.URL.RawPath != "" {
		return outer.RoutePath
	}
	return (&url.URL{Path: outer.RoutePath}).EscapedPath()
}

// escapedPath returns the path below the mount point.
func escapedPath(r *http.Request) string {
	below, _ := r.Context().Value(pathKey{}).(string)
	return below
}

// root returns the way from the request's URL to the mount point: "../../".
func root(r *http.Request) string {
	return strings.Repeat("../", max(0, strings.Count(escapedPath(r), "/")-1))
}

// instanceURL returns the way from the request's URL to the page of an
// instance. It never starts with a slash or a scheme.
func instanceURL(r *http.Request, name string) string {
	return root(r) + "i/" + url.PathEscape(name) + "/"
}

// redirect sends the client to a relative URL. [http.Redirect] would make it
// absolute, for which the prefix would have to be known.
func redirect(w http.ResponseWriter, status int, location string) {
	w.Header().Set("Location", location)
	w.WriteHeader(status)
}

// withQuery adds the request's query to a location.
func withQuery(r *http.Request, location string) string {
	if r.URL.RawQuery != "" {
		return location + "?" + r.URL.RawQuery
	}
	return location
}

// lastSegment is the last part of the path that the client asked for, before
// anybody took a prefix away.
func lastSegment(r *http.Request) string {
	asked, err := url.ParseRequestURI(r.RequestURI)
	if err != nil || strings.HasSuffix(asked.Path, "/") {
		return ""
	}
	return path.Base(asked.EscapedPath())
}

// param returns a part of the path, unescaped.
func param(r *http.Request, name string) (string, error) {
	value, err := url.PathUnescape(chi.URLParam(r, name))
	if err != nil {
		return "", &problem{Status: http.StatusBadRequest, Detail: "The path is not escaped as it should be."}
	}
	return value, nil
}

// checkInstance fails if the path names an instance that is not here, and in the
// API if the query cannot be read: what is passed over in silence is worse than
// an error.
func (s *Server) checkInstance(r *http.Request) error {
	if strings.HasPrefix(escapedPath(r), apiRoute) {
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			return &problem{Status: http.StatusBadRequest, Title: "Bad query", Detail: "The query is not encoded as it should be: " + err.Error() + "."}
		}
	}
	name, err := param(r, "instance")
	if err != nil {
		return err
	}
	if name != s.rt.Name() {
		return fmt.Errorf("instance %q: %w", name, director.ErrNotFound)
	}
	return nil
}

// pathDirector returns the director that the path names.
func (s *Server) pathDirector(r *http.Request) (*director.Director, error) {
	if err := s.checkInstance(r); err != nil {
		return nil, err
	}
	name, err := param(r, "d")
	if err != nil {
		return nil, err
	}
	return s.rt.Find(name)
}
