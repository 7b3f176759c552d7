package server

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

var pageKey = regexp.MustCompile(`<meta name="callboard-key" content="([^"]+)">`)

// key is what the board's own page proves itself with.
func (g *rig) key() string {
	g.t.Helper()
	m := pageKey.FindStringSubmatch(g.send("GET", "i/test/", "").is(200).body)
	if m == nil {
		g.t.Fatal("the page has no key")
	}
	return m[1]
}

// One rule lets pages change something and lets them listen.
func TestOneRuleForCommandsWebsocketsAndStreams(t *testing.T) {
	g := newRig(t, func(o *Options) { o.AllowedOrigins = []string{"https://Wiki.example"} })
	key := g.key()
	for _, c := range []struct {
		what   string
		let    bool
		header []string
	}{
		{"a program", true, nil},
		{"the browser says it is the same origin", true, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://board.example:8443"}},
		{"the browser says it is another", false, []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://a.example", "Host", "a.example"}},
		{"the browser says it is a neighbour", false, []string{"Sec-Fetch-Site", "same-site", "Origin", "http://a.example", "Host", "a.example"}},
		{"it says so, with the key", false, []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://a.example", keyHeader, key}},
		{"an origin that was named", true, []string{"Origin", "https://wiki.example"}},
		{"another scheme of it", false, []string{"Origin", "http://wiki.example"}},
		{"origin and host", true, []string{"Origin", "http://board.example:8080", "Host", "board.example:8080"}},
		{"in another case", true, []string{"Origin", "http://board.example", "Host", "BOARD.example."}},
		{"behind a proxy for TLS", true, []string{"Origin", "https://board.example", "Host", "board.example"}},
		{"with the port that goes without saying", true, []string{"Origin", "https://board.example", "Host", "board.example:443"}},
		{"a host without its port", true, []string{"Origin", "https://board.example:8443", "Host", "board.example"}},
		{"another port", false, []string{"Origin", "http://board.example:8080", "Host", "board.example:8081"}},
		{"an address of IPv6", true, []string{"Origin", "http://[::1]:8080", "Host", "[::1]:8080"}},
		{"what the proxy says", true, []string{"Origin", "https://board.example", "X-Forwarded-Host", "board.example"}},
		{"it says another", false, []string{"Origin", "https://evil.example", "X-Forwarded-Host", "board.example"}},
		{"the upstream's host", false, []string{"Origin", "https://board.example"}},
		{"the upstream's host, with the key", true, []string{"Origin", "https://board.example", keyHeader, key}},
		{"a sandbox, with the key", true, []string{"Origin", "null", keyHeader, key}},
		{"the key of another run", false, []string{"Origin", "https://board.example", keyHeader, "x" + key[1:]}},
		{"an empty key", false, []string{"Origin", "https://board.example", keyHeader, ""}},
		{"an origin that is none", false, []string{"Origin", "://", "Host", ""}},
		{"a host that begins alike", false, []string{"Origin", "https://board.example.evil.example", "Host", "board.example"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			want := map[bool][4]int{true: {200, 101, 200, 200}, false: {403, 403, 403, 403}}[c.let]
			put := g.send("PUT", api+"health", `{"pattern":"a1","admin":"auto"}`, c.header...)
			stream := g.send("HEAD", "i/test/live", "", append(c.header, "Accept", "text/event-stream")...)
			events := g.send("HEAD", api+"events", "", append(c.header, "Accept", "application/x-ndjson")...)
			conn, resp, _ := g.dial("", c.header...)
			if conn != nil {
				conn.Close()
			}
			if resp == nil {
				t.Fatal("no answer to the handshake")
			}
			if got := [4]int{put.status, resp.StatusCode, stream.status, events.status}; got != want {
				t.Errorf("command, websocket, stream, events: got %v, want %v", got, want)
			}
		})
	}
}

// Trust in what a proxy says is trust in its address.
func TestForwardedHostOfAStrangerIsNotBelieved(t *testing.T) {
	header := []string{"Origin", "https://board.example", "X-Forwarded-Host", "board.example"}
	trusting := newRig(t, nil)
	trusting.send("PUT", api+"health", `{"pattern":"a1","admin":"auto"}`, header...).is(200)
	g := newRig(t, func(o *Options) { o.TrustedProxies, _ = ParseTrustedProxies("none") })
	p := g.send("PUT", api+"health", `{"pattern":"a1","admin":"auto"}`, header...).problem(403)
	if !strings.Contains(p.Mend, "--allow-origin https://board.example") {
		t.Errorf("got %+v, want how to mend it", p)
	}
}

// A form that is sent without scripts brings the key in a field.
func TestFormsHaveTheKey(t *testing.T) {
	g := newRig(t, nil)
	page := g.send("GET", "i/test/?select=boot.a1&panel=add", "").is(200).body
	posts, keys := strings.Count(page, `method="post"`), strings.Count(page, `name="_key"`)
	if posts < 5 || posts != keys {
		t.Errorf("got %d forms and %d keys, want as many", posts, keys)
	}
	header := []string{"Origin", "https://board.example"}
	g.form(api+"directors/a1/pins", "note=x&_key="+g.key(), header...).is(201)
	stale := g.form(api+"directors/a1/pins", "note=x&_key=x", header...).problem(403)
	if want := "load the page again"; !strings.Contains(stale.Detail, want) {
		t.Errorf("the key of another run: got %q, want %q", stale.Detail, want)
	}
	g.form(api+"directors/a1/pins", "note=x", header...).problem(403)
	refused := g.form(api+"directors/a1/pins", "note=x", append(header, "Accept", asPage)...).is(403)
	if want := "--allow-origin https://board.example"; !strings.Contains(refused.body, want) {
		t.Errorf("the page that refuses it lacks %s:\n%s", want, refused.body)
	}
}

// A form in a patch is the form of the page.
func TestFormsInPatchesHaveTheKey(t *testing.T) {
	g := newRig(t, nil)
	l := g.listen(g.open("select=boot.c1"))
	l.is("hello")
	if ops := fmt.Sprint(l.until(g.flip())); !strings.Contains(ops, `name="_key" value="`+g.key()+`"`) {
		t.Errorf("no key in %s", ops)
	}
}

func TestRefusalsAreLoggedOnceAndThenCounted(t *testing.T) {
	logger, log := newTextLog()
	g := newRig(t, func(o *Options) {
		o.Logger = logger
		o.AllowedHosts = []string{"localhost"}
	})
	g.board.refused.every = time.Hour
	for range 25 {
		if _, resp, err := g.dial("", "Origin", "https://evil.example"); err == nil || resp.StatusCode != 403 {
			t.Fatalf("got %v, want 403", resp)
		}
	}
	g.send("GET", "i/test/", "", "Host", "evil.example").problem(http.StatusMisdirectedRequest)
	g.board.refused.flush()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	wanted := []string{"level=WARN msg=refused status=403 ", "level=WARN msg=refused status=421 ", " times=24"}
	if len(lines) != len(wanted) {
		t.Fatalf("got %d lines, want one for each host, and the count:\n%s", len(lines), log.String())
	}
	for i, want := range wanted {
		if !strings.Contains(lines[i], want) {
			t.Errorf("got %s, want %s", lines[i], want)
		}
	}
}
