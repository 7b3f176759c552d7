package server

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// via is the header field in which a proxy names itself to the next one (RFC
// 9110, section 7.6.3).
const via = "Via"

// A loopGuard finds requests that have come through this proxy before, because a
// backend of the tree is the proxy itself or sends requests to it. Without it,
// one such request takes connections until there are none left.
type loopGuard struct {
	next http.Handler
	log  *slog.Logger
	// name is what the proxy calls itself. It is random, and no answer tells it
	// to a client, so that only a request that came through here has it.
	name string
	line string       // how it names itself after a request by HTTP/1.1
	said atomic.Int64 // when the log was last told, in Unix seconds
}

// refuseLoops returns a handler that answers 508 to requests that came through it
// before, and passes all others on with its name in Via. As a gateway it has to
// say so to backends and may say so to clients: it does not, since Proxy-Status
// tells them more.
func refuseLoops(log *slog.Logger, next http.Handler) http.Handler {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	name := "callboard-" + hex.EncodeToString(id[:])
	return &loopGuard{next: next, log: log, name: name, line: "1.1 " + name}
}

// ServeHTTP implements [http.Handler].
func (g *loopGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if slices.ContainsFunc(r.Header[via], func(line string) bool { return strings.Contains(line, g.name) }) {
		g.refuse(w, r)
		return
	}
	g.next.ServeHTTP(w, g.named(r))
}

// named returns the request with the proxy's name added. The header is not ours
// to change.
func (g *loopGuard) named(r *http.Request) *http.Request {
	out := new(http.Request)
	*out = *r
	out.Header = maps.Clone(r.Header)
	if out.Header == nil {
		out.Header = http.Header{}
	}
	line := g.line
	if r.ProtoMajor != 1 || r.ProtoMinor != 1 {
		line = strconv.Itoa(r.ProtoMajor) + "." + strconv.Itoa(r.ProtoMinor) + " " + g.name
	}
	out.Header[via] = append(slices.Clip(r.Header[via]), line)
	return out
}

// refuse answers a request that has gone round.
func (g *loopGuard) refuse(w http.ResponseWriter, r *http.Request) {
	now := time.Now().Unix()
	if said := g.said.Load(); now-said >= 60 && g.said.CompareAndSwap(said, now) {
		g.log.Warn("a request came back to the proxy: a backend of the tree leads to it", "host", r.Host, "from", r.RemoteAddr)
	}
	tellError(w.Header(), "proxy_loop_detected")
	_ = plain(w, http.StatusLoopDetected, // never fails
		"Loop: this request has come through this proxy before. A backend of the tree is the proxy itself, or sends requests to it.\n")
}
