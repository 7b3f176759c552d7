package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// shown returns the directors that the page with the request's query shows.
func (s *Server) shown(r *http.Request) (*tree.Snapshot, []*tree.Director, error) {
	if err := s.checkInstance(r); err != nil {
		return nil, nil, err
	}
	snapshot := s.rt.Sample()
	model := view.Build(snapshot, nil, view.ParseQuery(r.URL.Query()), nil)
	directors := make([]*tree.Director, 0, len(model.Cards))
	for _, c := range model.Cards {
		id, err := strconv.ParseUint(strings.TrimPrefix(c.ID, "card-"), 10, 64)
		if err != nil {
			return nil, nil, fmt.Errorf("card %q: %w", c.ID, err)
		}
		if d, ok := snapshot.Director(id); ok {
			directors = append(directors, d)
		}
	}
	return snapshot, directors, nil
}

// treeJSON is the view as data, in the form of the API's list.
func (s *Server) treeJSON(w http.ResponseWriter, r *http.Request) error {
	snapshot, directors, err := s.shown(r)
	if err != nil {
		return err
	}
	page := directorPage{Epoch: snapshot.Epoch, Seq: snapshot.Seq, Total: snapshot.Len(), Directors: []directorJSON{}}
	for _, d := range directors {
		page.Directors = append(page.Directors, newDirectorJSON(snapshot, d))
	}
	return writeJSON(w, http.StatusOK, page)
}

// treeDot is the view for Graphviz.
func (s *Server) treeDot(w http.ResponseWriter, r *http.Request) error {
	snapshot, directors, err := s.shown(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/vnd.graphviz; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(dot(snapshot, directors))) // the client has gone: nobody is left to be told
	return nil
}

// treeSVG is the view as a picture that stands on its own.
func (s *Server) treeSVG(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	model := view.Build(s.rt.Sample(), nil, view.ParseQuery(r.URL.Query()), nil)
	var b bytes.Buffer
	if err := web.Picture(view.PictureOf(model)).Render(r.Context(), &b); err != nil {
		return fmt.Errorf("draw the tree: %w", err)
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // the client has gone: nobody is left to be told
	return nil
}

func dot(snapshot *tree.Snapshot, directors []*tree.Director) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  label=%s\n  rankdir=LR\n  node [shape=box]\n",
		quoteDot(snapshot.Instance), quoteDot(fmt.Sprintf("%s at event %d", snapshot.Instance, snapshot.Seq)))
	shown := make(map[uint64]bool, len(directors))
	for _, d := range directors {
		shown[d.ID] = true
		health := "sick"
		if d.Healthy {
			health = "healthy"
		}
		style := ""
		if d.Phase == tree.Lingering {
			style = " style=dashed"
		}
		label := fmt.Sprintf("%s\n%s\n%s · %s · %d refs", d.FullName(), d.Type, d.Phase, health, d.Refcount())
		fmt.Fprintf(&b, "  n%d [label=%s%s]\n", d.ID, quoteDot(label), style)
	}
	for _, d := range directors {
		for m := range d.Members() {
			if !shown[m.ID] {
				continue
			}
			fmt.Fprintf(&b, "  n%d -> n%d [label=%s]\n", d.ID, m.ID, quoteDot(edgeLabel(m)))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func edgeLabel(m tree.Member) string {
	if m.Weight == 0 {
		return ""
	}
	return strconv.FormatFloat(m.Weight, 'g', -1, 64)
}

// quoteDot quotes by the rules of the DOT language, in which only a quote and a
// backslash, which starts an escape in labels, are special.
func quoteDot(text string) string { return `"` + dotEscapes.Replace(text) + `"` }

// dotEscapes is made once: making it costs a hundred times as much as using it.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
