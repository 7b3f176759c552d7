package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

func TestPagesOfOtherOriginsMayChangeNothing(t *testing.T) {
	g := newRig(t, func(o *Options) { o.AllowedOrigins = []string{"https://wiki.example"} })
	host := strings.TrimSuffix(g.url, "/")
	for _, c := range []struct {
		status int
		header []string
	}{
		{200, nil},
		{200, []string{"Origin", host}},
		{200, []string{"Sec-Fetch-Site", "same-origin", "Origin", host}},
		{200, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://wiki.example"}},
		{403, []string{"Origin", "https://evil.example"}},
		{403, []string{"Sec-Fetch-Site", "cross-site"}},
		{403, []string{"Sec-Fetch-Site", "same-site", "Origin", host}},
		{403, []string{"Origin", "null"}},
	} {
		a := g.send("PUT", api+"health", `{"pattern":"a1","admin":"auto"}`, c.header...)
		if a.status != c.status {
			t.Errorf("%v: got %d, want %d", c.header, a.status, c.status)
		}
	}
	g.form(api+"directors/a1", "_method=DELETE", "Origin", "https://evil.example").problem(403)
	g.send("GET", api+"directors", "", "Origin", "https://evil.example").is(200)
}

func TestHostsAreCheckedOnlyWhereSomeAreNamed(t *testing.T) {
	newRig(t, nil).send("GET", "healthz", "", "Host", "anything.example").is(200)
	g := newRig(t, func(o *Options) { o.AllowedHosts = []string{"Board.example"} })
	for host, status := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1": 200, "127.1.2.3:1": 200, "[::1]:99": 200, "[::1]": 200,
		"board.example:8080": 200, "x.localhost": 200, "board.example.": 200,
		"evil.example": 421, "evil.example:8080": 421, "10.0.0.1": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
	} {
		if a := g.send("GET", "healthz", "", "Host", host); a.status != status {
			t.Errorf("%s: got %d, want %d", host, a.status, status)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	g := newRig(t, nil)
	for _, path := range []string{"i/test/", api + "directors", "nowhere", "metrics"} {
		h := g.send("GET", path, "").header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "base-uri 'none'", "form-action 'self'", "object-src 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %q", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: got %v, want nothing unsafe, nosniff and a referrer policy", path, h)
		}
	}
}

func TestPanicIsAProblemThatTellsNothing(t *testing.T) {
	g := newRig(t, nil)
	secret := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the secret") })
	w := httptest.NewRecorder()
	g.board.recover(secret).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	a := answer{t, "panic", w.Code, w.Header(), w.Body.String()}
	if p := a.problem(500); strings.Contains(a.body, "secret") {
		t.Errorf("got %+v, want nothing of the secret", p)
	}

	half := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("the secret")
	})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("after a half answer: got %v, want the connection cut", got)
		}
	}()
	g.board.recover(half).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

func TestMetricsAreEscaped(t *testing.T) {
	g := newRig(t, nil)
	v, err := g.rt.VCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	g.add(v, `odd"\name`, directortest.NewBackend("odd"))
	body := g.send("GET", "metrics", "").is(200).body
	for _, want := range []string{
		`callboard_director_references{instance="test",vcl="boot",director="odd\"\\name",id="6",type="fake"} 1`,
		`callboard_director_healthy{instance="test",vcl="boot",director="a1",id="1",type="fake"} 1`,
		`callboard_directors{instance="test"} 6`,
		"# TYPE callboard_director_requests_total counter\n",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s\n%s", want, body)
		}
	}
}

func TestTreeAsDataAndAsDot(t *testing.T) {
	g := newRig(t, nil)
	page := into[directorPage](g.send("GET", "i/test/tree.json?q=pool", "").is(200))
	var names []string
	for _, d := range page.Directors {
		names = append(names, d.Name)
	}
	if got := strings.Join(names, " "); got != "pool site" {
		t.Errorf("tree.json of a filter: got %q, want what the page shows: pool site", got)
	}
	dot := g.send("GET", "i/test/tree.dot", "").is(200).body
	for _, want := range []string{`digraph "test"`, `n1 [label="boot.a1\nfake\nlive · healthy · 2 refs"]`, "n4 -> n1 "} {
		if !strings.Contains(dot, want) {
			t.Errorf("tree.dot lacks %s\n%s", want, dot)
		}
	}
	if got := quoteDot("a\"b\\c\nd"); got != `"a\"b\\c\nd"` {
		t.Errorf("quoted: got %s", got)
	}
}

func TestNewNeedsARuntimeAndOriginsThatAreOrigins(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("without a runtime: got no error")
	}
	if _, err := New(Options{Runtime: director.New(director.Options{}), AllowedOrigins: []string{"wiki.example/x"}}); err == nil {
		t.Error("with an origin that is none: got no error")
	}
}

// A board that only shows says so, and asks nothing, whatever its address says.
func TestAReadOnlyPageAsksNothing(t *testing.T) {
	g := newRig(t, func(o *Options) { o.ReadOnly = true })
	for _, query := range []string{"", "?panel=add", "?select=boot.a1&panel=delete"} {
		page := g.send("GET", "i/test/"+query, "").is(200).body
		if !strings.Contains(page, `data-tag="read-only"`) {
			t.Errorf("%q: it does not say that it is read-only", query)
		}
		for _, form := range []string{"confirm-delete", "form-add"} {
			if strings.Contains(page, form) {
				t.Errorf("%q: it has #%s", query, form)
			}
		}
	}
}
