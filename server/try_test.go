package server

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
)

const try = "/try"

func (g *rig) try(d, body string) tried {
	g.t.Helper()
	return into[tried](g.send("POST", api+"directors/"+d+try, body).is(200))
}

func TestTryTellsTheWay(t *testing.T) {
	g := newRig(t, nil)
	got := g.try("site", `{}`)
	if len(got.Requests) != 1 || got.Made != 1 || got.LeftOut != 0 {
		t.Fatalf("got %+v, want one request", got)
	}
	r := got.Requests[0]
	if want := []string{"site", "pool", "a1"}; !slices.Equal(r.Path, want) || r.Status != 200 || r.Error != "" {
		t.Errorf("got %+v, want status 200 by %v", r, want)
	}
	if want := (triedShare{Director: "a1", Count: 1, Share: 1}); len(got.Distribution) != 1 || got.Distribution[0] != want {
		t.Errorf("distribution: got %+v, want %+v", got.Distribution, want)
	}
	// pool is nobody's default, and a1 no director with members.
	if got := g.try("pool", `{"method":"HEAD"}`).Requests[0].Path; !slices.Equal(got, []string{"pool", "a2"}) {
		t.Errorf("through pool: got %v, want its turn, a2", got)
	}
	if got := g.try("a1", `{"path":"/x?y=1","host":"example.test"}`).Requests[0].Path; !slices.Equal(got, []string{"a1"}) {
		t.Errorf("through a1: got %v, want itself", got)
	}
	if g.leafs["a1"].Requests() != 2 || g.leafs["a1"].Finished() != 2 || g.leafs["a2"].Finished() != 1 {
		t.Errorf("a1: got %d requests, %d finished; want 2 of each", g.leafs["a1"].Requests(), g.leafs["a1"].Finished())
	}
}

func TestTryDryHoldsNothing(t *testing.T) {
	g := newRig(t, nil)
	before := g.rt.Tree().Seq
	got := g.try("site", `{"requests":10000,"dry":true}`)
	if got.Made != 10_000 || len(got.Requests) != maxTriedListed || got.Requests[0].Status != 0 {
		t.Errorf("got %d ways, %d listed, want 10,000 and the first %d", got.Made, len(got.Requests), maxTriedListed)
	}
	for _, name := range []string{"a1", "a2"} {
		if n := g.leafs[name].Requests(); n != 0 {
			t.Errorf("%s: got %d requests, want none", name, n)
		}
	}
	for d := range g.rt.Sample().Directors() {
		if d.Tasks != 0 {
			t.Errorf("%s: got %d tasks, want none held", d.Name, d.Tasks)
		}
	}
	if now := g.rt.Tree().Seq; now != before {
		t.Errorf("got events to %d, want none after %d", now, before)
	}
}

func TestTryShowsHowWeightsAreShared(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"name":"r","type":"random","members":[{"director":"a1","weight":2},{"director":"a2","weight":1}]}`).is(201)
	got := g.try("r", `{"requests":10000,"dry":true}`)
	if len(got.Distribution) != 2 || got.Distribution[0].Director != "a1" {
		t.Fatalf("got %+v, want a1 before a2", got.Distribution)
	}
	// Five standard deviations of 10,000 picks.
	if share := got.Distribution[0].Share; math.Abs(share-2.0/3) > 5*math.Sqrt(2.0/9/10_000) {
		t.Errorf("share of a1: got %.3f, want 0.667", share)
	}
	if sum := got.Distribution[0].Count + got.Distribution[1].Count; sum != 10_000 {
		t.Errorf("together: got %d, want 10,000", sum)
	}
}

func TestTryVaries(t *testing.T) {
	g := newRig(t, nil)
	for _, body := range []string{
		`{"name":"by_path","type":"hash","members":[{"director":"a1"},{"director":"a2"}]}`,
		`{"name":"by_client","type":"hash","options":{"header":"X-User"},"members":[{"director":"a1"},{"director":"a2"}]}`,
		`{"name":"over","type":"fallback","members":[{"director":"by_client"}]}`,
	} {
		g.send("POST", api+"directors", body).is(201)
	}
	for _, test := range []struct {
		director, vary string
		leafs          int
	}{
		{"by_path", "none", 1},
		{"by_path", "path", 2},
		{"by_path", "client", 1},
		{"by_client", "path", 1},
		{"by_client", "client", 2},
		{"over", "client", 2},
	} {
		got := g.try(test.director, fmt.Sprintf(`{"requests":100,"vary":%q}`, test.vary))
		if len(got.Distribution) != test.leafs {
			t.Errorf("%s by %s: got %+v, want %d leafs", test.director, test.vary, got.Distribution, test.leafs)
		}
	}
}

func TestTryTellsErrors(t *testing.T) {
	g := newRig(t, func(o *Options) { o.NoRetry = true })
	g.leafs["a1"].Fail(errors.New("no line"))
	got := g.try("pool", `{"requests":4,"concurrency":1}`)
	if want := (triedError{"backend a1: no line", 2}); len(got.Errors) != 1 || got.Errors[0] != want {
		t.Errorf("errors: got %+v, want %+v", got.Errors, want)
	}
	if len(got.Distribution) != 2 || got.Statuses[0] != (triedStatus{200, 2}) {
		t.Errorf("got %+v and %+v, want both leafs, two answers", got.Distribution, got.Statuses)
	}
	g.send("POST", api+"directors", `{"name":"empty","type":"random"}`).is(201)
	for _, dry := range []bool{true, false} {
		got = g.try("empty", fmt.Sprintf(`{"requests":3,"dry":%v}`, dry))
		if len(got.Errors) != 1 || got.Errors[0].Count != 3 || len(got.Distribution) != 0 {
			t.Errorf("dry %v: got %+v, want three errors of one kind", dry, got)
		}
		if path := got.Requests[0].Path; !slices.Equal(path, []string{"empty"}) {
			t.Errorf("dry %v: got path %v, want it to end at empty", dry, path)
		}
	}
}

// Trying shows what requests get, and hides no backend that failed them.
func TestTryTellsWhoFailedBefore(t *testing.T) {
	g := newRig(t, nil)
	g.leafs["a1"].Fail(errors.New("no line"))
	once := g.try("pool", `{}`)
	if r := once.Requests[0]; !slices.Equal(r.Path, []string{"pool", "a2"}) || !slices.Equal(r.After, []string{"a1"}) || r.Status != 200 {
		t.Errorf("got %+v, want the answer of a2, after a1", r)
	}
	got := g.try("pool", `{"requests":4,"concurrency":1}`)
	if got.Retried != 2 || len(got.Errors) != 0 || got.Distribution[0] != (triedShare{Director: "a2", Count: 4, Share: 1}) {
		t.Errorf("got %+v, want four answers of a2, two of them after a1", got)
	}
	g.leafs["a2"].Fail(errors.New("nor here"))
	got = g.try("pool", `{}`)
	if r := got.Requests[0]; len(r.After) != 1 || !strings.Contains(r.Error, ", after ") {
		t.Errorf("all fail: got %+v, want the last error, and who failed before", r)
	}
}

// A panicker panics when its answer is read.
type panicker struct{ io.ReadCloser }

func (panicker) Read([]byte) (int, error) { panic("no prompter") }

func TestTrySurvivesAPanic(t *testing.T) {
	g := newRig(t, nil)
	g.leafs["a1"].Answer(func() io.ReadCloser { return panicker{http.NoBody} })
	got := g.try("a1", `{}`)
	if len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Message, "no prompter") {
		t.Errorf("got %+v, want the panic", got.Errors)
	}
	if d, _ := g.rt.Sample().Find("a1"); d.Tasks != 0 {
		t.Errorf("a1: got %d tasks, want none held", d.Tasks)
	}
}

func TestTryBoundsWhatItTells(t *testing.T) {
	g := newRig(t, nil)
	made := make([]outcome, 40)
	for i := range made {
		made[i].err = fmt.Errorf("error %d", i)
	}
	got := summarize(made, 0)
	if len(got.Errors) != maxTriedErrors || got.Errors[9] != (triedError{"other errors", 31}) {
		t.Errorf("got %+v, want nine errors and the rest in one", got.Errors)
	}
	if len(got.Requests) != maxTriedListed {
		t.Errorf("got %d requests, want %d", len(got.Requests), maxTriedListed)
	}
	g.send("GET", api+"directors/site/try", "").problem(405)
}

func TestTryRefuses(t *testing.T) {
	g := newRig(t, nil)
	for body, field := range map[string]string{
		`{"requests":0}`:                     "requests",
		`{"requests":1001}`:                  "requests",
		`{"requests":10001,"dry":true}`:      "requests",
		`{"concurrency":33}`:                 "concurrency",
		`{"concurrency":0}`:                  "concurrency",
		`{"method":"POST"}`:                  "method",
		`{"vary":"weather"}`:                 "vary",
		`{"path":"x"}`:                       "path",
		`{"path":"/a b"}`:                    "path",
		`{"path":"http://elsewhere/"}`:       "path",
		`{"path":"/%zz"}`:                    "path",
		`{"host":"a b"}`:                     "host",
		`{"headers":{"a b":"x"}}`:            "headers",
		`{"headers":{"Connection":"close"}}`: "headers.Connection",
		`{"headers":{"X-A":"b\r\nX-C: d"}}`:  "headers.X-A",
	} {
		p := g.send("POST", api+"directors/site/try", body).problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: got %+v, want the field %s", body, p.Errors, field)
		}
	}
	g.send("POST", api+"directors/site/try", `{"dry":3}`).problem(400)
	g.send("POST", api+"directors/nobody/try", `{}`).problem(404)
	if n := g.leafs["a1"].Requests(); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestTryIsAChangeToReadOnlyBoards(t *testing.T) {
	g := newRig(t, func(o *Options) { o.ReadOnly = true })
	g.send("POST", api+"directors/site/try", `{}`).problem(403)
	g.send("POST", api+"probe-test", `{"backend":{"host":"127.0.0.1","port":1,"probe":{}}}`).problem(403)
}

func TestTryOfADirectorThatLingers(t *testing.T) {
	g := newRig(t, nil)
	d, _ := g.rt.Tree().Find("a1")
	g.send("DELETE", api+"directors/a1", "").is(202)
	got := g.try(fmt.Sprintf("@%d", d.ID), `{}`)
	if got.Requests[0].Status != 200 {
		t.Errorf("got %+v, want an answer: it is held by pool", got.Requests[0])
	}
}

func TestTryEndsWithTheServer(t *testing.T) {
	g := newRig(t, nil)
	asked := make(chan struct{})
	g.add(g.rt.Active(), "waits", waiter{asked})
	answered := make(chan tried)
	go func() { answered <- g.try("waits", `{"requests":100,"concurrency":4}`) }()
	for range 4 {
		<-asked
	}
	g.board.end()
	got := <-answered
	if got.Made != 4 || got.LeftOut != 96 || got.Errors[0].Count != 4 {
		t.Errorf("got %d made, %d left out, %+v; want 4, 96 and four errors", got.Made, got.LeftOut, got.Errors)
	}
}

// A waiter answers when nobody wants to know any more.
type waiter struct{ asked chan struct{} }

func (waiter) Type() string { return "waiter" }

func (w waiter) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	w.asked <- struct{}{}
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestTryByForm(t *testing.T) {
	g := newRig(t, nil)
	a := g.form(api+"directors/site/try", "requests=1&path=/&_back=%3Fselect%3Dboot.site%26face%3Doutline", "Accept", "text/html").is(200)
	for _, want := range []string{
		`<!doctype html>`, `id="answer"`, "a1 answered: 200 in",
		`href="../../../../../../i/test/?face=outline&amp;select=boot.pool"`,
		`href="../../../../../../i/test/?face=outline&amp;select=boot.site">Back`,
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("got %s, want it to contain %s", a.body, want)
		}
	}
	// As a script asks: the answer as a page, what is wrong as data.
	accept := []string{"Accept", "application/problem+json, text/html;q=0.9"}
	a = g.form(api+"directors/site/try", "requests=30&dry=true", accept...).is(200)
	for _, want := range []string{"30 ways looked for", "50.0 %", "M0 4h50.00", "One by one"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("got %s, want it to contain %s", a.body, want)
		}
	}
	p := g.form(api+"directors/site/try", "requests=many", accept...).problem(422)
	if len(p.Errors) != 1 || p.Errors[0].Field != "requests" {
		t.Errorf("got %+v, want the field requests", p.Errors)
	}
	into[tried](g.form(api+"directors/site/try", "requests=2").is(200))
}
