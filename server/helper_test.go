package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/internal/await"
	"github.com/callboard/callboard/web/view"
)

// A rig is a board on a real socket, with a small tree: pool round-robin(a1,
// a2), site fallback(pool, c1), the default.
type rig struct {
	t     *testing.T
	rt    *director.Runtime
	board *Server
	url   string // of the mount point, with a slash
	leafs map[string]*directortest.Backend
}

const api = "api/v1/instances/test/"

// newRig starts a board and checks at the end of the test that nothing of it is
// left. edit may change the options.
func newRig(t *testing.T, edit func(*Options)) *rig {
	t.Helper()
	before := runtime.NumGoroutine()
	g := &rig{t: t, rt: director.New(director.Options{Name: "test", Epoch: "epoch"}), leafs: map[string]*directortest.Backend{}}
	g.plant()
	o := Options{Runtime: g.rt, Tick: time.Millisecond}
	if edit != nil {
		edit(&o)
	}
	var err error
	if g.board, err = New(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g.board)
	g.url = server.URL + "/"
	t.Cleanup(func() {
		ctx := context.Background()
		if err := g.board.Close(ctx); err != nil {
			t.Errorf("close the board: %v", err)
		}
		server.Close()
		if err := g.rt.Close(ctx); err != nil {
			t.Errorf("close the runtime: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
		eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
	})
	return g
}

func (g *rig) plant() {
	g.t.Helper()
	v, err := g.rt.AddVCL("boot")
	if err != nil {
		g.t.Fatal(err)
	}
	added := map[string]*director.Director{}
	for _, name := range []string{"a1", "a2", "c1"} {
		g.leafs[name] = directortest.NewBackend(name)
		added[name] = g.add(v, name, g.leafs[name])
	}
	added["pool"] = g.add(v, "pool", lb.NewRoundRobin(), added["a1"], added["a2"])
	if err := v.SetDefault(g.add(v, "site", lb.NewFallback(false), added["pool"], added["c1"])); err != nil {
		g.t.Fatal(err)
	}
}

func (g *rig) add(v *director.VCL, name string, impl director.Implementation, members ...*director.Director) *director.Director {
	g.t.Helper()
	d, err := v.Add(name, impl)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, m := range members {
		group, err := d.Group()
		if err != nil {
			g.t.Fatal(err)
		}
		if _, err := group.AddMember(m, 1); err != nil {
			g.t.Fatal(err)
		}
	}
	return d
}

// An answer is a response that has been read.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

// send sends a request; header are pairs of names and values. A body is JSON
// unless header says otherwise. Redirects are not followed.
func (g *rig) send(method, path, body string, header ...string) answer {
	g.t.Helper()
	req, err := http.NewRequest(method, g.url+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	what := method + " " + path + " " + body
	a := answer{g.t, what[:min(len(what), 200)], resp.StatusCode, resp.Header, string(content)}
	g.check(a)
	g.checkDescribed(method, path, body, a)
	return a
}

// check looks at what every answer has to be, whatever was asked for.
func (g *rig) check(a answer) {
	g.t.Helper()
	switch media := a.header.Get("Content-Type"); {
	case isJSON(media) && strings.Contains(a.what, "/backend.list"):
		// It is what varnishadm prints, numbers of 64 bits among it.
	case isJSON(media):
		checkNumbers(g.t, a.what, a.body)
	case strings.HasPrefix(media, "text/event-stream"), strings.HasPrefix(media, "application/x-ndjson"):
		for line := range strings.Lines(a.body) {
			checkNumbers(g.t, a.what, strings.TrimPrefix(line, "data: "))
		}
	case strings.HasPrefix(media, "text/html"):
		checkPageNumbers(g.t, a.what, a.body)
	}
}

func (g *rig) form(path, body string, header ...string) answer {
	g.t.Helper()
	return g.send(http.MethodPost, path, body, append([]string{"Content-Type", typeForm}, header...)...)
}

// is fails the test if the status is another one.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got %d, want %d\n%s", a.what, a.status, status, a.body)
	}
	return a
}

// into decodes the body.
func into[T any](a answer) T {
	a.t.Helper()
	var v T
	decoder := json.NewDecoder(bytes.NewReader([]byte(a.body)))
	if err := decoder.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v in %s", a.what, err, a.body)
	}
	return v
}

// problem checks the shape of a problem and returns it.
func (a answer) problem(status int) problem {
	a.t.Helper()
	a.is(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("%s: content type: got %q, want a problem\n%s", a.what, got, a.body)
	}
	p := into[problem](a)
	if p.Title == "" || p.Status != status || p.Detail == "" {
		a.t.Errorf("%s: got %+v, want title, status %d and detail", a.what, p, status)
	}
	return p
}

// eventually waits for a condition that something else brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	await.Until(t, what, ok)
}

// viewOf is the view of a page's query.
func viewOf(query string) view.Query {
	values, _ := url.ParseQuery(query)
	return view.ParseQuery(values)
}
