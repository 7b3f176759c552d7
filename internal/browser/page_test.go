package browser

import (
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const form = `<!doctype html><title>form</title><link rel="icon" href="data:,">
<style>
	@media (prefers-color-scheme: dark) { body { color: rgb(1, 2, 3) } }
	#far { margin-top: 3000px }
	#moves { position: relative; transition: left .3s linear; left: 0 } #moves.on { left: 200px }
</style>
<form method="post" action="/posted">
	<input id="name" name="name" value="old">
	<select id="kind" name="kind"><option>x<option>y</select>
	<label><input type="checkbox" id="box" name="box"> box</label>
	<button id="send">Send</button>
</form>
<button id="late" hidden>Late</button>
<button id="far">Far</button>
<button id="moves">Moves</button>
<p id="log"></p>
<script>
	const say = (s) => { document.querySelector("#log").textContent += s + " "; };
	addEventListener("click", (e) => { if (e.target.id && e.target.id !== "send") say("click:" + e.target.id); });
	addEventListener("keydown", (e) => say("key:" + (e.ctrlKey ? "C-" : "") + (e.shiftKey ? "S-" : "") + e.key));
	addEventListener("wheel", (e) => say("wheel:" + e.deltaY));
	let from = null;
	addEventListener("pointerdown", (e) => { from = e; });
	addEventListener("pointerup", (e) => { if (e.clientX !== from.clientX) say("drag:" + (e.clientX - from.clientX)); });
	document.querySelector("#kind").addEventListener("change", (e) => say("change:" + e.target.value));
</script>`

// site serves the form, and what a form leads to.
func site(t testing.TB) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { html(w, form) })
	mux.HandleFunc("POST /posted", func(w http.ResponseWriter, r *http.Request) {
		html(w, `<!doctype html><link rel="icon" href="data:,"><h1>posted `+r.FormValue("name")+r.FormValue("kind")+r.FormValue("box")+`</h1>`)
	})
	mux.HandleFunc("GET /csp", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
		html(w, `<!doctype html><link rel="icon" href="data:,"><h1 style="color:red">x</h1>`)
	})
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, b, err := c.ReadMessage()
			if err != nil {
				return
			}
			if c.WriteMessage(kind, b) != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func html(w http.ResponseWriter, s string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(s))
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestFormsWorkWithAndWithoutJavaScript(t *testing.T) {
	for _, js := range []bool{true, false} {
		p := New(t)
		p.JavaScript(js)
		p.Navigate(site(t))
		p.Fill("#name", "new")
		p.Type("#name", "er")
		equal(t, "value", p.Value("#name"), "newer")
		p.Select("#kind", "y")
		p.Click("#box")
		equal(t, "scripts ran", strings.Contains(p.Text("#log"), "change:y"), js)
		equal(t, "status", p.Follow("#send"), 200)
		equal(t, "heading", p.Text("h1"), "posted neweryon")
		p.WaitURL("/posted")
		p.Back()
		p.WaitVisible("#name")
	}
}

func TestMouseAndKeys(t *testing.T) {
	p := Open(t, site(t))
	p.Click("#far")
	p.WaitText("#log", "click:far")
	p.Click("#name")
	for _, key := range []string{"j", "Control+k", "Shift+Tab", "Escape", "%"} {
		p.Press(key)
	}
	p.WaitText("#log", "key:j key:C-k key:S-Tab key:Escape key:S-%")
	p.Wheel("#far", 0, 40)
	p.WaitText("#log", "wheel:40")
	p.DragBy("#log", 50, 0)
	p.WaitText("#log", "drag:50")
}

func TestClickWaitsForTheElement(t *testing.T) {
	p := Open(t, site(t))
	Eval[any](p, `void setTimeout(() => { document.querySelector("#late").hidden = false }, 150)`)
	p.Click("#late")
	Eval[any](p, `document.querySelector("#moves").classList.add("on")`)
	p.Click("#moves")
	equal(t, "left", Eval[string](p, `getComputedStyle(document.querySelector("#moves")).left`), "200px")
	p.WaitText("#log", "click:late click:moves")
}

func TestClickGoesAgainWhereThePageHasMoved(t *testing.T) {
	p := Open(t, site(t))
	Eval[any](p, `void addEventListener("pointerdown", () => { document.querySelector("#far").style.translate = "0 -90px" }, {once: true})`)
	p.Click("#far")
	p.WaitText("#log", "click:far")
}

func TestEmulation(t *testing.T) {
	p := Open(t, site(t))
	p.SetViewport(400, 300, 2)
	p.Dark(true)
	p.ReducedMotion(true)
	equal(t, "width", Eval[int](p, "innerWidth"), 400)
	equal(t, "colour", Eval[string](p, "getComputedStyle(document.body).color"), "rgb(1, 2, 3)")
	equal(t, "motion", Eval[bool](p, "matchMedia('(prefers-reduced-motion: reduce)').matches"), true)
	p.Dark(false)
	equal(t, "motion after Dark", Eval[bool](p, "matchMedia('(prefers-reduced-motion: reduce)').matches"), true)

	file := filepath.Join(t.TempDir(), "new", "shot.png")
	p.Screenshot(file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.DecodeConfig(f)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "pixels", picture.Width, 800)
}

func TestPagesAreIsolated(t *testing.T) {
	url := site(t)
	a, b := Open(t, url), Open(t, url)
	Eval[any](a, `document.cookie = "user=a"`)
	equal(t, "other's cookie", Eval[string](b, "document.cookie"), "")
	equal(t, "own cookie", Eval[string](a, "document.cookie"), "user=a")
}

func TestProblemsFailTheTest(t *testing.T) {
	url := site(t)
	for name, c := range map[string]struct{ path, script, want string }{
		"console error": {"/", `console.error("the sky", {falls: 1}, 2)`, "console: the sky"},
		"exception":     {"/", `void setTimeout(() => { throw new Error("thrown") })`, "exception: Error: thrown"},
		"rejection":     {"/", `void Promise.reject(new Error("rejected"))`, "rejected"},
		"csp style":     {"/csp", `0`, "security: "},
		"csp image":     {"/csp", `new Promise(r => { const i = new Image(); i.onerror = r; i.src = "/x.png" })`, "security: "},
		"status":        {"/", `fetch("/missing").then(() => 0)`, "404"},
		"refused":       {"/", `fetch("http://127.0.0.1:1/").catch(() => 0)`, "net::ERR_"},
		"form answer":   {"/missing", `0`, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visit := func(allow ...string) string {
				return try(t, func(t testing.TB) {
					p := Open(t, url+c.path)
					p.Allow(allow...)
					Eval[any](p, c.script)
					// A timer of the page's own runs before one that is set later.
					Eval[any](p, `new Promise(r => setTimeout(r))`)
				})
			}
			if got := visit(); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := visit("."); got != "" {
				t.Errorf("allowed: got %q, want nothing", got)
			}
		})
	}
}

func TestFailuresSayWhatThePageShows(t *testing.T) {
	url := site(t)
	for name, c := range map[string]struct {
		act  func(*Page)
		want []string
	}{
		"condition": {func(p *Page) { p.WaitFor("1 + 1 === 3 || {not: 'two'}") }, []string{"last: two", "address: " + url, "Far"}},
		"text":      {func(p *Page) { p.WaitText("#far", "Near") }, []string{`"Near" in #far`, "last: Far"}},
		"missing":   {func(p *Page) { p.Click("#none") }, []string{"not in the page"}},
		"hidden":    {func(p *Page) { p.Click("#late") }, []string{"not visible"}},
		"syntax":    {func(p *Page) { p.WaitFor("1 +") }, []string{"SyntaxError"}},
		"promise":   {func(p *Page) { p.WaitFor("Promise.resolve(1)") }, []string{"a promise"}},
		"selector":  {func(p *Page) { p.Click("##") }, []string{"not a valid selector"}},
		"key":       {func(p *Page) { p.Press("Hyper+x") }, []string{`"Hyper" is none of`}},
		"load":      {func(p *Page) { p.Allow("."); p.Navigate("http://127.0.0.1:1/") }, []string{"ERR_"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := try(t, func(t testing.TB) {
				p := Open(t, url)
				p.Timeout = 300 * time.Millisecond
				c.act(p)
				t.Errorf("went on")
			})
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %s\nwant %q", got, want)
				}
			}
			if strings.Contains(got, "went on") {
				t.Errorf("did not end the test: %s", got)
			}
		})
	}
}

func TestOffline(t *testing.T) {
	p := Open(t, site(t))
	p.Allow(`ERR_INTERNET_DISCONNECTED`)
	p.Offline(true)
	equal(t, "fetch", Eval[string](p, `fetch("/").then(() => "answered", () => "failed")`), "failed")
	equal(t, "onLine", Eval[bool](p, "navigator.onLine"), false)
	p.Offline(false)
	equal(t, "fetch", Eval[string](p, `fetch("/").then(() => "answered", () => "failed")`), "answered")
	equal(t, "onLine", Eval[bool](p, "navigator.onLine"), true)
}

func TestRelayCutsAWebsocket(t *testing.T) {
	relay := NewRelay(t, site(t))
	p := Open(t, relay.URL())
	p.Allow("WebSocket")
	const connect = `new Promise((r) => {
		window.got = []; window.ws = new WebSocket("/live");
		ws.onopen = () => r("open"); ws.onclose = () => { got.push("closed"); r("closed") }; ws.onmessage = (e) => got.push(e.data);
	})`
	equal(t, "connect", Eval[string](p, connect), "open")
	Eval[any](p, `ws.send("one")`)
	p.WaitFor(`got.join() === "one"`)

	relay.Stall()
	Eval[any](p, `ws.send("two")`)
	equal(t, "while stalled", Eval[string](p, `new Promise(r => setTimeout(() => r(got.join()), 50))`), "one")
	relay.Restore()
	p.WaitFor(`got.join() === "one,two"`)

	relay.Cut()
	p.WaitFor(`got.at(-1) === "closed"`)
	equal(t, "connect while cut", Eval[string](p, connect), "closed")
	relay.Restore()
	equal(t, "connect again", Eval[string](p, connect), "open")
}

func TestWithoutChromium(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for ci, want := range map[string]string{"": "skip: browser: no Chromium", "true": "browser: no Chromium"} {
		t.Setenv("CI", ci)
		got := try(t, func(t testing.TB) {
			_, err := find([]string{"chromium"})
			require(t, err)
		})
		if !strings.HasPrefix(got, want) {
			t.Errorf("CI=%q: got %q, want %q", ci, got, want)
		}
	}
}
