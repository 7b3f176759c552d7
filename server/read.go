package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// An instanceJSON is an instance as the API shows it.
type instanceJSON struct {
	Name      string    `json:"name"`
	Epoch     string    `json:"epoch"`
	Seq       uint64    `json:"seq"`
	Active    string    `json:"active"`
	VCLs      []vclJSON `json:"vcls"`
	Directors int       `json:"directors"`
}

type vclJSON struct {
	Name        string `json:"name"`
	Temperature string `json:"temperature"`
	// State is what the operator wants it to be: auto, warm or cold.
	State  string   `json:"state"`
	Labels []string `json:"labels"`
	// Default is the full name of the default director, "" if there is none.
	Default string `json:"default"`
}

func newInstanceJSON(s *tree.Snapshot) instanceJSON {
	j := instanceJSON{Name: s.Instance, Epoch: s.Epoch, Seq: s.Seq, Active: s.Active, VCLs: []vclJSON{}, Directors: s.Len()}
	for _, v := range s.VCLs() {
		vcl := vclJSON{Name: v.Name, Temperature: v.Temperature, State: v.State, Labels: append([]string{}, v.Labels...)}
		if d, ok := s.Director(v.Default); ok {
			vcl.Default = d.FullName()
		}
		j.VCLs = append(j.VCLs, vcl)
	}
	return j
}

type instanceList struct {
	Instances []instanceJSON `json:"instances"`
}

func (s *Server) listInstances(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, instanceList{[]instanceJSON{newInstanceJSON(s.rt.Tree())}})
}

func (s *Server) getInstance(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newInstanceJSON(s.rt.Tree()))
}

// Limits of one page of a list.
const (
	usualLimit = 100
	maxLimit   = 1000
)

// A directorPage is one page of the list of directors.
type directorPage struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	// Total counts all that match, on this page or not.
	Total int `json:"total"`
	// Next is the cursor of the next page, "" if this is the last one.
	Next      string         `json:"next"`
	Directors []directorJSON `json:"directors"`
}

func (s *Server) listDirectors(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	query := r.URL.Query()
	limit, err := number(query, "limit", usualLimit)
	if err != nil {
		return err
	}
	if limit < 1 || limit > maxLimit {
		return refuse("limit", fmt.Sprintf("1 to %d", maxLimit))
	}
	// The cursor is the number of the first director of the page: it stays
	// right whatever is added or destroyed between two pages.
	from, err := number(query, "cursor", 0)
	if err != nil {
		return err
	}
	snapshot := s.rt.Sample()
	vcl := query.Get("vcl")
	if _, ok := snapshot.VCL(vcl); !ok && vcl != "" {
		return fmt.Errorf("VCL %q: %w", vcl, director.ErrNotFound)
	}
	filter, err := parseFilter(query.Get("q"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, pageOf(snapshot, vcl, filter, int(limit), from))
}

func pageOf(snapshot *tree.Snapshot, vcl string, filter view.Filter, limit int, from uint64) directorPage {
	page := directorPage{Epoch: snapshot.Epoch, Seq: snapshot.Seq, Directors: []directorJSON{}}
	for d := range snapshot.Directors() {
		// Without references a director is about to be destroyed: no list shows
		// it any more.
		if vcl != "" && d.VCL != vcl || d.Refcount() == 0 || !filter.Matches(d) {
			continue
		}
		page.Total++
		switch {
		case d.ID < from:
		case len(page.Directors) < limit:
			page.Directors = append(page.Directors, newDirectorJSON(snapshot, d))
		case page.Next == "":
			page.Next = strconv.FormatUint(d.ID, 10)
		}
	}
	return page
}

// number reads a number from a query.
func number(query url.Values, name string, usual uint64) (uint64, error) {
	text := query.Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, refuse(name, "a whole number is needed, 0 or more")
	}
	return n, nil
}

// A directorAnswer is one director, with the moment at which this was true.
type directorAnswer struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	directorJSON
	// Counters are a backend's: what became of its requests, by kind.
	Counters *backend.Counters `json:"counters,omitempty"`
}

// answerFor describes a director as it is now.
func (s *Server) answerFor(id uint64) (directorAnswer, error) {
	snapshot := s.rt.Sample()
	d, ok := snapshot.Director(id)
	if !ok {
		return directorAnswer{}, fmt.Errorf("director @%d: %w", id, director.ErrNotFound)
	}
	return directorAnswer{Epoch: snapshot.Epoch, Seq: snapshot.Seq, directorJSON: newDirectorJSON(snapshot, d)}, nil
}

func (s *Server) getDirector(w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	answer, err := s.answerFor(d.ID())
	if err != nil {
		return err
	}
	if b, ok := d.Implementation().(*backend.Backend); ok {
		counters := b.Counters()
		answer.Counters = &counters
	}
	return writeJSON(w, http.StatusOK, answer)
}

type previewAnswer struct {
	Seq uint64 `json:"seq"`
	view.Preview
}

func (s *Server) previewDelete(w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	ids := []uint64{d.ID()}
	for _, name := range r.URL.Query()["with"] {
		other, err := s.rt.Find(name)
		if err != nil {
			return wrongField("with", err)
		}
		ids = append(ids, other.ID())
	}
	snapshot := s.rt.Sample()
	preview, ok := view.PreviewDelete(snapshot, ids...)
	if !ok {
		return fmt.Errorf("director %s: %w", d.FullName(), director.ErrNotFound)
	}
	return writeJSON(w, http.StatusOK, previewAnswer{snapshot.Seq, preview})
}

func (s *Server) dumpDirector(w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	d.Dump(w)
	return nil
}
