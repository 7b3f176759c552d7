package server

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

// Where a page of the board shows the key that only it can read: scripts of the
// page in a header, its forms in a field, its websocket among the protocols that
// it offers, beside the one that the server takes. Not in the address, which
// proxies write into their logs.
const (
	keyHeader     = "X-Callboard-Key"
	keyField      = "_key"
	keyProtocol   = "key."
	liveProtocol  = "callboard"
	originHeader  = "X-Callboard-Origin" // of a page that asks why, see [Server.why]
	siteHeader    = "Sec-Fetch-Site"
	forwardedHost = "X-Forwarded-Host"
)

// An access decides which pages may change something and which may listen, by
// one rule for commands, websockets and event streams. A page of another site
// can make a browser send requests here, and must gain nothing by it (cross-site
// request forgery). In this order:
//
//  1. An origin that the operator has named is let in.
//  2. Sec-Fetch-Site, where a browser sends it, decides. Browsers send it to
//     secure addresses and to localhost only, and some send none when they open a
//     websocket.
//  3. Without Origin it is no page: a program. Browsers send Origin with
//     everything that is not a plain GET.
//  4. Origin that is the Host, or what a trusted proxy says was the Host, is the
//     board's own page. A Host without a port is compared by name, since proxies
//     leave the port out (nginx's $host).
//  5. The key, which a page of another origin cannot read.
type access struct {
	origins map[string]bool // in lower case
	trusted trustedProxies
	key     string
}

func newAccess(origins []string, trusted trustedProxies) (*access, error) {
	a := &access{origins: make(map[string]bool), trusted: trusted, key: rand.Text()}
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return nil, fmt.Errorf("allowed origin %q: %w", origin, errNoOrigin)
		}
		a.origins[strings.ToLower(origin)] = true
	}
	return a, nil
}

var errNoOrigin = errors.New("give a scheme, a name and, if it has one, a port, and nothing behind: https://wiki.example")

// A claim is what a request says of where it comes from.
type claim struct {
	site, origin string
	keys         []string // in all places that have one
}

// claimOf reads what the request says. The fields of a form have to be parsed.
func claimOf(r *http.Request) claim {
	c := claim{site: r.Header.Get(siteHeader), origin: r.Header.Get("Origin"), keys: r.Header.Values(keyHeader)}
	c.keys = append(c.keys, r.PostForm[keyField]...)
	for _, protocol := range websocket.Subprotocols(r) {
		if key, ok := strings.CutPrefix(protocol, keyProtocol); ok {
			c.keys = append(c.keys, key)
		}
	}
	return c
}

// check returns the problem with what a request claims, nil if there is none.
func (a *access) check(r *http.Request, c claim) *problem {
	origin := strings.ToLower(c.origin)
	switch {
	case a.origins[origin]:
		return nil
	case c.site == "same-origin" || c.site == "none":
		return nil
	case c.site == "" && (origin == "" || a.isOwn(r, origin) || slices.ContainsFunc(c.keys, a.isKey)):
		return nil
	}
	return a.refusal(r, c)
}

func (a *access) isKey(key string) bool {
	return subtle.ConstantTimeCompare([]byte(key), []byte(a.key)) == 1
}

// isOwn reports whether an origin is that of the board as the browser names it.
func (a *access) isOwn(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	for _, host := range []string{r.Host, a.trusted.forwarded(r, forwardedHost)} {
		if host != "" && sameHost(u, host) {
			return true
		}
	}
	return false
}

// sameHost reports whether host, as in a Host header, is that of the origin.
func sameHost(origin *url.URL, host string) bool {
	named := &url.URL{Scheme: origin.Scheme, Host: host}
	if hostName(named) != hostName(origin) {
		return false
	}
	return named.Port() == "" || named.Port() == portOf(origin)
}

func hostName(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// refusal says why a page is refused, and what its operator can do if it should
// not be.
func (a *access) refusal(r *http.Request, c claim) *problem {
	origin, host := c.origin, r.Host
	if origin == "" {
		origin = "another site"
	}
	if forwarded := a.trusted.forwarded(r, forwardedHost); forwarded != "" {
		host += " and " + forwarded
	}
	p := &problem{
		Title: "Refused", Status: http.StatusForbidden,
		Detail: fmt.Sprintf("This page is of %s, but the request is for %s: a page of another origin may neither change anything here nor listen.", origin, host),
	}
	if slices.ContainsFunc(c.keys, func(key string) bool { return key != "" }) {
		p.Detail += " The key that it sends is not that of this run of the board: load the page again."
	}
	if c.site == "" && c.origin != "" && c.origin != "null" {
		p.Mend = fmt.Sprintf("If it is the board's own page, have the proxy in front pass on the name that the browser asks for "+
			"(nginx: proxy_set_header Host $http_host), or start the board with --allow-origin %s.", origin)
	}
	return p
}
