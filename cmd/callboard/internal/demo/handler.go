package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// maxSeconds bounds how long /slow answers.
	maxSeconds = 3600
	// maxBytes bounds how much /bytes answers: 64 MiB.
	maxBytes = 64 << 20
)

// handler answers like a small web server, with its name in the header
// X-Backend of every answer:
//
//	/                 a line that names the backend
//	/health           "ok", for probes
//	/slow?seconds=20  the header at once, then a line a second (also ?s=20)
//	/bytes?n=1000     a body of n bytes
//
// While failing is set, everything is answered with 503.
func handler(name string, failing *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s answers %s\n", name, r.URL.Path)
	})
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { slow(w, r, name) })
	mux.HandleFunc("/bytes", sized)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Backend", name)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if failing.Load() {
			http.Error(w, name+" is failing", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// slow sends a line a second until the time is over, the client is gone, or
// the backend is stopped.
func slow(w http.ResponseWriter, r *http.Request, name string) {
	seconds, ok := number(w, r, maxSeconds, "seconds", "s")
	if !ok {
		return
	}
	flush := http.NewResponseController(w)
	if flush.Flush() != nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := 1; i <= seconds; i++ {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler) // the client must not take a broken body for a whole one
		}
		if _, err := fmt.Fprintf(w, "%s %d/%d\n", name, i, seconds); err != nil {
			return
		}
		if flush.Flush() != nil {
			return
		}
	}
}

// sized sends a body of n bytes.
func sized(w http.ResponseWriter, r *http.Request) {
	n, ok := number(w, r, maxBytes, "n")
	if !ok {
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(n))
	var chunk [32 << 10]byte
	for i := range chunk {
		chunk[i] = '.'
	}
	for n > 0 {
		written, err := w.Write(chunk[:min(n, len(chunk))])
		if err != nil {
			return
		}
		n -= written
	}
}

// number reads the query value of the first name that is set. Anything but a
// number from 0 to limit is answered with 400.
func number(w http.ResponseWriter, r *http.Request, limit int, names ...string) (int, bool) {
	query := r.URL.Query()
	for _, name := range names {
		if !query.Has(name) {
			continue
		}
		n, err := strconv.Atoi(query.Get(name))
		if err != nil || n < 0 || n > limit {
			http.Error(w, fmt.Sprintf("%s must be a number from 0 to %d", name, limit), http.StatusBadRequest)
			return 0, false
		}
		return n, true
	}
	http.Error(w, names[0]+" is missing", http.StatusBadRequest)
	return 0, false
}
