package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/tree"
)

func TestVCLs(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"vcls", `{"name":"next"}`).is(201)
	g.send("POST", api+"vcls", `{"name":"next"}`).problem(409)
	g.send("POST", api+"vcls", `{"name":"a.b"}`).problem(422)
	g.send("POST", api+"vcls", `{}`).problem(422)
	g.send("POST", api+"directors", `{"vcl":"next","name":"x","type":"random"}`).is(201)
	g.send("PUT", api+"vcls/next/default", `{"director":"x"}`).is(200)
	g.send("PUT", api+"vcls/next/default", `{"director":"boot.a1"}`).problem(422)
	g.send("PUT", api+"vcls/next/default", `{}`).problem(422)
	g.send("PUT", api+"vcls/nobody/default", `{"director":"x"}`).problem(404)
	g.send("PUT", api+"active", `{"vcl":"next"}`).is(200)
	g.send("GET", api+"directors/x", "").is(200)
	g.send("PUT", api+"vcls/next/default", `{"director":""}`).is(200)
	g.send("PUT", api+"active", `{"vcl":"nobody"}`).problem(422)
	g.send("PUT", api+"active", `{}`).problem(422)
	if got := g.rt.Tree().Active; got != "next" {
		t.Errorf("active: got %q, want next", got)
	}
}

func TestVCLsComeAndGo(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"vcls", `{"name":"next"}`).is(201)
	g.send("DELETE", api+"vcls/boot", "").problem(409)
	g.send("PUT", api+"vcls/boot/temperature", `{"temperature":"cold"}`).problem(409)
	g.send("PUT", api+"vcls/next/temperature", `{"temperature":"tepid"}`).problem(422)
	g.send("PUT", api+"vcls/next/temperature", `{}`).problem(422)
	g.send("PUT", api+"vcls/nobody/temperature", `{"temperature":"cold"}`).problem(404)
	g.send("PUT", api+"vcls/next/temperature", `{"temperature":"cold"}`).is(200)
	g.send("POST", api+"directors", `{"vcl":"next","name":"x","type":"random"}`).problem(409)
	g.send("PUT", api+"vcls/next/temperature", `{"temperature":"warm"}`).is(200)
	g.send("POST", api+"directors", `{"vcl":"next","name":"x","type":"random"}`).is(201)
	g.send("DELETE", api+"vcls/next", "").is(202)
	eventually(t, "next is gone", func() bool { return g.send("GET", api+"directors/next.x", "").status == 404 })
	g.send("DELETE", api+"vcls/nobody", "").problem(404)
}

type faultRecorder map[string]bool

func (f faultRecorder) CanFail(d *tree.Director) bool { return d.Name == "a1" }

func (f faultRecorder) SetFailing(d *tree.Director, failing bool) error {
	f[d.Name] = failing
	return nil
}

func TestFaultsAreOfferedOnlyWhereThereAreAny(t *testing.T) {
	newRig(t, nil).send("PUT", api+"faults/a1", `{"failing":true}`).problem(404)
	failing := faultRecorder{}
	g := newRig(t, func(o *Options) { o.Faults = failing })
	g.send("PUT", api+"faults/boot.a1", `{"failing":true}`).is(200)
	if !failing["a1"] {
		t.Errorf("got %v, want a1 failing", failing)
	}
	g.send("PUT", api+"faults/a1", `{}`).problem(422)
	g.send("PUT", api+"faults/nobody", `{"failing":true}`).problem(404)
	g.send("PUT", api+"faults/boot.a2", `{"failing":true}`).problem(404)
	for name, want := range map[string]bool{"a1": true, "a2": false} {
		page := g.send("GET", "i/test/?select=boot."+name, "").is(200).body
		if got := strings.Contains(page, "Make it fail"); got != want {
			t.Errorf("%s: offered %t, want %t", name, got, want)
		}
	}
}

func TestReadOnlyRefusesEveryChange(t *testing.T) {
	g := newRig(t, func(o *Options) { o.ReadOnly = true })
	before := g.rt.Tree().Seq
	g.send("POST", api+"directors", `{"name":"x","type":"random"}`).problem(403)
	g.send("DELETE", api+"directors/a1", "").problem(403)
	g.send("PUT", api+"health", `{"pattern":"*","admin":"sick"}`).problem(403)
	g.form(api+"directors/a1", "_method=DELETE").problem(403)
	g.send("GET", api+"directors", "").is(200)
	g.send("GET", "i/test/", "").is(200)
	if got := g.rt.Tree().Seq; got != before {
		t.Errorf("events: got %d, want %d as before", got, before)
	}
}

func TestClosedRuntimeIsUnavailable(t *testing.T) {
	g := newRig(t, nil)
	g.send("GET", "readyz", "").is(http.StatusOK)
	if err := g.rt.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.send("POST", api+"vcls", `{"name":"late"}`).problem(503)
	g.send("GET", "healthz", "").is(http.StatusOK)
	g.send("GET", "readyz", "").is(http.StatusServiceUnavailable)
}
