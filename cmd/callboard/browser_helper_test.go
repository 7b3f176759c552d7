package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/internal/browser"
)

func TestMain(m *testing.M) {
	benchSide()
	if os.Getenv(asProgram) != "" {
		main()
	}
	browser.Main(m)
}

// patience is how often a wait looks at a page; see [browser.Page].
const patience = browser.DefaultTimeout

// startDemo runs the demo until the test ends, and waits until its backends
// are healthy.
func startDemo(t testing.TB, args ...string) *running {
	t.Helper()
	r := start(t, append([]string{"demo"}, args...)...)
	t.Cleanup(func() {
		if code := r.stop(); code != exitOK {
			t.Errorf("exit: got %d, want 0", code)
		}
	})
	r.waitHealthy()
	return r
}

// page is where the demo's page is.
func (r *running) page(query string) string { return r.board + "i/demo/" + query }

// openPage opens a page that is live.
func (r *running) openPage(query string) *browser.Page {
	r.t.Helper()
	return openLive(r.t, r.page(query))
}

func openLive(t testing.TB, url string) *browser.Page {
	t.Helper()
	p := browser.New(t)
	p.Timeout = patience
	p.Navigate(url)
	p.WaitVisible(`#status[data-state="live"]`)
	return p
}

// waitModule waits until a module that the page loads at need has come and done
// what the page wanted of it.
func waitModule(p *browser.Page, name string) {
	p.WaitFor(fmt.Sprintf(`performance.getEntriesByType("resource").some(e => e.name.endsWith(%q))`, "/"+name))
	// Modules that asked for it first go on first.
	browser.Eval[any](p, fmt.Sprintf(`import(performance.getEntriesByType("resource").find(e => e.name.endsWith(%q)).name).then(() => null)`, "/"+name))
}

// send sends a command to the API of the demo.
func (r *running) send(method, path, body string) (status int, answer string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.board+"api/v1/instances/demo/"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Close = true
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}

// must sends a command that has to be done.
func (r *running) must(method, path, body string) string {
	r.t.Helper()
	status, answer := r.send(method, path, body)
	if status >= 300 {
		r.t.Fatalf("%s %s %s: got %d %s", method, path, body, status, answer)
	}
	return answer
}

// An apiEvent is an event as the API gives it.
type apiEvent struct {
	Seq      uint64
	Time     time.Time
	Kind     string
	Director string
	Healthy  bool
}

func (r *running) events(query string) []apiEvent {
	r.t.Helper()
	var list struct{ Events []apiEvent }
	if err := json.Unmarshal([]byte(r.must("GET", "events?"+query, "")), &list); err != nil {
		r.t.Fatal(err)
	}
	return list.Events
}

// seq is the number of the newest event.
func (r *running) seq() uint64 {
	r.t.Helper()
	_, body := r.get(r.board + "api/v1/instances")
	var list struct{ Instances []struct{ Seq uint64 } }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Instances) != 1 {
		r.t.Fatalf("instances: %v in %s", err, body)
	}
	return list.Instances[0].Seq
}

// waitSeq waits until the page shows everything up to now.
func (r *running) waitSeq(p *browser.Page) {
	r.t.Helper()
	p.WaitFor(fmt.Sprintf(`(s => s >= %d || {not: s})(Number(document.getElementById("page").dataset.seq))`, r.seq()))
}

// answeredBy sends n requests through the proxy and returns who answered.
func (r *running) answeredBy(n int) []string {
	r.t.Helper()
	var names []string
	for range n {
		resp, _ := r.get(r.proxy)
		if name := resp.Header.Get("X-Backend"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// slowRequest begins a request that the backend answers slowly. It lasts until
// its body is closed.
func (r *running) slowRequest(backend string) io.Closer {
	r.t.Helper()
	for range 20 {
		req, err := http.NewRequestWithContext(r.t.Context(), "GET", r.proxy+"slow?seconds=3600", nil)
		if err != nil {
			r.t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			r.t.Fatal(err)
		}
		if resp.Header.Get("X-Backend") == backend {
			r.t.Cleanup(func() { resp.Body.Close() })
			return resp.Body
		}
		resp.Body.Close()
	}
	r.t.Fatalf("no request went to %s", backend)
	return nil
}

// newOrigin starts a web server and returns its port.
func newOrigin(t testing.TB, name string) (port string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Backend", name)
		fmt.Fprintln(w, "hello")
	}))
	t.Cleanup(server.Close)
	return server.URL[strings.LastIndex(server.URL, ":")+1:]
}

// face is the selector of a director's card.
func face(name string) string {
	return fmt.Sprintf(`.card:not([data-ghost]) > .face[data-name=%q]`, name)
}

// member is the selector of a member of the selected director.
func member(n int) string {
	return fmt.Sprintf(`[data-section="members"] .list > .member:nth-child(%d)`, n)
}

// selectDirector selects it on the board, wherever that has been moved to.
func selectDirector(p *browser.Page, name string) {
	p.Click(`[data-zoom="fit"]`)
	p.Click(face(name))
	p.WaitText("#inspector-name", name)
}

// contents prints what a page shows in a form that can be compared: one line
// for each tag and each text, without what a page has for itself only (what was
// typed, what just flashed, what goes away, how far an age has counted).
const contents = `(selectors => {
	const own = new Set(["style", "open", "data-camera", "data-scale", "data-news", "aria-invalid", "aria-describedby", "tabindex"]);
	const lines = [];
	const print = (node, depth) => {
		if (node.nodeType === Node.TEXT_NODE) {
			const text = node.data.replace(/\s+/g, " ").trim();
			if (text) lines.push(" ".repeat(depth) + text);
		}
		if (node.nodeType !== Node.ELEMENT_NODE || node.matches("[data-ghost], .outcome, .refusal, [data-keep]")) return;
		const attributes = [...node.attributes].filter(a => !own.has(a.name)).map(a => a.name + "=" + a.value).sort();
		lines.push(" ".repeat(depth) + "<" + node.localName + " " + attributes.join(" ") + ">");
		if (node.matches("time[data-age]")) return;
		for (const child of node.childNodes) print(child, depth + 1);
	};
	for (const selector of selectors) print(document.querySelector(selector), 0);
	return lines;
})(["#vcls", "#stats", "#graph", "#rows", "#inspector", "#event-list"].filter(s => document.querySelector(s)))`

// mostLooks bounds how often two pages are compared before they count as different:
// it counts their answers, which come late on a busy machine.
const mostLooks = 1500

// waitSame waits until both pages show the same. Some of it, as what the last
// probe said, may change between one look and the next.
func waitSame(t *testing.T, a, b *browser.Page) {
	t.Helper()
	waitSameOf(t, a, b, contents)
}

// waitSameOf compares what a script reads from the pages.
func waitSameOf(t *testing.T, a, b *browser.Page, script string) {
	t.Helper()
	var left, right []string
	for range mostLooks {
		left, right = browser.Eval[[]string](a, script), browser.Eval[[]string](b, script)
		if slices.Equal(left, right) {
			return
		}
	}
	t.Fatalf("the pages differ at %s:\n%s", a.URL(), difference(left, right))
}

// difference shows where two lists of lines begin to differ.
func difference(left, right []string) string {
	i := 0
	for i < min(len(left), len(right)) && left[i] == right[i] {
		i++
	}
	part := func(lines []string) string { return strings.Join(lines[min(i, len(lines)):min(i+6, len(lines))], "\n") }
	return fmt.Sprintf("line %d\n%s\n--- the other\n%s", i, part(left), part(right))
}

// quoted returns s as a string of JavaScript.
func quoted(s string) string {
	text, _ := json.Marshal(s) // a string always has a JSON form
	return string(text)
}
