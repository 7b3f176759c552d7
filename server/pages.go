package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/static"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// home leads to the page of the only instance.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	if escapedPath(r) == "" {
		// Without its slash, relative URLs would lead out of the mount point.
		if own := lastSegment(r); own != "" {
			redirect(w, http.StatusFound, withQuery(r, "./"+own+"/"))
			return nil
		}
	}
	redirect(w, http.StatusFound, "i/"+url.PathEscape(s.rt.Name())+"/")
	return nil
}

// instanceSlash adds the slash that relative URLs need.
func (s *Server) instanceSlash(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	redirect(w, http.StatusFound, withQuery(r, "./"+url.PathEscape(s.rt.Name())+"/"))
	return nil
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	model, epoch := s.feed.show(s.query(r.URL.Query()))
	// The page carries the epoch of its group's run, see position.
	shown := *model
	shown.Epoch = epoch
	s.render(w, r, http.StatusOK, web.Page(web.PageData{
		Root: root(r), Model: &shown, ProxyURL: s.options.ProxyURL, Types: typeForms(),
		ReadOnly: s.options.ReadOnly,
	}))
	return nil
}

// query reads what a page is to show. One that only shows asks for nothing.
func (s *Server) query(values url.Values) view.Query {
	q := view.ParseQuery(values)
	if s.options.ReadOnly {
		q.Panel = ""
	}
	return q
}

// static serves the files of pages. They are found by the path below the mount
// point, whatever stands in front of that.
func (s *Server) static(w http.ResponseWriter, r *http.Request) error {
	path, err := url.PathUnescape(escapedPath(r))
	if err != nil {
		return fmt.Errorf("file: %w", director.ErrNotFound)
	}
	below := new(http.Request)
	*below = *r
	below.URL = &url.URL{Path: path}
	static.Handler().ServeHTTP(w, below)
	return nil
}

// typeForms says what the types of package lb are to be asked for in a form.
func typeForms() []web.TypeForm {
	var forms []web.TypeForm
	for _, t := range lb.Types() {
		f := web.TypeForm{Name: t.Name, Title: words(t.Name), Help: t.Help, Weighted: t.Weighted, Watches: t.Watches}
		for _, o := range t.Options {
			kind := o.Kind
			if kind == "int" || kind == "float" {
				kind = "number"
			}
			f.Options = append(f.Options, web.OptionForm{
				Name: o.Name, Label: words(o.Name), Help: o.Help, Kind: kind, Default: o.Default, Choices: o.Choices,
			})
		}
		forms = append(forms, f)
	}
	return forms
}

// words makes the name of something readable.
func words(name string) string {
	if text, ok := inFull[name]; ok {
		return text
	}
	text := strings.NewReplacer("-", " ", "_", " ").Replace(name)
	return strings.ToUpper(text[:min(len(text), 1)]) + text[min(len(text), 1):]
}

// inFull are the names that say too little on a form.
var inFull = map[string]string{
	"dns": "DNS", "tls": "TLS", "srv": "SRV records", "by": "Key", "alt": "Alternative", "healthy": "Whose health counts",
	"ttl": "Time to live", "ttl_from": "Which time to live counts", "ttl_min": "Least time to live", "ttl_max": "Longest time to live",
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, http.StatusOK, "ok\n")
}

// readyz answers whether requests can be sent through the tree, and whether what
// is changed in it would last.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) error {
	if s.rt.Active() == nil || s.life.Err() != nil {
		return plain(w, http.StatusServiceUnavailable, "not ready\n")
	}
	if words := notKept(s.options.Durability); words != "" {
		return plain(w, http.StatusServiceUnavailable, "not ready: "+words+"\n")
	}
	return plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client has gone: nobody is left to be told
	return nil
}
