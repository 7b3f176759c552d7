package static

import (
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func get(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestCurrentFilesAreKeptForEver(t *testing.T) {
	for _, name := range Names() {
		r := get(t, "/ops/directors/"+URL(name))
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: got %s", name, r.Status)
		}
		if got := r.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options is %q", name, got)
		}
	}
}

func TestFilesOfAnOlderPageAreNotKept(t *testing.T) {
	r := get(t, "/static/0123456789ab/js/main.js")
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("got %s, Cache-Control %q; want 200 OK, no-cache", r.Status, r.Header.Get("Cache-Control"))
	}
}

func TestWhatABrowserHasIsNotSentAgain(t *testing.T) {
	first := get(t, "/"+URL("js/main.js"))
	again := get(t, "/"+URL("js/main.js"), "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("got %s, want 304", again.Status)
	}
}

func TestTypesAreRight(t *testing.T) {
	for name, want := range map[string]string{
		"css/app.css": "text/css; charset=utf-8", "js/main.js": "text/javascript; charset=utf-8", "img/icon.svg": "image/svg+xml",
	} {
		if got := get(t, "/"+URL(name)).Header.Get("Content-Type"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestOtherNamesAreNotFound(t *testing.T) {
	for _, name := range []string{"", "js/", "css/tokens.css", "static.go", "../static.go"} {
		if r := get(t, "/static/"+load().hash+"/"+name); r.StatusCode != http.StatusNotFound {
			t.Errorf("%q: got %s, want 404", name, r.Status)
		}
	}
}

func TestTheHashFollowsTheContent(t *testing.T) {
	a := hashOf(map[string][]byte{"x": []byte("1"), "y": []byte("2")})
	for name, content := range map[string]map[string][]byte{
		"changed": {"x": []byte("1"), "y": []byte("3")},
		"swapped": {"x": []byte("2"), "y": []byte("1")},
		"fewer":   {"x": []byte("1")},
	} {
		if hashOf(content) == a {
			t.Errorf("%s content has the same hash", name)
		}
	}
}

// A stylesheet that is in no bundle comes with the module of its name, or a page
// of its own links to it: else it was forgotten.
func TestLateStylesheetsAreWanted(t *testing.T) {
	for _, sheet := range lateSheets() {
		if _, err := files.ReadFile("js/" + sheet + ".js"); err != nil && sheet != "docs" {
			t.Errorf("%s.css is in no bundle, and has no module: %v", sheet, err)
		}
	}
}

// A module that imports a file that is not there would stop the whole page, or
// what it does when it is first needed.
func TestModulesImportWhatThereIs(t *testing.T) {
	imports := regexp.MustCompile(`\b(?:from|import|import\()\s*["']([^"']*\.js)["']`)
	found := 0
	for _, name := range Names() {
		if path.Dir(name) != "js" {
			continue
		}
		for _, match := range imports.FindAllStringSubmatch(string(load().content[name]), -1) {
			found++
			if _, ok := load().content[path.Join("js", match[1])]; !ok || !strings.HasPrefix(match[1], "./") {
				t.Errorf("%s imports %s, want a module beside it", name, match[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("found %d imports, want them all", found)
	}
}

func TestImportsAreThoseAtLoad(t *testing.T) {
	got := importsOf(map[string][]byte{
		"js/main.js":  []byte(`import{a}from"./a.js";import"./b.js";const c=()=>import("./late.js")`),
		"js/a.js":     []byte(`import{c as d}from"./c-d.js";import{b}from"./b.js";export const a=1`),
		"js/c-d.js":   []byte(`export{a}from"./a.js"`),
		"js/b.js":     []byte(`export const b=1`),
		"js/late.js":  []byte(`import"./later.js"`),
		"css/app.css": []byte(`@import"./x.js"`),
	})
	if want := []string{"js/a.js", "js/b.js", "js/c-d.js"}; !slices.Equal(got["js/main.js"], want) {
		t.Errorf("main: got %v, want %v", got["js/main.js"], want)
	}
	if want := []string{"js/later.js"}; !slices.Equal(got["js/late.js"], want) {
		t.Errorf("late: got %v, want %v", got["js/late.js"], want)
	}
	if len(got["js/b.js"])+len(got["css/app.css"]) > 0 {
		t.Errorf("got imports of what has none: %v", got)
	}
	if n := len(Imports("js/main.js")); n < 10 {
		t.Errorf("main.js needs %d modules, want them all", n)
	}
}

func TestLattice(t *testing.T) {
	got := string(Lattice(3, 12))
	want := `@layer components{
[data-x~="1"]{--x0:1}
[data-x~="2"]{--x0:2}
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	if !strings.Contains(got, `[data-y~="9"]{--y0:9}`) || !strings.Contains(got, `[data-y~="10"]{--y1:10}`) || strings.Contains(got, `"20"`) {
		t.Errorf("got %s", got)
	}
}

func TestPrefixMayHaveTheWordStatic(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("GET", "/my-static/static/board/"+URL("css/app.css"), nil))
	if w.Code != 200 {
		t.Errorf("got %d, want 200", w.Code)
	}
}
