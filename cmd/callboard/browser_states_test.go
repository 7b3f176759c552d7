package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/callboard/callboard/internal/browser"
	"github.com/callboard/callboard/static"
	"github.com/callboard/callboard/web"
)

// A state is something that a page can show. Whatever is checked of every page
// is checked of each.
type state struct {
	name string
	// prepare starts what the page is of, and stops it when the test ends.
	prepare func(*testing.T) scene
}

// A scene is a state that has been prepared.
type scene struct {
	// open loads the page, in the window that it has now, and brings it to its
	// state. It may be called again.
	open func(*browser.Page)
	// change makes changes that the page shows, and waits until it does; nil if
	// nothing changes there.
	change func(*browser.Page)
}

// states are those of the pages: add what you add to them.
var states = []state{
	{"graph", demoState("?face=graph")},
	{"outline", demoState("?face=outline")},
	{"director", demoState("?select=boot.pool_a")},
	{"backend", demoState("?face=outline&select=boot.a1")},
	{"add", demoState("?panel=add")},
	{"add-shard", demoState("?panel=add-shard")},
	{"delete", demoState("?select=boot.a1&panel=delete")},
	{"selected", selectedState},
	{"delete-many", deleteManyState},
	{"half-sick", halfSickState},
	{"lingering", lingeringState},
	{"undo", undoState(true)},
	{"undo-waiting", undoState(false)},
	{"nothing-found", demoState("?q=nothing")},
	{"unknown", demoState("?select=boot.nobody")},
	{"empty", emptyState},
	{"offline", offlineState},
	{"keys", keysState},
	{"rewire-picker", rewirePickerState},
	{"rewire-carrying", rewireCarryingState},
	{"rewire-preview", rewirePreviewState},
	{"rewire-loop", rewireLoopState},
	{"card-menu", cardMenuState},
	{"board-menu", boardMenuState},
	{"palette", paletteState("?select=boot.pool_b", "", "")},
	{"palette-copied", paletteState("?select=boot.a1", "sick", ".palette-text")},
	{"palette-asks", paletteState("?select=boot.pool_b", "add member", ".palette-ask")},
	{"palette-empty", paletteState("?face=outline", "no such thing", ".palette-none")},
	{"timeline", timelineState},
	{"timeline-page", timelinePageState},
	{"problem", problemState},
	{"tried", triedState},
	{"probe-tried", probeTriedState},
	{"instances", instancesState},
	{"dimmed", demoState("?face=graph&q=a1")},
	{"badges", zoomedState("badge")},
	{"tiles", zoomedState("tile")},
	{"stepping", steppingState},
	{"api", apiState},
	{"folded", sizedState(400, "")},
	{"long-outline", sizedState(400, "?face=outline&open=boot.pool_2&at=10")},
}

// demoState is the demo in one view.
func demoState(query string) func(*testing.T) scene {
	return func(t *testing.T) scene {
		r := startDemo(t, "--quiet-traffic")
		return scene{r.live(r.page(query)), r.changes}
	}
}

// live returns what opens an address whose page is live.
func (r *running) live(url string) func(*browser.Page) {
	return func(p *browser.Page) {
		p.Navigate(url)
		p.WaitVisible(`#status[data-state="live"]`)
	}
}

// changes flips health, and takes and drops a reference.
func (r *running) changes(p *browser.Page) {
	r.t.Helper()
	for range 2 {
		r.must("PUT", "health", `{"pattern":"boot.b*","admin":"sick"}`)
		unpin := r.pin("c1")
		r.must("PUT", "health", `{"pattern":"boot.b*","admin":"auto"}`)
		unpin()
	}
	r.waitSeq(p)
}

// pin pins a director, and returns what lets it go again.
func (r *running) pin(director string) (unpin func()) {
	r.t.Helper()
	var pin struct{ ID uint64 }
	if err := json.Unmarshal([]byte(r.must("POST", "directors/"+director+"/pins", `{"note":"rehearsal"}`)), &pin); err != nil {
		r.t.Fatal(err)
	}
	return func() { r.must("DELETE", fmt.Sprintf("pins/%d", pin.ID), "") }
}

func halfSickState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	for _, name := range []string{"a1", "a2", "a3", "b1"} {
		r.must("PUT", "health", `{"pattern":"boot.`+name+`","admin":"sick"}`)
	}
	return scene{r.live(r.page("?select=boot.site")), r.changes}
}

func lingeringState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	r.slowRequest("a1")
	r.must("DELETE", "directors/a1", "")
	return scene{r.live(r.page("?select=boot.a1")), r.changes}
}

func emptyState(t *testing.T) scene {
	r := start(t, "serve")
	t.Cleanup(func() { r.stop() })
	return scene{open: r.live(r.board)}
}

func offlineState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	return scene{open: func(p *browser.Page) {
		// Whatever the page was still loading fails, in a way that depends on how far it had come. A window that has
		// become narrow while the line is down wants the keys of the outline.
		p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource: net::ERR_`, `Failed to fetch dynamically imported module`)
		relay.Restore()
		r.live(relay.URL() + "/i/demo/?select=boot.pool_b")(p)
		relay.Cut()
		p.WaitFor(`document.documentElement.hasAttribute("data-stale")`)
	}}
}

func keysState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{open: func(p *browser.Page) {
		r.live(r.page(""))(p)
		p.Press("?")
		p.WaitVisible("#help")
	}}
}

func problemState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{open: func(p *browser.Page) {
		p.Allow(`^network: .*status of 404`)
		p.Navigate(r.board + "i/nobody/")
		p.WaitVisible("#problem-detail")
	}}
}

// zoomedState is the graph from afar, where cards have just become smaller. From
// still further off they are smaller than a target should be; the outline has
// them all as lines.
func zoomedState(scale string) func(*testing.T) scene {
	return func(t *testing.T) scene {
		r := startDemo(t, "--quiet-traffic")
		open := r.live(r.page("?face=graph&select=boot.pool_a"))
		return scene{func(p *browser.Page) {
			open(p)
			for clicks := 0; browser.Eval[string](p, scaleOf) != scale; clicks++ {
				if clicks == 14 {
					t.Fatalf("no card has become a %s", scale)
				}
				p.Click(`[data-zoom="out"]`)
			}
		}, r.changes}
	}
}

// steppingState is a director that waits for its release.
func steppingState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	r.must("PUT", "step", `{"on":true}`)
	r.must("DELETE", "directors/pool_a", "")
	return scene{r.live(r.page("")), r.changes}
}

// apiState is the description of the API.
func apiState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{open: func(p *browser.Page) {
		p.Navigate(r.board + "api/docs")
		p.WaitVisible("#websocket")
	}}
}

// instancesState is the list of several instances, which one program does not
// have.
func instancesState(t *testing.T) scene {
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		err := web.Instances("", []web.InstanceData{
			{Name: "shop", Active: "boot", Directors: 10, Sick: 1, Lingering: 2, Seq: 1841},
			{Name: "wiki", Active: "reload_20260104", Directors: 1204, Seq: 9_000_000},
		}).Render(r.Context(), w)
		if err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return scene{open: func(p *browser.Page) {
		p.Navigate(server.URL)
		p.WaitVisible("h1")
	}}
}
