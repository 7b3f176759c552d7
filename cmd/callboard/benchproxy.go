package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/cmd/callboard/internal/load"
)

// loadConns is how many connections the requests of --proxy come from.
const loadConns = 32

// traffic measures requests through the tree with and without clients that
// watch, in turns. In both cases the directors change at the same rate.
func (f benchFlags) traffic(ctx context.Context, e env) (err error) {
	process, err := load.StartProcess(ctx, e.stderr, "bench", "board")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, process.Close()) }()
	var place benchPlace
	if err := process.Call(benchCall{Do: "open", Directors: f.directors}, &place); err != nil {
		return err
	}
	var alone, watched, ratios []float64
	for range f.rounds {
		a, err := f.round(ctx, process, place, 0)
		if err != nil {
			return err
		}
		b, err := f.round(ctx, process, place, f.clients)
		if err != nil {
			return err
		}
		alone, watched, ratios = append(alone, a), append(watched, b), append(ratios, b/a)
	}
	if f.json {
		return json.NewEncoder(e.stdout).Encode(map[string]any{
			"alone": load.Median(alone), "watched": load.Median(watched), "ratio": load.Median(ratios), "rounds": f.rounds,
		})
	}
	_, err = fmt.Fprintf(e.stdout, "%d clients watch, %g changes/s, %d rounds of %v: %.0f requests/s without them, %.0f with them, median ratio %.3f\n",
		f.clients, f.rate, f.rounds, f.span, load.Median(alone), load.Median(watched), load.Median(ratios))
	return err
}

// round returns the requests per second while so many clients watch.
func (f benchFlags) round(ctx context.Context, process *load.Process, place benchPlace, clients int) (float64, error) {
	if clients > 0 {
		crowd, err := load.Open(load.CrowdOptions{URLs: f.urls(place.Board), Clients: clients, Compress: f.compress})
		if err != nil {
			return 0, err
		}
		defer crowd.Close()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var done atomic.Int64
	var senders sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loadConns}}
	defer client.CloseIdleConnections()
	for range loadConns {
		senders.Go(func() {
			for ctx.Err() == nil {
				if request(ctx, client, place.Proxy) == nil {
					done.Add(1)
				}
			}
		})
	}
	start := time.Now()
	var changes []load.Change
	err := process.Call(benchCall{Do: "change", Rate: f.rate, For: f.span}, &changes)
	rate := float64(done.Load()) / time.Since(start).Seconds()
	cancel()
	senders.Wait()
	return rate, err
}

func request(ctx context.Context, client *http.Client, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
