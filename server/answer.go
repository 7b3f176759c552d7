package server

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// done answers a command that was carried out: JSON, or the page that the form
// asked for.
func (s *Server) done(w http.ResponseWriter, r *http.Request, status int, v any) error {
	if isForm(r) && wantsHTML(r) {
		redirect(w, http.StatusSeeOther, s.backLink(r))
		return nil
	}
	return writeJSON(w, status, v)
}

// backLink is the page that a form wants to go back to, "" if there was none.
// A form may be sent from anywhere, so only a query of this instance's page can
// be asked for: anything else would make the server an open redirect.
func (s *Server) backLink(r *http.Request) string {
	if !isForm(r) || !strings.HasPrefix(escapedPath(r), "/api/") {
		return ""
	}
	page := instanceURL(r, s.rt.Name())
	back, err := url.Parse(r.PostForm.Get("_back"))
	if err != nil || back.Scheme != "" || back.Host != "" || back.User != nil || back.Opaque != "" {
		return page
	}
	if back.Path != "" && back.Path != "./" && back.Path != "." {
		return page
	}
	return page + (&url.URL{RawQuery: back.Query().Encode(), Fragment: back.Fragment}).String()
}

// wantsHTML reports whether the client would rather read HTML than JSON: a
// browser that shows a page, not a script in it.
func wantsHTML(r *http.Request) bool {
	html := quality(r, "text/html")
	return html > 0 && html > quality(r, "application/json") && html > quality(r, "application/problem+json")
}

// accepts reports whether the client names the media type.
func accepts(r *http.Request, media string) bool { return quality(r, media) > 0 }

// quality is the weight that the client gives to a media type that it names, 0
// if it does not. Ranges such as */* name nothing.
func quality(r *http.Request, media string) float64 {
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		named, params, err := mime.ParseMediaType(part)
		if err != nil || named != media {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			q = 1
		}
		return q
	}
	return 0
}

// render answers with a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// JSON and HTML share URLs.
	h.Add("Vary", "Accept")
	w.WriteHeader(status)
	if err := page.Render(r.Context(), w); err != nil && r.Context().Err() == nil {
		s.log.Error("page not printed to its end", "path", r.URL.Path, "error", err)
	}
}
