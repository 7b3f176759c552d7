package demo

import (
	"context"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Defaults of a [Traffic].
const (
	DefaultRate = 5 // requests a second
	maxInFlight = 32
)

// Traffic is a steady small stream of GET requests. The fields must not be
// changed after Run.
type Traffic struct {
	// URL is asked, each time anew.
	URL string
	// Client sends the requests. Nil means [http.DefaultClient]. It should have
	// a timeout.
	Client *http.Client
	// Rate is the number of requests a second. Zero means [DefaultRate].
	Rate float64

	mu     sync.Mutex // guards the fields below
	counts map[string]int
	failed int
}

// Run sends requests at even intervals until ctx ends, and returns when the
// last answer is read. A request that is not answered is counted and otherwise
// ignored. While too many wait for an answer, it leaves requests out.
func (tr *Traffic) Run(ctx context.Context) {
	rate, client := tr.Rate, tr.Client
	if rate <= 0 {
		rate = DefaultRate
	}
	if client == nil {
		client = http.DefaultClient
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	slots := make(chan struct{}, maxInFlight)
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return // both were ready
		}
		select {
		case slots <- struct{}{}:
			inFlight.Go(func() {
				defer func() { <-slots }()
				name, err := ask(ctx, client, tr.URL)
				if ctx.Err() == nil {
					tr.count(name, err)
				}
			})
		default: // everything waits; more requests would only pile up
		}
	}
}

// ask sends one request, reads its answer to the end and returns who gave it.
func ask(ctx context.Context, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "", err
	}
	return resp.Header.Get("X-Backend"), nil
}

func (tr *Traffic) count(name string, err error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if err != nil {
		tr.failed++
		return
	}
	if tr.counts == nil {
		tr.counts = make(map[string]int)
	}
	tr.counts[name]++
}

// Counts returns how many answers of whatever status came from each backend;
// those that named none, a proxy's 503 for example, are under "".
func (tr *Traffic) Counts() map[string]int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	counts := maps.Clone(tr.counts)
	if counts == nil {
		counts = make(map[string]int)
	}
	return counts
}

// Failed returns how many requests got no answer.
func (tr *Traffic) Failed() int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.failed
}
