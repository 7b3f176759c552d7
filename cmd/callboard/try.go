package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
)

var tryCommand = command{
	name: "try", args: "DIRECTOR [flags]", short: "send requests through a director, and see where they go",
	details: "callboard try site                              one request: its way, and who answered\n" +
		"callboard try cache --n 1000 --vary path        where other paths go\n" +
		"callboard try pool_b --n 10000 --dry            the same question, without a request\n" +
		"Exits with 1 if a request got no answer or found no way, whatever the status of the others.",
	prepare: remote(1, 1, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		var t trying
		t.define(flags)
		return func(ctx context.Context, e env, c *client, args []string) error {
			body, err := t.body()
			if err != nil {
				return err
			}
			return tryDirector(ctx, e, c, args[0], body)
		}
	}),
}

// trying are the flags of the try command.
type trying struct {
	n, parallel              int
	dry                      bool
	vary, method, path, host string
	headers                  many
}

func (t *trying) define(flags *flag.FlagSet) {
	flags.IntVar(&t.n, "n", 1, "`number` of requests: to 1,000, with --dry to 10,000")
	flags.BoolVar(&t.dry, "dry", false, "only find the way; send nothing")
	flags.StringVar(&t.vary, "vary", "none", "`what` differs between requests: none, path or client")
	flags.StringVar(&t.method, "method", "GET", "`method`: GET, HEAD or OPTIONS")
	flags.StringVar(&t.path, "path", "/", "`path` to ask for, perhaps with a query")
	flags.StringVar(&t.host, "host", "", "`name` for the Host header; the backend's if not given")
	flags.IntVar(&t.parallel, "concurrency", 8, "most requests at one time, a `number`")
	flags.Var(&t.headers, "header", "`name: value` to send; may be repeated")
}

func (t *trying) body() (object, error) {
	if t.n < 1 || t.parallel < 1 {
		return nil, usagef("--n and --concurrency are 1 or more")
	}
	headers := object{}
	for _, text := range t.headers {
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, usagef("--header %s: give name: value", text)
		}
		headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return object{
		"requests": t.n, "dry": t.dry, "vary": t.vary, "method": t.method, "path": t.path, "host": t.host,
		"headers": headers, "concurrency": t.parallel,
	}, nil
}

// A tried is what the API says of a trial.
type tried struct {
	Made     int `json:"made"`
	LeftOut  int `json:"left_out"`
	Retried  int `json:"retried"`
	Requests []struct {
		Path   []string `json:"path"`
		After  []string `json:"after"`
		Status int      `json:"status"`
		MS     float64  `json:"ms"`
		Error  string   `json:"error"`
	} `json:"requests"`
	Distribution []struct {
		Director string  `json:"director"`
		Count    int     `json:"count"`
		Share    float64 `json:"share"`
	} `json:"distribution"`
	Errors []struct {
		Message string `json:"message"`
		Count   int    `json:"count"`
	} `json:"errors"`
	TotalMS float64 `json:"total_ms"`
	P50MS   float64 `json:"p50_ms"`
	P99MS   float64 `json:"p99_ms"`
}

func tryDirector(ctx context.Context, e env, c *client, name string, body object) error {
	var answer object
	if err := c.call(ctx, http.MethodPost, directorPath(name)+"/try", body, &answer); err != nil {
		return err
	}
	var t tried
	if err := convert(answer, &t); err != nil {
		return err
	}
	var failed error
	if len(t.Errors) > 0 || t.LeftOut > 0 {
		failed = errFailed
	}
	return errors.Join(failed, c.answer(e, answer, t.print))
}

func (t *tried) print(w io.Writer) {
	if t.Made == 1 && len(t.Requests) == 1 {
		r := t.Requests[0]
		fmt.Fprintf(w, "%s  %.3g ms\n", strings.Join(r.Path, " → "), r.MS)
		if r.Status != 0 {
			fmt.Fprintf(w, "status %d\n", r.Status)
		}
		if len(r.After) > 0 {
			fmt.Fprintf(w, "%s had failed before\n", strings.Join(r.After, " and "))
		}
	} else {
		fmt.Fprintf(w, "%d requests in %.3g ms; half within %.3g ms, 99 %% within %.3g ms\n", t.Made, t.TotalMS, t.P50MS, t.P99MS)
		t.printShares(w)
	}
	if t.Made > 1 && t.Retried > 0 {
		fmt.Fprintf(w, "%d went to another backend when one had failed\n", t.Retried)
	}
	for _, failed := range t.Errors {
		fmt.Fprintf(w, "failed, %d ×: %s\n", failed.Count, failed.Message)
	}
	if t.LeftOut > 0 {
		fmt.Fprintf(w, "time was up: %d requests were not made\n", t.LeftOut)
	}
}

func (t *tried) printShares(w io.Writer) {
	const whole = 40 // characters
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range t.Distribution {
		fmt.Fprintf(table, "%s\t%d\t%.1f %%\t%s\n", s.Director, s.Count, 100*s.Share, strings.Repeat("█", int(s.Share*whole+0.5)))
	}
	table.Flush()
}
