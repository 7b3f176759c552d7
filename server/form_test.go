package server

import (
	"strings"
	"testing"
)

const (
	asPage = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" // what browsers send
	asJSON = "application/json"
)

func TestFormsAreCommands(t *testing.T) {
	g := newRig(t, nil)
	g.form(api+"directors", "vcl=boot&name=r&type=random&_back=?q=x"+
		"&members[0].director=a1&members[0].weight=3&members[1].director=&members[1].weight=1&members[2].director=a2&members[2].weight=").is(201)
	d := into[directorAnswer](g.send("GET", api+"directors/r", "").is(200))
	if len(d.Members) != 2 || d.Members[0].Weight != 3 || d.Members[1].Director != "a2" || d.Members[1].Weight != 1 {
		t.Errorf("members: got %+v, want a1 at 3 and a2 at 1", d.Members)
	}
	g.form(api+"directors", "name=f&type=fallback&options.sticky=true&members[0].director=&backend.host=").is(201)
	g.form(api+"directors", "name=b&type=backend&backend.host=127.0.0.1&backend.port=1&backend.connect_timeout=1.5"+
		"&backend.probe.url=&backend.probe.interval=1s&backend.probe.window=8&backend.max_connections=").is(201)
	if d = into[directorAnswer](g.send("GET", api+"directors/b", "").is(200)); d.Health.Probe != nil || !d.Health.Healthy {
		t.Errorf("b: got %+v, want no probe", d.Health)
	}
	g.form(api+"directors", "name=p&type=backend&backend.host=127.0.0.1&backend.port=1"+
		"&backend.probe.url=/h&backend.probe.interval=1h&backend.probe.initial=0").is(201)
	if d = into[directorAnswer](g.send("GET", api+"directors/p", "").is(200)); d.Health.Healthy {
		t.Errorf("p: got %+v, want sick until probed", d.Health)
	}

	g.form(api+"health", "_method=PUT&pattern=a1&admin=sick", "Accept", asJSON).is(200)
	g.form(api+"directors/r/members/1", "_method=PUT&director=c1&weight=2").is(200)
	g.form(api+"directors/r/members", "director=a1").is(201)
	g.form(api+"directors/r/members/1", "_method=delete").is(200)
	g.form(api+"directors/a1/pins", "note=").is(201)
	g.form(api+"vcls/boot/default", "_method=PUT&director=r").is(200)
	g.form(api+"vcls/boot/default", "_method=PUT&director=").is(200)
	g.form(api+"directors/r", "_method=DELETE").is(202)
}

func TestFormsAreRefusedByField(t *testing.T) {
	g := newRig(t, nil)
	for body, field := range map[string]string{
		"name=x&type=backend&backend.host=h&backend.port=eighty":                                         "backend.port",
		"name=x&type=backend&backend.host=h&backend.probe.interval=soon":                                 "backend.probe.interval",
		"name=x&type=backend&backend.host=h&backend.probe.window=65":                                     "backend.probe.window",
		"name=x&type=random&members[0].director=&members[2].director=nobody":                             "members[2].director",
		"name=x&type=random&members[0].director=a1&members[0].weight=NaN":                                "members[0].weight",
		"name=x&type=random&members[0].director=a1&members[0].weight=much":                               "members[0].weight",
		"name=x&type=random&_method=PATCH":                                                               "_method",
		"name=x&type=random&options.sticky=true":                                                         "options.sticky",
		"type=random&name=" + strings.Repeat("x", 128):                                                   "name",
		"name=x&type=backend&backend.host=h&backend.port=1&backend.max_connections=99999999999999999999": "backend.max_connections",
	} {
		if p := g.form(api+"directors", body).problem(422); len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: got %+v, want one error about %s", body, p, field)
		}
	}
	g.form(api+"directors", "name=%ff").problem(400)
	g.form(api+"directors", "name="+strings.Repeat("x", maxBody)).problem(413)
	g.form(api+"directors", "name=x&type=random&members[99999999].director=a1").problem(422)
}

func TestOnlyFormsCanAskForAnotherMethod(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"directors/a1", "_method=DELETE", "Content-Type", "text/plain").problem(405)
	g.send("POST", api+"directors/a1?_method=DELETE", `{}`).problem(405)
	g.send("GET", api+"directors/a1?_method=DELETE", "").is(200)
}

func TestFormLeadsBackToThePage(t *testing.T) {
	g := newRig(t, nil)
	home := "../../../../i/test/"
	for back, want := range map[string]string{
		"":                          home,
		"./":                        home,
		"?select=boot.a1&q=x":       home + "?q=x&select=boot.a1",
		"./?q=a%20b":                home + "?q=a+b",
		"?q=1#events":               home + "?q=1#events",
		"//evil.example/":           home,
		"https://evil.example/":     home,
		"/elsewhere":                home,
		"../../etc":                 home,
		`\\evil.example`:            home,
		"javascript:alert(1)":       home,
		"?q=\r\nSet-Cookie: x":      home,
		"%0d%0aSet-Cookie: x":       home,
		"./..//evil.example/?q=1":   home,
		"user@evil.example?q":       home,
		"\u2028//evil.example/?q=1": home,
	} {
		a := g.form(api+"health", "_method=PUT&pattern=a1&admin=auto&_back="+queryEscape(back), "Accept", asPage).is(303)
		if got := a.header.Get("Location"); got != want {
			t.Errorf("_back %q: got %q, want %q", back, got, want)
		}
	}
	a := g.form(api+"directors/a1/pins", "_back=?q=1", "Accept", asPage).is(303)
	if got, want := a.header.Get("Location"), "../../../../../../i/test/?q=1"; got != want {
		t.Errorf("from deeper down: got %q, want %q", got, want)
	}
}

func queryEscape(s string) string {
	return strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "\r", "%0D", "\n", "%0A", " ", "+", "#", "%23", ";", "%3B").Replace(s)
}

func TestRefusedFormIsAPage(t *testing.T) {
	g := newRig(t, nil)
	a := g.form(api+"health", "_method=PUT&pattern=z&admin=sick&_back=?q=1", "Accept", asPage).is(404)
	if got := a.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type: got %q, want HTML", got)
	}
	for _, want := range []string{"Not found", `href="../../../../i/test/?q=1"`, `href="../../../../static/`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("page: %s is not in it\n%s", want, a.body)
		}
	}
	g.form(api+"health", "_method=PUT&pattern=z&admin=sick", "Accept", asJSON).problem(404)
	g.send("GET", "i/nobody/", "", "Accept", asPage).is(404)
	if a := g.send("GET", "<script>", "", "Accept", asPage).is(404); strings.Contains(a.body, "<script>") {
		t.Errorf("page repeats what was sent:\n%s", a.body)
	}
}

// A form that is sent with the method itself, as curl -X PUT -d does.
func TestFormThatIsPut(t *testing.T) {
	g := newRig(t, nil)
	put := func(path, body string) answer {
		return g.send("PUT", api+path, body, "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json")
	}
	put("vcls/boot/default", "director=a1").is(200)
	if d, ok := g.rt.Tree().Lookup("boot", "a1"); !ok || d.CountHolders().Defaults != 1 {
		t.Error("a1 did not become the default")
	}
	put("vcls/boot/default", `{"director":"site"}`).problem(415)
	put("vcls/boot/default", "other=x").problem(422)
	put("health", "pattern=a1&admin=sick").is(200)
	put("active", "vcl=boot").is(200)
	put("directors/pool/members/1", "director=a2").is(200)
	if d, _ := g.rt.Tree().Lookup("boot", "a1"); d.CountHolders().Defaults != 1 {
		t.Error("a refused form changed the default")
	}
	put("vcls/boot/default", "director=").is(200)
}

func TestHeadIsAnsweredWhereGetIs(t *testing.T) {
	g := newRig(t, nil)
	for _, path := range []string{"api/v1/instances", "api/v1/instances/test", api + "directors", api + "directors/a1", "healthz"} {
		g.send("HEAD", path, "").is(200)
	}
	if got := g.send("PATCH", "api/v1/instances", "").problem(405); !strings.Contains(got.Detail, "GET") || strings.Contains(got.Detail, "POST") {
		t.Errorf("what one can do: got %q", got.Detail)
	}
}
