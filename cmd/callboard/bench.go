package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/callboard/callboard/cmd/callboard/internal/load"
)

// benchFlags say what the bench does.
type benchFlags struct {
	clients, views, directors, rounds int
	rate                              float64
	span                              time.Duration
	compress, json, proxy             bool
}

var benchCommand = command{
	name: "bench", args: "[flags]", short: "measure the board beside a bare loop on this machine",
	details: "A board in a process of its own is watched by many websocket clients while its\n" +
		"directors change. Each client checks that it gets every message. Then a bare\n" +
		"loop writes the same messages, prepared once, to as many connections: the ratio\n" +
		"of both is what the board costs. With --proxy, requests go through the board's\n" +
		"tree with and without clients that watch, in turns.\n\n" +
		"With the argument board or loop it is one of the servers that it measures.",
	prepare: func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		var f benchFlags
		flags.IntVar(&f.clients, "clients", 4000, "`number` of websocket clients")
		flags.IntVar(&f.views, "views", 1, "`number` of different views that they look at")
		flags.IntVar(&f.directors, "directors", 60, "`number` of directors")
		flags.IntVar(&f.rounds, "rounds", 5, "`rounds` of --proxy")
		flags.Float64Var(&f.rate, "rate", 20, "changes a `second`")
		flags.DurationVar(&f.span, "duration", 20*time.Second, "`time` to change and to watch")
		flags.BoolVar(&f.compress, "compress", false, "ask for compressed messages, as browsers do")
		flags.BoolVar(&f.json, "json", false, "print JSON")
		flags.BoolVar(&f.proxy, "proxy", false, "measure what watching costs the traffic")
		return func(ctx context.Context, e env, args []string) error {
			switch {
			case len(args) == 1 && args[0] == "board":
				return benchBoard()
			case len(args) == 1 && args[0] == "loop":
				return benchLoop()
			case len(args) > 0:
				return usagef("%q is not expected", args[0])
			case f.clients < 1 || f.views < 1 || f.rate <= 0 || f.directors < 3 || f.rounds < 1:
				return usagef("the numbers have to be at least 1, and 3 directors")
			case f.proxy:
				return f.traffic(ctx, e)
			}
			return f.watch(ctx, e)
		}
	},
}

// A benchRun is what one server did for its clients.
type benchRun struct {
	Deliveries     int     `json:"deliveries"`
	PerSecond      float64 `json:"per_second"`
	P50            float64 `json:"p50_ms"`
	P99            float64 `json:"p99_ms"`
	CPU            float64 `json:"cpu_s_per_million"`
	RSS            float64 `json:"rss_kb_per_client"`
	Missing        int     `json:"missing"`
	Faults         int     `json:"faults"`
	sent           []load.Sent
	words          []string
	perClientBytes float64
}

// watch compares the board to the bare loop.
func (f benchFlags) watch(ctx context.Context, e env) error {
	board, err := f.measure(ctx, e, "board", f.urls, benchCall{Do: "change", Rate: f.rate, For: f.span})
	if err != nil {
		return fmt.Errorf("board: %w", err)
	}
	if len(board.sent) == 0 {
		return errors.New("board: nothing was sent")
	}
	pace := float64(len(board.sent)) / f.span.Seconds()
	one := func(at string) []string { return []string{at} }
	loop, err := f.measure(ctx, e, "loop", one, benchCall{Do: "send", Rate: pace, Messages: board.sent})
	if err != nil {
		return fmt.Errorf("loop: %w", err)
	}
	if f.json {
		err = json.NewEncoder(e.stdout).Encode(map[string]any{"board": board, "loop": loop, "cpu_ratio": board.CPU / loop.CPU})
	} else {
		err = f.print(e, board, loop)
	}
	if err == nil && board.Missing+board.Faults > 0 {
		err = fmt.Errorf("%d messages are missing, %d faults: %v", board.Missing, board.Faults, board.words)
	}
	return err
}

// urls are the websockets of the different views.
func (f benchFlags) urls(board string) []string {
	urls := make([]string, f.views)
	for i := range urls {
		urls[i] = board + "i/bench/live"
		if i > 0 {
			// Directors are numbered in the order in which they were added.
			urls[i] += fmt.Sprintf("?select=%%40%d&face=%s", 1+i%f.directors, []string{"graph", "outline", ""}[i/f.directors%3])
		}
	}
	return urls
}

// measure starts one of the servers, lets the crowd in, and calls.
func (f benchFlags) measure(ctx context.Context, e env, kind string, urls func(string) []string, call benchCall) (run benchRun, err error) {
	process, err := load.StartProcess(ctx, e.stderr, "bench", kind)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, process.Close()) }()
	var place benchPlace
	if err := process.Call(benchCall{Do: "open", Directors: f.directors, Compress: f.compress}, &place); err != nil {
		return run, err
	}
	empty, err := process.Usage()
	if err != nil {
		return run, err
	}
	crowd, err := load.Open(load.CrowdOptions{URLs: urls(place.Board), Clients: f.clients, Compress: f.compress})
	if err != nil {
		return run, err
	}
	defer crowd.Close()
	crowd.Begin()
	before, err := process.Usage()
	if err != nil {
		return run, err
	}
	start := time.Now()
	var changes []load.Change
	if err := process.Call(call, &changes); err != nil {
		return run, err
	}
	if len(changes) > 0 {
		crowd.Wait(changes[len(changes)-1].Seq, time.Minute)
	}
	took := time.Since(start)
	after, err := process.Usage()
	if err != nil {
		return run, err
	}
	return newBenchRun(crowd.End(changes), took, after.CPU-before.CPU, float64(after.RSS-empty.RSS)/float64(f.clients)), nil
}

func newBenchRun(r load.Result, took, cpu time.Duration, rss float64) benchRun {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	run := benchRun{
		Deliveries: r.Deliveries, PerSecond: float64(r.Deliveries) / took.Seconds(),
		P50: ms(r.Latency.Percentile(50)), P99: ms(r.Latency.Percentile(99)),
		RSS: rss / 1024, Missing: r.Missing, Faults: r.Faults, sent: r.Sent, words: r.Words,
	}
	if r.Deliveries > 0 {
		run.CPU = cpu.Seconds() / float64(r.Deliveries) * 1e6
		run.perClientBytes = float64(r.Bytes) / float64(r.Deliveries)
	}
	return run
}

func (f benchFlags) print(e env, board, loop benchRun) error {
	fmt.Fprintf(e.stdout, "%d clients, %d views, %g changes/s for %v, %d directors, %.0f bytes a message\n\n",
		f.clients, f.views, f.rate, f.span, f.directors, board.perClientBytes)
	w := tabwriter.NewWriter(e.stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tdeliveries/s\tp50 ms\tp99 ms\tCPU s per million\tRSS KB per client\tmissing\tfaults\t")
	for _, r := range []struct {
		name string
		run  benchRun
	}{{"board", board}, {"bare loop", loop}} {
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.1f\t%.2f\t%.1f\t%d\t%d\t\n", r.name,
			r.run.PerSecond, r.run.P50, r.run.P99, r.run.CPU, r.run.RSS, r.run.Missing, r.run.Faults)
	}
	fmt.Fprintf(w, "ratio\t%.2f\t\t\t%.2f\t\t\t\t\n", board.PerSecond/loop.PerSecond, board.CPU/loop.CPU)
	return w.Flush()
}
