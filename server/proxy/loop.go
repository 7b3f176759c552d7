package proxy

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// via is the header field in which a proxy names itself to the next one (RFC
// 9110, section 7.6.3). As a gateway it has to say so to backends and may say so
// to clients: it does not, since Proxy-Status tells them more.
const via = "Via"

// looped is a request that has gone round.
var looped = fault{http.StatusLoopDetected, "proxy_loop_detected",
	"Loop: this request has come through this proxy before. A backend of the tree is the proxy itself, or sends requests to it"}

// loops find requests that have come through this proxy before, because a
// backend of the tree is the proxy itself or sends requests to it. Without that,
// one such request takes connections until there are none left.
type loops struct {
	// name is what the proxy calls itself. It is random, and no answer tells it
	// to a client, so that only a request that came through here has it. Each
	// proxy of a process has its own: one may well be the backend of another.
	name string
	line string       // how it names itself after a request by HTTP/1.1
	said atomic.Int64 // when the log was last told, in Unix seconds
}

func (l *loops) begin() {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	l.name = "callboard-" + hex.EncodeToString(id[:])
	l.line = "1.1 " + l.name
}

// has reports whether a request came through here before. The log is told once
// in a minute.
func (l *loops) has(r *http.Request, log *slog.Logger) bool {
	if !slices.ContainsFunc(r.Header[via], func(line string) bool { return strings.Contains(line, l.name) }) {
		return false
	}
	now := time.Now().Unix()
	if said := l.said.Load(); now-said >= 60 && l.said.CompareAndSwap(said, now) {
		log.Warn("a request came back to the proxy: a backend of the tree leads to it", "host", r.Host, "from", r.RemoteAddr)
	}
	return true
}

// sign adds the proxy's name to the header of a request that it passes on. The
// values are those of the client's request, which are not ours to append to.
func (l *loops) sign(header http.Header, in *http.Request) {
	line := l.line
	if in.ProtoMajor != 1 || in.ProtoMinor != 1 {
		line = strconv.Itoa(in.ProtoMajor) + "." + strconv.Itoa(in.ProtoMinor) + " " + l.name
	}
	header[via] = append(slices.Clip(header[via]), line)
}
