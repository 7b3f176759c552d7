package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

func TestCreate(t *testing.T) {
	g := newRig(t, nil)
	d := into[directorAnswer](g.send("POST", api+"directors",
		`{"vcl":"boot","name":"r","type":"random","members":[{"director":"a1","weight":2.5},{"director":"boot.a2"}]}`).is(201))
	if d.Name != "r" || d.Type != "random" || d.Refcount != 1 || d.Seq != g.rt.Tree().Seq {
		t.Errorf("got %+v, want r with one reference at %d", d, g.rt.Tree().Seq)
	}
	if len(d.Members) != 2 || d.Members[0].Weight != 2.5 || d.Members[1].Weight != 1 {
		t.Errorf("members: got %+v, want weights 2.5 and 1", d.Members)
	}
	d = into[directorAnswer](g.send("POST", api+"directors",
		`{"name":"b","backend":{"host":"127.0.0.1","port":1,"connect_timeout":"1.5s","probe":{"url":"/p","interval":3600,"initial":3}}}`).is(201))
	if d.Type != "backend" || !d.Leaf {
		t.Errorf("got %+v, want a backend", d)
	}
	d = into[directorAnswer](g.send("POST", api+"directors", `{"name":"f","type":"fallback","options":{"sticky":true}}`).is(201))
	if !slices.Contains(d.Options, event.Option{Name: "sticky", Value: "true"}) {
		t.Errorf("options: got %+v, want sticky", d.Options)
	}
	for _, ty := range lb.Types() {
		g.send("POST", api+"directors", fmt.Sprintf(`{"name":"of-type-%s","type":%q}`, ty.Name, ty.Name)).is(201)
	}
}

func TestCreateRefuses(t *testing.T) {
	g := newRig(t, nil)
	before := g.rt.Tree().Len()
	for body, want := range map[string]struct {
		status int
		field  string
	}{
		`{"type":"random"}`:                                           {422, "name"},
		`{"name":"a b","type":"random"}`:                              {422, "name"},
		`{"name":"@1","type":"random"}`:                               {422, "name"},
		`{"name":"x"}`:                                                {422, "type"},
		`{"name":"x","type":"lottery"}`:                               {422, "type"},
		`{"name":"x","type":"random","vcl":"nobody"}`:                 {422, "vcl"},
		`{"name":"x","type":"backend"}`:                               {422, "backend"},
		`{"name":"x","type":"backend","backend":{"port":80}}`:         {422, "backend.host"},
		`{"name":"x","backend":{"host":"h","port":99999}}`:            {422, "backend.port"},
		`{"name":"x","backend":{"host":"h","probe":{"window":99}}}`:   {422, "backend.probe.window"},
		`{"name":"x","type":"random","backend":{"host":"h"}}`:         {422, "backend"},
		`{"name":"x","backend":{"host":"h"},"members":[{}]}`:          {422, "members"},
		`{"name":"x","type":"random","members":[{}]}`:                 {422, "members[0].director"},
		`{"name":"x","type":"random","options":{"sticky":true}}`:      {422, "options.sticky"},
		`{"name":"x","type":"fallback","options":{"sticky":"maybe"}}`: {422, "options.sticky"},
		`{"name":"a1","type":"random"}`:                               {409, "name"},
		`{"name":"x","type":"random","wieght":1}`:                     {400, "wieght"},
		`{"name":7,"type":"random"}`:                                  {400, "name"},
		`{"name":"x","backend":{"port":"eighty"}}`:                    {400, "backend.port"},

		`{"name":"x","type":"random","members":[{"director":"a1"},{"director":"nobody"}]}`: {422, "members[1].director"},
		`{"name":"x","type":"random","members":[{"director":"a1","weight":-1}]}`:           {422, "members[0].weight"},
		`{"name":"x","type":"random","options":{"deep":{}}}`:                               {400, "options.deep"},
		`{"name":"x","backend":{"host":"h","connect_timeout":"soon"}}`:                     {400, "backend.connect_timeout"},
		`{"name":"x","backend":{"host":"h","probe":{"interval":true}}}`:                    {400, "backend.probe.interval"},
		`{"name":"x","backend":{"host":"h","probe":{"interval":"2y"}}}`:                    {400, "backend.probe.interval"},
		`{"name":"x","backend":{"host":"h","prot":80}}`:                                    {400, "prot"},
	} {
		p := g.send("POST", api+"directors", body).problem(want.status)
		if len(p.Errors) != 1 || p.Errors[0].Field != want.field || p.Errors[0].Detail == "" {
			t.Errorf("%s: errors: got %+v, want one about %s", body, p.Errors, want.field)
		}
	}
	if got := g.rt.Tree().Len(); got != before {
		t.Errorf("directors after refusals: got %d, want %d", got, before)
	}
}

func TestCreateTakesEffectAsAWholeOrNotAtAll(t *testing.T) {
	g := newRig(t, nil)
	v, err := g.rt.AddVCL("other")
	if err != nil {
		t.Fatal(err)
	}
	g.add(v, "foreign", lb.NewRoundRobin())
	p := g.send("POST", api+"directors",
		`{"name":"x","type":"random","members":[{"director":"a1"},{"director":"other.foreign"}]}`).problem(422)
	if len(p.Errors) != 1 || p.Errors[0].Field != "members[1].director" {
		t.Errorf("errors: got %+v, want one about members[1].director", p.Errors)
	}
	g.send("GET", api+"directors/x", "").problem(404)
	if a1 := into[directorAnswer](g.send("GET", api+"directors/a1", "").is(200)); a1.Refcount != 2 {
		t.Errorf("references of a1: got %d, want 2 as before", a1.Refcount)
	}
}

func TestNonsenseBodies(t *testing.T) {
	g := newRig(t, nil)
	for body, status := range map[string]int{
		`{`: 400, `[]`: 400, `"x"`: 400, `{} {}`: 400, `{}x`: 400, `nonsense`: 400, "\x00": 400,
		"{\"name\":\"\xff\"}":                             400,
		`{"name":"` + strings.Repeat("x", 200) + `"}`:     422,
		`{"name":"` + strings.Repeat("x", maxBody) + `"}`: 413,
		`{"name":"x","type":"random","members":{}}`:       400,
		``: 422, `null`: 422,
	} {
		g.send("POST", api+"directors", body).problem(status)
	}
	g.send("POST", api+"directors", `{"name":"x"}`, "Content-Type", "text/plain").problem(415)
	g.send("POST", api+"directors", `{"name":"x"}`, "Content-Type", typeForm).problem(415)
	g.send("POST", api+"directors", `%zz`, "Content-Type", typeForm).problem(400)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	g := newRig(t, nil)
	g.send("GET", "nowhere", "").problem(404)
	g.send("GET", api+"nowhere", "").problem(404)
	for path, allow := range map[string]string{
		api + "directors":            "GET, HEAD, POST",
		api + "directors/a1":         "GET, HEAD, DELETE",
		api + "health":               "PUT",
		api + "directors/a1/members": "POST",
		"healthz":                    "GET, HEAD",
	} {
		a := g.send("PATCH", path, "")
		a.problem(405)
		if got := a.header.Get("Allow"); got != allow {
			t.Errorf("%s: Allow: got %q, want %q", path, got, allow)
		}
	}
	g.send("BREW", "healthz", "").problem(405)
	g.send("HEAD", "healthz", "").is(200)
	g.send("HEAD", "i/test/", "").is(200)
}

// VCL writes a port as a text, and times in units that Go has not.
func TestCreateUnderstandsWhatVCLDoes(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"name":"s","backend":{"host":"127.0.0.1","port":"http","connect_timeout":"1d","probe":{"interval":"1w"}}}`).is(201)
	g.form(api+"directors", "name=f&type=backend&backend.host=127.0.0.1&backend.port=http&backend.connect_timeout=1d").is(201)
	g.send("POST", api+"directors", `{"name":"z","type":"dns","options":{"host":"shop.invalid","port":"http","ttl":"1d","retry_after":3600}}`).is(201)
	for name, want := range map[string]string{"s": "address=127.0.0.1:80 connect timeout=24h0m0s", "f": "address=127.0.0.1:80 connect timeout=24h0m0s"} {
		d := into[directorAnswer](g.send("GET", api+"directors/"+name, "").is(200))
		if got := d.Options[0].Name + "=" + d.Options[0].Value + " " + d.Options[1].Name + "=" + d.Options[1].Value; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
