package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
	"github.com/callboard/callboard/web/view"
)

// A loaded is something that the browser has loaded, in bytes before any
// compression.
type loaded struct {
	Kind, Name string
	Bytes      int
}

// whatWasLoaded asks the browser for everything that it has loaded so far. The
// icon is not in its list where nobody sees it, so it is asked for.
const whatWasLoaded = `(async () => {
	const kinds = {css: "styles", js: "scripts", svg: "images", png: "images"};
	const icon = document.querySelector("link[rel=icon]").href;
	if (!performance.getEntriesByName(icon).length) await fetch(icon).then(answer => answer.blob());
	const once = new Map(performance.getEntriesByType("resource").map(e => [e.name, e.decodedBodySize]));
	return [
		...performance.getEntriesByType("navigation").map(e => ({Kind: "page", Name: location.href, Bytes: e.decodedBodySize})),
		...[...once].map(([name, bytes]) => ({Kind: kinds[name.split(/[?#]/)[0].split(".").pop()] ?? "other", Name: name, Bytes: bytes})),
	];
})()`

// The demo's page with everything that a browser loads for its first view has
// at most 120 KB, also when its list of events is full. What is loaded when it
// is first needed does not count.
func TestBrowserFirstViewIsLight(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	for range view.MaxEvents {
		r.pin("a1")()
	}
	p := newPage(t)
	r.live(r.page(""))(p)
	parts := make(map[string]int)
	total := 0
	for _, l := range browser.Eval[[]loaded](p, whatWasLoaded) {
		if l.Bytes == 0 {
			t.Errorf("the browser does not know the size of %s", l.Name)
		}
		t.Logf("%7d %-7s %s", l.Bytes, l.Kind, l.Name[strings.LastIndex(l.Name, "/")+1:])
		parts[l.Kind] += l.Bytes
		total += l.Bytes
	}
	t.Logf("page %d + styles %d + scripts %d + images %d + other %d = %d bytes",
		parts["page"], parts["styles"], parts["scripts"], parts["images"], parts["other"], total)
	for _, kind := range []string{"page", "styles", "scripts", "images"} {
		if parts[kind] == 0 {
			t.Errorf("no %s: this test does not see what is loaded", kind)
		}
	}
	if limit := 120_000; total > limit {
		t.Errorf("got %d bytes, want no more than %d", total, limit)
	}
}

// A module that is loaded when it is first needed comes from the same build,
// whatever prefix the board is mounted under, and may be kept for ever.
func TestBrowserLoadsModulesLate(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := newPage(t)
	r.live(r.page(""))(p)
	answer := browser.Eval[[]string](p, `(async () => {
		const main = document.querySelector("script[type=module]").src;
		const late = new URL("./backoff.js", main).href;
		const module = await import(late);
		return [late.replace(main.replace("main.js", ""), ""), typeof module.backoff, (await fetch(late)).headers.get("Cache-Control")];
	})()`)
	if want := []string{"backoff.js", "function", "public, max-age=31536000, immutable"}; !slices.Equal(answer, want) {
		t.Errorf("got %q, want %q", answer, want)
	}
}
