package server

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// A rareLog logs what may come by the thousand, such as the error of a process
// that is out of descriptors, or the refusal of a page that tries again for as long
// as it is open: the first of a kind at once, and later ones as a number, at most
// one line a minute.
type rareLog struct {
	log   *slog.Logger
	level slog.Level
	every time.Duration

	mu    sync.Mutex // guards the field below
	kinds map[string]*rareKind
}

type rareKind struct {
	logged time.Time
	missed int // since then
}

// maxRareKinds bounds the kinds that are told apart: what is in them may be a
// client's. All others share one.
const maxRareKinds = 100

func newRareLog(to *slog.Logger, level slog.Level) *rareLog {
	return &rareLog{log: to, level: level, every: time.Minute, kinds: make(map[string]*rareKind)}
}

// tell logs what is of a kind, or counts it.
func (r *rareLog) tell(kind, message string, args ...any) {
	missed, ok := r.count(kind)
	if !ok {
		return
	}
	if missed > 0 {
		args = append(args, "times_since_last", missed+1)
	}
	r.log.Log(context.Background(), r.level, message, args...)
}

// count reports whether one is to be logged, and how many were not.
func (r *rareLog) count(kind string) (missed int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.kinds[kind]
	if known == nil && len(r.kinds) >= maxRareKinds {
		kind = ""
		known = r.kinds[kind]
	}
	if known == nil {
		known = &rareKind{}
		r.kinds[kind] = known
	}
	now := time.Now()
	if !known.logged.IsZero() && now.Sub(known.logged) < r.every {
		known.missed++
		return 0, false
	}
	missed, known.missed, known.logged = known.missed, 0, now
	return missed, true
}

// flush tells what was counted and not logged yet.
func (r *rareLog) flush() {
	r.mu.Lock()
	missed := make(map[string]int)
	for kind, known := range r.kinds {
		if known.missed > 0 {
			missed[kind] = known.missed
			known.missed = 0
		}
	}
	r.mu.Unlock()
	for kind, n := range missed {
		r.log.Log(context.Background(), r.level, "counted and not logged", "kind", kind, "times", n)
	}
}

// standard is for [http.Server.ErrorLog], in which net/http tells of everything
// alike: what clients do wrong is of interest when one looks for it, that the
// process can accept no connection or a handler panics always.
func (r *rareLog) standard(what string) *log.Logger { return log.New(rareWriter{r, what}, "", 0) }

type rareWriter struct {
	to   *rareLog
	what string
}

// Write implements [io.Writer]; it gets one message.
func (w rareWriter) Write(message []byte) (int, error) {
	text := strings.TrimSpace(string(message))
	switch {
	case strings.HasPrefix(text, "http: Accept error"):
		w.to.tell(w.what+" accept", "no connection can be accepted", "listener", w.what, "error", strings.TrimPrefix(text, "http: Accept error: "))
	case strings.HasPrefix(text, "http: panic serving"):
		// Its first line ends with the value, behind the client's address.
		line, stack, _ := strings.Cut(text, "\n")
		_, value, _ := strings.Cut(strings.TrimPrefix(line, "http: panic serving "), ": ")
		w.to.tell(w.what+" panic "+value, "panic in a handler", "listener", w.what, "panic", value, "stack", stack)
	default:
		w.to.log.Debug(text, "listener", w.what)
	}
	return len(message), nil
}

// panicked logs that a handler of the board has panicked.
func (s *Server) panicked(cause any, args ...any) {
	s.rare.tell(fmt.Sprint("panic ", cause), "panic in a handler", args...)
}
