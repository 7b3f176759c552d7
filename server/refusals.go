package server

import (
	"log/slog"
	"net/http"
	"sync"
)

// maxRefusals bounds how many kinds of refusals are told apart: their names are
// made of what clients send.
const maxRefusals = 1000

// refusals are what was refused at the door, for the log: each kind is written
// when it comes first, and then when it has come ten times, a hundred times, and
// so on. A page that is refused tries again for as long as it is open.
type refusals struct {
	log *slog.Logger

	mu     sync.Mutex // guards the fields below
	counts map[string]int
}

// note counts the refusal of a request.
func (l *refusals) note(r *http.Request, client string, p *problem) {
	origin := r.Header.Get("Origin")
	n := l.count(p.Title + "\n" + r.Host + "\n" + origin)
	if !isPowerOfTen(n) {
		return
	}
	l.log.Warn("refused", "status", p.Status, "method", r.Method, "path", r.URL.Path, "host", r.Host, "origin", origin,
		"client", client, "times", n, "why", p.Detail)
}

func (l *refusals) count(kind string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = make(map[string]int)
	}
	if _, known := l.counts[kind]; !known && len(l.counts) >= maxRefusals {
		kind = "" // all others
	}
	l.counts[kind]++
	return l.counts[kind]
}

func isPowerOfTen(n int) bool {
	for n > 1 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
