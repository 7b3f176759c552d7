package server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
)

// mounts are the ways in which a program may put the board below a prefix.
var mounts = map[string]struct {
	prefix string
	router func(board http.Handler) http.Handler
}{
	"alone": {"", func(board http.Handler) http.Handler { return board }},
	"chi Mount": {"/ops/directors", func(board http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Mount("/ops/directors", board)
		return r
	}},
	"chi Mount with a parameter of the same name": {"/x/y/board", func(board http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Route("/{instance}/{d}", func(r chi.Router) { r.Mount("/board", board) })
		return r
	}},
	"chi Route and StripPrefix": {"/ops/directors", func(board http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Route("/ops", func(r chi.Router) {
			stripped := http.StripPrefix("/ops/directors", board)
			r.Handle("/directors", stripped)
			r.Handle("/directors/*", stripped)
		})
		return r
	}},
	"ServeMux and StripPrefix": {"/ops/directors", func(board http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/ops/directors/", http.StripPrefix("/ops/directors", board))
		mux.Handle("/ops/directors", http.StripPrefix("/ops/directors", board))
		return mux
	}},
	"StripPrefix with the slash": {"/b", func(board http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/b/", http.StripPrefix("/b/", board))
		return mux
	}},
	"a prefix called static": {"/static/i", func(board http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Mount("/static/i", board)
		return r
	}},
}

// A browser is led to the page from wherever it starts, and every URL on the
// page leads somewhere.
func TestBoardWorksBelowAnyPrefix(t *testing.T) {
	g := newRig(t, nil)
	for name, mount := range mounts {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(mount.router(g.board))
			defer server.Close()
			client := server.Client()
			page := server.URL + mount.prefix + "/i/test/"
			for _, from := range []string{"", "/", "/i/test", "/i/test/"} {
				if from == "" && name == "StripPrefix with the slash" {
					continue // the mux itself redirects
				}
				resp, err := client.Get(server.URL + mount.prefix + from)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != 200 || resp.Request.URL.String() != page {
					t.Errorf("from %q: got %d at %s, want %s", from, resp.StatusCode, resp.Request.URL, page)
				}
			}
			checkLinks(t, client, page)
			escaped, err := client.Get(server.URL + mount.prefix + "/" + api + "directors/boot%2Ea1")
			if err != nil {
				t.Fatal(err)
			}
			escaped.Body.Close()
			if escaped.StatusCode != 200 {
				t.Errorf("escaped name: got %d, want 200", escaped.StatusCode)
			}
			form := url.Values{"_method": {"PUT"}, "pattern": {"a1"}, "admin": {"auto"}, "_back": {"?q=a"}}
			req, _ := http.NewRequest("POST", server.URL+mount.prefix+"/"+api+"health", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", typeForm)
			req.Header.Set("Accept", asPage)
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.Request.URL.String(); got != page+"?q=a" {
				t.Errorf("form leads to %s, want %s", got, page+"?q=a")
			}
		})
	}
}

var links = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

func checkLinks(t *testing.T, client *http.Client, page string) {
	t.Helper()
	resp, err := client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	base, _ := url.Parse(page)
	seen := map[string]bool{}
	for _, m := range links.FindAllStringSubmatch(string(body), -1) {
		link := strings.ReplaceAll(m[1], "&amp;", "&")
		if strings.HasPrefix(link, "/") || strings.Contains(link, "://") {
			t.Errorf("link %q is not relative", link)
		}
		target, err := base.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		if seen[target.Path] || strings.HasPrefix(link, "#") {
			continue
		}
		seen[target.Path] = true
		got, err := client.Get(target.String())
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != 200 && got.StatusCode != 405 {
			t.Errorf("link %q: got %d", link, got.StatusCode)
		}
	}
	if len(seen) < 4 {
		t.Errorf("links of the page: got %v, want more", seen)
	}
}

// A slash before the query must survive that the query has slashes.
func TestRedirectsKeepTheQuery(t *testing.T) {
	g := newRig(t, nil)
	a := g.send("GET", "i/test?select=boot.a1", "").is(302)
	if got, want := a.header.Get("Location"), "./test/?select=boot.a1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInstanceNamesNeedNotBePlain(t *testing.T) {
	rt := director.New(director.Options{Name: "my board/1"})
	board, err := New(Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(board)
	defer server.Close()
	for _, path := range []string{"/", "/i/my%20board%2F1", "/i/my%20board%2F1/", "/api/v1/instances/my%20board%2F1/directors"} {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("%s: got %d at %s, want 200", path, resp.StatusCode, resp.Request.URL)
		}
	}
	if err := board.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := rt.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func ExampleNew() {
	rt := director.New(director.Options{Name: "shop"})
	board, err := New(Options{Runtime: rt})
	if err != nil {
		fmt.Println(err)
		return
	}
	router := chi.NewRouter()
	router.Mount("/ops/directors", board)

	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/ops/directors/", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 302 i/shop/
}
