package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/internal/browser"
	"github.com/callboard/callboard/internal/nginx"
	"github.com/callboard/callboard/server"
)

// A proxied is a board behind nginx, under a name that is not localhost: of such
// a page a browser says less.
type proxied struct {
	t    *testing.T
	boot *director.VCL
	now  atomic.Pointer[server.Server] // the board that runs
	web  *httptest.Server

	scheme, port string // of nginx
}

// startProxied starts both. lines are those of nginx's location, in which
// UPSTREAM stands for the board; where is its path.
func startProxied(t *testing.T, scheme, where, lines string) *proxied {
	t.Helper()
	rt := director.New(director.Options{Name: "shop"})
	boot, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := boot.Add("a1", directortest.NewBackend("a1")); err != nil {
		t.Fatal(err)
	}
	b := &proxied{t: t, boot: boot, scheme: scheme}
	t.Cleanup(func() {
		if err := rt.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	b.run()
	b.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.now.Load().ServeHTTP(w, r) }))
	t.Cleanup(b.web.Close)
	proxy := nginx.Start(t, func(listen, folder string) string {
		lines := strings.ReplaceAll(lines, "UPSTREAM", strings.TrimPrefix(b.web.URL, "http://"))
		if scheme == "https" {
			certificate, key, _ := nginx.Certificate(t, folder)
			listen += " ssl; ssl_certificate " + certificate + "; ssl_certificate_key " + key
		}
		return "server { listen " + listen + "; location " + where + " { " + lines + " } }"
	})
	_, b.port, _ = net.SplitHostPort(proxy)
	return b
}

// run puts a new board in the place of the one that runs, as a restart does.
func (b *proxied) run() {
	b.t.Helper()
	board, err := server.New(server.Options{Runtime: b.boot.Runtime(), AllowedHosts: []string{"localhost", "board.test"}})
	if err != nil {
		b.t.Fatal(err)
	}
	if old := b.now.Swap(board); old != nil {
		b.close(old)
	}
	b.t.Cleanup(func() { b.close(board) })
}

func (b *proxied) close(board *server.Server) {
	b.t.Helper()
	if err := board.Close(context.Background()); err != nil {
		b.t.Error(err)
	}
}

// open opens the page, which may have trouble with its websocket.
func (b *proxied) open(where, port string) *browser.Page {
	b.t.Helper()
	p := browser.New(b.t)
	p.Timeout = patience
	// A plain address is not worth that header to a browser; one with TLS is, and
	// the board does not know which it has.
	p.Allow(`WebSocket connection to .* failed`, `^other: The Cross-Origin-Opener-Policy header has been ignored`)
	p.Navigate(b.scheme + "://board.test:" + port + where + "i/shop/?select=boot.a1")
	browser.Eval[any](p, `(window.first = true, null)`)
	return p
}

// works checks that the page is live and that its commands are carried out,
// without having been loaded anew.
func (b *proxied) works(p *browser.Page, name string) {
	b.t.Helper()
	p.WaitVisible(`#status[data-state="live"]`)
	if _, err := b.boot.Add(name, directortest.NewBackend(name)); err != nil {
		b.t.Fatal(err)
	}
	p.WaitVisible(face(name))
	p.Fill("#form-pin-note", "for "+name)
	p.Click(`[data-command="pin"]`)
	p.WaitText(`[data-section="holders"]`, "for "+name)
	p.WaitText("#form-pin .outcome", "Done")
	if !browser.Eval[bool](p, `window.first === true`) {
		b.t.Error("the page was loaded anew")
	}
}

// printsItsAddress checks that what is copied out of pages has the address of the
// proxy, of which nginx tells the board nothing here.
func (b *proxied) printsItsAddress(p *browser.Page, where string) {
	b.t.Helper()
	mount := b.scheme + "://board.test:" + b.port + where
	openPalette(p, "sick")
	p.Press("Alt+1")
	p.WaitFor(`document.querySelector(".palette-text").value.length > 0`)
	if got, want := copiedText(p), mount+"api/v1/instances/shop/health"; !strings.Contains(got, want) {
		b.t.Errorf("copied: got %s, want %s", got, want)
	}
	p.Navigate(mount + "api/docs")
	p.WaitFor(`[...document.querySelectorAll("pre code")].some(e => e.textContent.includes(` + quoted("'"+mount+"api/v1/instances/shop/directors") + `))`)
	p.WaitFor(`![...document.querySelectorAll("pre code")].some(e => e.textContent.includes("127.0.0.1:"))`)
}

// streams says whether the page had to listen by an event stream.
const streams = `performance.getEntriesByType("resource").some(e => e.name.endsWith("/stream.js"))`

const upgrade = `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`

// nginx as it is without a word about the board: its own Host, and below a path.
func TestBrowserBehindProxy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, scheme, where, lines string }{
		{"default host", "http", "/", "proxy_pass http://UPSTREAM;" + upgrade},
		{"TLS, default host", "https", "/", "proxy_pass http://UPSTREAM;" + upgrade},
		{"host without port, below a path", "http", "/ops/board/", "proxy_pass http://UPSTREAM/; proxy_set_header Host $host;" + upgrade},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := startProxied(t, c.scheme, c.where, c.lines)
			p := b.open(c.where, b.port)
			b.works(p, "a2")
			if browser.Eval[bool](p, streams) {
				t.Error("got an event stream, want a websocket")
			}
			b.printsItsAddress(p, c.where)
		})
	}
}

// Where websockets do not pass, the page listens by an event stream; when that
// ends, it goes on from where it was.
func TestBrowserBehindProxyWithoutWebsockets(t *testing.T) {
	t.Parallel()
	b := startProxied(t, "http", "/ops/board/", "proxy_pass http://UPSTREAM/;")
	p := b.open("/ops/board/", b.port)
	b.works(p, "a2")
	if !browser.Eval[bool](p, streams) {
		t.Error("got no event stream")
	}
	p.Allow(`^network: .*status of 403`) // it has the key of the run before
	b.run()
	b.works(p, "a3")
	p.WaitGone("#refusal:not([hidden])")
}

// The key of a page is that of the run that has printed it. After a restart the
// page gets another one by itself, also if it had no line for a while.
func TestBrowserBehindProxyGetsTheKeyOfAnotherRun(t *testing.T) {
	t.Parallel()
	b := startProxied(t, "http", "/", "proxy_pass http://UPSTREAM;"+upgrade)
	relay := browser.NewRelay(t, "http://127.0.0.1:"+b.port+"/")
	p := b.open("/", relay.URL()[strings.LastIndex(relay.URL(), ":")+1:])
	p.Allow(`^network: Failed to load resource: net::ERR_`, `^network: .*status of 403`)
	b.works(p, "a2")
	relay.Cut()
	p.WaitFor(`document.getElementById("status").dataset.state !== "live"`)
	p.WaitFor(`performance.getEntriesByType("resource").some(e => e.name.endsWith("/refusal.js"))`)
	relay.Restore()
	b.works(p, "a3")
	b.run()
	b.works(p, "a4")
}

// A refusal that lasts is said on the page, with what to do about it.
func TestBrowserSaysWhyItIsNotLive(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, lines, words, mend string }{
		{
			"origin", `proxy_pass http://UPSTREAM; proxy_set_header Sec-WebSocket-Protocol ""; proxy_set_header X-Callboard-Key "";` + upgrade,
			"This page is of http://board.test:", "--allow-origin http://board.test:",
		},
		{
			"host", `proxy_pass http://UPSTREAM; set $name $http_host; if ($uri ~ live$) { set $name "other.test"; } proxy_set_header Host $name;` + upgrade,
			`does not answer to the name "other.test"`, "--allow-host other.test",
		},
		{
			"elsewhere", `if ($uri ~ live$) { return 404; } proxy_pass http://UPSTREAM;` + upgrade,
			"Something in front of the board answers 404", "",
		},
		{
			"nothing passes", `if ($http_accept = "text/event-stream") { return 404; } proxy_pass http://UPSTREAM;`,
			"Neither a websocket nor an event stream", "pass the headers Upgrade and Connection on",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := startProxied(t, "http", "/", c.lines)
			p := b.open("/", b.port)
			p.Allow(`^network: .*status of 4\d\d`)
			p.WaitText("#refusal", c.words)
			p.WaitText("#refusal", c.mend)
			p.WaitText("#announcer", c.words)
			p.Axe(c.name)
		})
	}
}
