package server

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/callboard/callboard/static"
)

func TestLargeAnswersAreCompressed(t *testing.T) {
	g := newRig(t, nil)
	for _, path := range []string{"i/test/", "i/test/tree.svg", api + "directors", static.URL("js/main.js")} {
		plain := g.send("GET", path, "", "Accept-Encoding", "identity").is(200)
		packed := g.send("GET", path, "", "Accept-Encoding", "gzip").is(200)
		if got := packed.header.Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s: content encoding: got %q, want gzip", path, got)
			continue
		}
		unpacked, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(unpacked)
		if err != nil || string(body) != plain.body {
			t.Errorf("%s: got %d bytes, %v, want the %d of the plain answer", path, len(body), err, len(plain.body))
		}
		for _, a := range []answer{plain, packed} {
			if vary := strings.Join(a.header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%s: vary: got %q, want Accept-Encoding in it", path, vary)
			}
			if got := a.header.Get("Content-Security-Policy"); got != policy {
				t.Errorf("%s: policy: got %q, want the strict one", path, got)
			}
		}
		refused := g.send("GET", path, "", "Accept-Encoding", "gzip;q=0").is(200)
		if got := refused.header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: to a client that cannot read it: got %q", path, got)
		}
	}
}

func TestSmallAnswersAreNotCompressed(t *testing.T) {
	g := newRig(t, nil)
	for path, status := range map[string]int{"healthz": 200, api[:len(api)-1]: 200, "i/nobody/": 404} {
		a := g.send("GET", path, "", "Accept-Encoding", "gzip", "Accept", "application/json").is(status)
		if got := a.header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: got %q for %d bytes, want it as it is", path, got, len(a.body))
		}
	}
}

// A file that the browser has is not sent again, whichever way it came.
func TestCompressedFilesAreKnownAgain(t *testing.T) {
	g := newRig(t, nil)
	path := static.URL("css/app.css")
	for _, encoding := range []string{"gzip", "identity"} {
		first := g.send("GET", path, "", "Accept-Encoding", encoding).is(200)
		g.send("GET", path, "", "Accept-Encoding", encoding, "If-None-Match", first.header.Get("ETag")).is(304)
	}
}

func TestStreamsAreNotHeldBack(t *testing.T) {
	g := newRig(t, nil)
	for _, media := range []string{"text/event-stream", "application/x-ndjson"} {
		a := g.send("GET", api+"events?after=0&limit=3", "", "Accept", media, "Accept-Encoding", "gzip").is(200)
		if got := a.header.Get("Content-Encoding"); got != "" || strings.Count(a.body, `"seq"`) != 3 {
			t.Errorf("%s: got encoding %q and %s, want three events as they are", media, got, a.body)
		}
	}
}
