package server

import (
	"net/http/httptest"
	"strings"
	"testing"
)

const lanes = "i/test/timeline?only=lanes"

func TestTimelineIsAPartOrAPage(t *testing.T) {
	g := newRig(t, nil)
	part := g.send("GET", lanes, "").is(200)
	if !strings.HasPrefix(part.body, "<section") || strings.Contains(part.body, "<html") {
		t.Errorf("the part begins with %.60q", part.body)
	}
	if !strings.Contains(part.body, `href="?select=%401"`) {
		t.Error("within the page, the name of a director does not select it")
	}
	page := g.send("GET", "i/test/timeline?q=pool", "").is(200)
	for _, want := range []string{"<!doctype html>", "../../static/", `href="./?q=pool&amp;select=`, `value="pool"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, a := range []answer{part, page} {
		if strings.Contains(a.body, "style=") || strings.Contains(a.body, "<script") {
			t.Errorf("%s: the policy of the page does not allow what is in it", a.what)
		}
	}
}

func TestTimelineThatHasNotChangedIsNotSentAgain(t *testing.T) {
	g := newRig(t, nil)
	first := g.send("GET", lanes, "").is(200)
	tag := first.header.Get("ETag")
	if tag == "" || first.header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("got tag %q, cache control %q", tag, first.header.Get("Cache-Control"))
	}
	again := g.send("GET", lanes, "", "If-None-Match", tag).is(304)
	plain := strings.Replace(tag, compressedTag, "", 1)
	if again.body != "" || again.header.Get("ETag") != plain {
		t.Errorf("got %d bytes and tag %q, want none and %q", len(again.body), again.header.Get("ETag"), plain)
	}
	g.send("GET", lanes, "", "If-None-Match", `"other", `+tag).is(304)
	g.send("GET", lanes+"&kind=health", "", "If-None-Match", tag).is(200)
	g.send("PUT", api+"health", `{"pattern":"boot.a1","admin":"sick"}`).is(200)
	g.send("GET", lanes, "", "If-None-Match", tag).is(200)
}

func TestTimelineRefusesWhatItDoesNotKnow(t *testing.T) {
	g := newRig(t, nil)
	for field, query := range map[string]string{
		"kind": "kind=weather", "span": "span=0", "before": "before=-1", "event": "event=last", "q": "q=colour:red", "only": "only=me",
	} {
		p := g.send("GET", "i/test/timeline?"+query, "").problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: got %+v, want the field %s", query, p.Errors, field)
		}
	}
	g.send("GET", "i/test/timeline?span=1001", "").problem(422)
	g.send("GET", "i/nobody/timeline", "").problem(404)
	g.send("POST", "i/test/timeline", "").is(405)
}

func TestTimelineWhereNothingMayBeChanged(t *testing.T) {
	g := newRig(t, func(o *Options) { o.ReadOnly = true })
	g.send("GET", "i/test/timeline", "").is(200)
	g.send("GET", lanes, "").is(200)
}

func TestTimelineBelowAPrefix(t *testing.T) {
	g := newRig(t, nil)
	for name, mount := range mounts {
		below := httptest.NewServer(mount.router(g.board))
		alone := g.url
		g.url = below.URL + mount.prefix + "/"
		page := g.send("GET", "i/test/timeline", "").is(200)
		if !strings.Contains(page.body, `href="../../static/`) || strings.Contains(page.body, `="/`) {
			t.Errorf("%s: the page has an address that does not lead out of it", name)
		}
		g.url = alone
		below.Close()
	}
}

func TestTimelineIsMadeOnceForAll(t *testing.T) {
	var c timelineCache
	made := 0
	ask := func(query, tag string) string {
		t.Helper()
		body, err := c.get(query, tag, func() ([]byte, error) {
			made++
			return []byte(query + tag), nil
		})
		if err != nil || string(body) != query+tag {
			t.Errorf("%s %s: got %q, %v", query, tag, body, err)
		}
		return string(body)
	}
	for range 3 {
		ask("a", "1")
		ask("b", "1")
	}
	if made != 2 {
		t.Errorf("two queries, each asked three times: made %d times, want 2", made)
	}
	ask("a", "2")
	for i := range 3 * keptTimelines {
		ask(string(rune('c'+i)), "2")
	}
	if len(c.kept) != keptTimelines {
		t.Errorf("got %d kept, want %d", len(c.kept), keptTimelines)
	}
}
