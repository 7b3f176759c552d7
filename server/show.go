package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// wantsShown reports whether the answer is for a form: a page that says it, of
// which a script takes the part that it wants. A script asks for problems as
// data beside it, so HTML only has to be liked better than JSON.
func wantsShown(r *http.Request) bool {
	return isForm(r) && quality(r, "text/html") > quality(r, typeJSON)
}

// showTried answers with what came of a trial.
func (s *Server) showTried(w http.ResponseWriter, r *http.Request, d *director.Director, body *tryBody, t tried) error {
	if !wantsShown(r) {
		return writeJSON(w, http.StatusOK, t)
	}
	to := s.linker(r)
	s.render(w, r, http.StatusOK, web.Answer(web.AnswerData{
		Root: root(r), Title: "Try " + d.FullName(), Back: s.backLink(r), Tried: t.shown(to, body.Dry),
	}))
	return nil
}

// showProbe answers with what came of trying a probe.
func (s *Server) showProbe(w http.ResponseWriter, r *http.Request, p probeTrial) error {
	if !wantsShown(r) {
		return writeJSON(w, http.StatusOK, p)
	}
	s.render(w, r, http.StatusOK, web.Answer(web.AnswerData{
		Root: root(r), Title: "Try the probe", Back: s.backLink(r),
		Probe: &view.ProbeTried{Good: p.Good, Text: view.ProbeWords(p.Good, p.Status, p.MS, p.Reason)},
	}))
	return nil
}

// linker returns what links to a director in the view that the form is of.
func (s *Server) linker(r *http.Request) func(*director.Director) view.Part {
	page, query, _ := strings.Cut(s.backLink(r), "?")
	values, _ := url.ParseQuery(query) // what is wrong with it is left out
	q, known := view.ParseQuery(values), s.rt.Tree()
	return func(d *director.Director) view.Part {
		token := d.FullName()
		if named, ok := known.Find(token); !ok || named.ID != d.ID() {
			token = "@" + strconv.FormatUint(d.ID(), 10)
		}
		return view.Part{Text: d.Name(), Href: page + q.Selecting(token).Href()}
	}
}

// shown is the answer as a page prints it.
func (t *tried) shown(to func(*director.Director) view.Part, dry bool) *view.Tried {
	failed := 0
	for _, e := range t.Errors {
		failed += e.Count
	}
	v := &view.Tried{Bad: failed > 0 || t.Made == 0}
	for _, e := range t.Errors {
		v.Errors = append(v.Errors, view.TriedError{Count: strconv.Itoa(e.Count) + " ×", Message: e.Message})
	}
	if t.Made == 1 && t.LeftOut == 0 {
		t.showOnly(v, to)
		return v
	}
	v.Sum = view.TriedOften(t.Made, t.LeftOut, failed, t.TotalMS, dry)
	var statuses []string
	for _, status := range t.Statuses {
		statuses = append(statuses, strconv.Itoa(status.Status)+" × "+strconv.Itoa(status.Count))
	}
	if !dry {
		v.Note = view.TriedNote(t.P50MS, t.P99MS, statuses) + view.TriedAgain(t.Retried)
	}
	for _, s := range t.Distribution {
		v.Shares = append(v.Shares, view.NewShare(to(s.leaf), s.Count, s.Share))
	}
	for _, r := range t.Requests {
		row := view.TriedRequest{Way: r.parts(to), Took: view.Took(r.MS), Bad: r.Error != ""}
		switch {
		case r.Error != "":
			row.Outcome = "failed"
		case r.Status != 0:
			row.Outcome = strconv.Itoa(r.Status)
		}
		v.First = append(v.First, row)
	}
	return v
}

// showOnly says what became of the only request.
func (t *tried) showOnly(v *view.Tried, to func(*director.Director) view.Part) {
	r, leaf := &t.Requests[0], ""
	if len(t.Distribution) > 0 {
		leaf = t.Distribution[0].Director
	}
	v.Sum, v.Way, v.Note = view.TriedOnce(leaf, r.Status, r.MS, r.Error), r.parts(to), view.TriedAfter(r.After)
	for i := range v.Errors {
		v.Errors[i].Count = ""
	}
}

func (r *triedRequest) parts(to func(*director.Director) view.Part) []view.Part {
	var list []view.Part
	for _, d := range r.way {
		list = append(list, to(d))
	}
	return view.Way(list)
}
