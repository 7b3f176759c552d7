package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/internal/nginx"
)

// A visitor is a browser that has a page of the board open through a proxy, as
// far as the server can tell.
type visitor struct {
	t             *testing.T
	g             *rig
	client        *http.Client
	dialer        websocket.Dialer
	page          string // its address
	origin        string
	body          string
	key, position string
}

// visit opens the page at an address, whose name stands for the proxy's.
func visit(t *testing.T, g *rig, proxy, address string, trusted *tls.Config) *visitor {
	t.Helper()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, proxy)
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: trusted}
	t.Cleanup(transport.CloseIdleConnections)
	v := &visitor{
		t: t, g: g, client: &http.Client{Transport: transport},
		dialer: websocket.Dialer{NetDialContext: dial, TLSClientConfig: trusted, Subprotocols: []string{liveProtocol}},
	}
	resp, err := v.client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	v.page, v.body = resp.Request.URL.String(), string(content)
	v.origin = resp.Request.URL.Scheme + "://" + resp.Request.URL.Host
	if want := address + "i/test/"; v.page != want {
		t.Errorf("the visitor is led to %s, want %s", v.page, want)
	}
	key, shown := pageKey.FindStringSubmatch(v.body), pageData.FindStringSubmatch(v.body)
	if key == nil || shown == nil {
		t.Fatalf("got %d %s, want a page", resp.StatusCode, v.body)
	}
	v.key, v.position = key[1], "epoch="+shown[1]+"&seq="+shown[2]
	return v
}

// send sends a request to an address relative to the page.
func (v *visitor) send(method, where, body string, header ...string) *http.Response {
	v.t.Helper()
	base, _ := url.Parse(v.page)
	to, err := base.Parse(where)
	if err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, to.String(), strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// handshake opens the websocket of the page; without one it returns the status.
func (v *visitor) handshake() (*listener, int) {
	v.t.Helper()
	dialer := v.dialer
	dialer.Subprotocols = append(dialer.Subprotocols, keyProtocol+v.key)
	address := strings.Replace(v.page, "http", "ws", 1) + "live?" + v.position
	conn, resp, err := dialer.Dial(address, http.Header{"Origin": {v.origin}})
	if resp == nil {
		v.t.Fatal(err)
	}
	if err != nil {
		return nil, resp.StatusCode
	}
	v.t.Cleanup(func() { conn.Close() })
	if got := conn.Subprotocol(); got != liveProtocol {
		v.t.Errorf("protocol: got %q, want %q: a browser would give up", got, liveProtocol)
	}
	return &listener{v.t, conn}, resp.StatusCode
}

// follows checks that the page is kept current by its websocket, or that it
// learns why not, and by an event stream in any case.
func (v *visitor) follows(socket bool) {
	v.t.Helper()
	l, status := v.handshake()
	switch {
	case socket && l != nil:
		l.is("hello")
		l.until(v.g.flip())
	case !socket && status == http.StatusUpgradeRequired:
		v.tellsWhy()
	default:
		v.t.Errorf("websocket: got %d, want it to pass: %t", status, socket)
	}
	resp := v.send("GET", "live?"+v.position, "", "Accept", typeEvents)
	events := newReader(v.t, resp)
	events.is("hello")
	for seq := v.g.flip(); events.is("patch").Seq < seq; {
	}
	resp.Body.Close()
}

func (v *visitor) tellsWhy() {
	v.t.Helper()
	resp := v.send("GET", "live?why", "", originHeader, v.origin, keyHeader, v.key)
	var why whyAnswer
	if err := json.NewDecoder(resp.Body).Decode(&why); err != nil || resp.StatusCode != 200 || why.Mend == "" {
		v.t.Errorf("why: got %d %+v, %v, want 200 and what to do", resp.StatusCode, why, err)
	}
}

// commands checks that those of the page are carried out, and others are not.
func (v *visitor) commands() {
	v.t.Helper()
	form := url.Values{"_method": {"PUT"}, "_back": {"?q=a"}, "_key": {v.key}, "pattern": {"a1"}, "admin": {"auto"}}
	for _, c := range []struct {
		what, method, body string
		status             int
		header             []string
	}{
		{"by script", "PUT", `{"pattern":"a1","admin":"auto"}`, 200, []string{"Content-Type", typeJSON, "Origin", v.origin, keyHeader, v.key}},
		{"by form", "POST", form.Encode(), 200, []string{"Content-Type", typeForm, "Origin", v.origin, "Accept", asPage}},
		{"of another site", "PUT", `{"pattern":"a1","admin":"sick"}`, 403, []string{"Content-Type", typeJSON, "Origin", "http://evil.example"}},
	} {
		resp := v.send(c.method, "../../"+api+"health", c.body, c.header...)
		if resp.StatusCode != c.status {
			v.t.Errorf("command %s: got %d, want %d", c.what, resp.StatusCode, c.status)
		}
		if got := resp.Request.URL.String(); c.what == "by form" && got != v.page+"?q=a" {
			v.t.Errorf("command by form leads to %s, want back to the page", got)
		}
	}
}

// A passage is one way in which nginx may be configured.
type passage struct{ where, host, upgrade string }

func (p passage) name() string {
	words := []string{map[string]string{"/": "root", "/ops/board/": "below"}[p.where]}
	words = append(words, map[string]string{"": "default", "$host": "host", "$http_host": "httphost"}[p.host])
	if p.upgrade != "" {
		words = append(words, "upgrade")
	}
	return strings.Join(words, "-") + ".test"
}

// server is the passage as a server of its name.
func (p passage) server(listen, upstream string) string {
	lines := []string{"proxy_pass http://" + upstream + "/;"}
	if p.host != "" {
		lines = append(lines, "proxy_set_header Host "+p.host+";")
	}
	if p.upgrade != "" {
		lines = append(lines, p.upgrade)
	}
	return fmt.Sprintf("server { listen %s; server_name %s; location %s { %s } }\n", listen, p.name(), p.where, strings.Join(lines, " "))
}

func passages() (all []passage) {
	const upgrade = `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`
	for _, where := range []string{"/", "/ops/board/"} {
		for _, host := range []string{"", "$host", "$http_host"} {
			for _, upgrade := range []string{"", upgrade} {
				all = append(all, passage{where, host, upgrade})
			}
		}
	}
	return all
}

// However nginx is configured, a page is live and its commands are carried out.
func TestBoardBehindNginx(t *testing.T) {
	g := newRig(t, func(o *Options) {
		o.AllowedHosts = []string{"localhost"}
		for _, p := range passages() {
			o.AllowedHosts = append(o.AllowedHosts, p.name())
		}
	})
	upstream := strings.Trim(strings.TrimPrefix(g.url, "http://"), "/")
	proxy := nginx.Start(t, func(listen, _ string) (servers string) {
		for _, p := range passages() {
			servers += p.server(listen, upstream)
		}
		return servers
	})
	_, port, _ := net.SplitHostPort(proxy)
	for _, p := range passages() {
		t.Run(p.name(), func(t *testing.T) {
			v := visit(t, g, proxy, "http://"+p.name()+":"+port+p.where, nil)
			checkLinks(t, v.client, v.page)
			v.follows(p.upgrade != "")
			v.commands()
		})
	}
}

// A name that was not allowed is refused in words that the reader of the page
// understands.
func TestWrongNameBehindNginxIsSaid(t *testing.T) {
	g := newRig(t, func(o *Options) { o.AllowedHosts = []string{"localhost"} })
	upstream := strings.Trim(strings.TrimPrefix(g.url, "http://"), "/")
	p := passage{where: "/", host: "$host"}
	proxy := nginx.Start(t, func(listen, _ string) string { return p.server(listen, upstream) })
	p421 := g.send("GET", "i/test/", "", "Host", p.name()).problem(421)
	req, _ := http.NewRequest("GET", "http://"+proxy+"/i/test/live?why", nil)
	req.Host = p.name()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var why problem
	if err := json.NewDecoder(resp.Body).Decode(&why); err != nil || why.Detail != p421.Detail || !strings.Contains(why.Mend, "--allow-host "+p.name()) {
		t.Errorf("got %+v, %v, want %+v", why, err, p421)
	}
}

var fenced = regexp.MustCompile("(?s)```nginx\n(.*?)```")

// The configurations of docs/behind-a-proxy.md, as they stand there, but for
// addresses and files.
func TestRecipesForNginx(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "behind-a-proxy.md"))
	if err != nil {
		t.Fatal(err)
	}
	recipes := fenced.FindAllStringSubmatch(string(text), -1)
	if len(recipes) != 2 {
		t.Fatalf("got %d recipes, want 2", len(recipes))
	}
	for i, address := range []string{"https://board.example/", "https://tools.example/board/"} {
		t.Run(address, func(t *testing.T) {
			at, _ := url.Parse(address)
			g := newRig(t, func(o *Options) { o.AllowedHosts = []string{at.Host} })
			var trusted *tls.Config
			proxy := nginx.Start(t, func(listen, folder string) string {
				certificate, key, trust := nginx.Certificate(t, folder)
				trusted = trust
				return replaceEach(t, recipes[i][1], map[string]string{
					"listen 443 ssl": "listen " + listen + " ssl", "127.0.0.1:8080": strings.Trim(strings.TrimPrefix(g.url, "http://"), "/"),
					"/etc/ssl/board.pem": certificate, "/etc/ssl/board.key": key,
				})
			})
			v := visit(t, g, proxy, address, trusted)
			checkLinks(t, v.client, v.page)
			v.follows(true)
			v.commands()
			docs, err := io.ReadAll(v.send("GET", "../../api/docs", "").Body)
			if want := "curl &#39;" + address + "api/v1/instances/test"; err != nil || !strings.Contains(string(docs), want) {
				t.Errorf("examples of /api/docs: %v, want some with %s", err, want)
			}
		})
	}
}

func replaceEach(t *testing.T, text string, by map[string]string) string {
	t.Helper()
	for old, with := range by {
		if !strings.Contains(text, old) {
			t.Errorf("the recipe has no %q", old)
		}
		text = strings.ReplaceAll(text, old, with)
	}
	return text
}
