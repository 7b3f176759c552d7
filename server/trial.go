package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
)

// maxAnswer bounds what is read of an answer: a trial asks who answers, not what.
const maxAnswer = 1 << 20

// A trial is a small load for one director.
type trial struct {
	director           *director.Director
	requests, parallel int
	dry, noRetry       bool
	method, host, vary string
	url                *url.URL
	header             http.Header
	identity           []string // the headers that tell clients apart, to vary by them
}

// An outcome is what became of one request.
type outcome struct {
	way    []*director.Director // itself and the leaf included; up to where it ended
	found  bool                 // the way leads to a leaf
	after  []*director.Director // the leaves that had failed before that one
	status int
	took   time.Duration
	err    error
}

// run makes the requests, as many as there is time for. All that it started has
// ended when it returns.
func (t *trial) run(ctx context.Context) tried {
	outcomes := make([]outcome, t.requests)
	var next atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range min(t.parallel, t.requests) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= t.requests {
					return
				}
				outcomes[i] = t.one(ctx, i+1)
			}
		})
	}
	workers.Wait()
	made := min(int(next.Load()), t.requests)
	answer := summarize(outcomes[:made], time.Since(start))
	answer.LeftOut = t.requests - made
	return answer
}

// one makes the request with that number. A director type that panics while its
// answer is read must not take the server with it.
func (t *trial) one(ctx context.Context, number int) (o outcome) {
	start := time.Now()
	defer func() {
		if r := recover(); r != nil {
			o.err = fmt.Errorf("panic: %v", r)
		}
		if o.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			o.err = fmt.Errorf("cut off: a trial may take %s", tryTime)
		}
		o.took = time.Since(start)
	}()
	transport := &director.Transport{Director: t.director, NoRetry: t.noRetry}
	req := t.request(ctx, number)
	if t.dry {
		o.way, o.err = transport.FindWay(req)
		o.found = o.err == nil
		return o
	}
	transport.Walked = func(_ *http.Request, way []*director.Director, err error) { o.way, o.found = way, err == nil }
	resp, err := transport.RoundTrip(req)
	if err != nil {
		o.err = err
		if failed, ok := errors.AsType[*director.RetryError](err); ok {
			o.after = failed.After
		}
		return o
	}
	defer resp.Body.Close()
	o.after = director.RetriedAfter(resp)
	o.status = resp.StatusCode
	if _, err := io.CopyN(io.Discard, resp.Body, maxAnswer); err != nil && !errors.Is(err, io.EOF) {
		o.err = fmt.Errorf("reading the answer: %w", err)
	}
	return o
}

// request makes the request with that number.
func (t *trial) request(ctx context.Context, number int) *http.Request {
	req := &http.Request{
		Method: t.method, URL: t.url, Host: t.host, Header: t.header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	switch t.vary {
	case "path":
		at := *t.url
		end := "/try/" + strconv.Itoa(number)
		at.Path = strings.TrimSuffix(at.Path, "/") + end
		if at.RawPath != "" {
			at.RawPath = strings.TrimSuffix(at.RawPath, "/") + end
		}
		req.URL = &at
	case "client":
		// Of the addresses that are set apart for benchmarks (RFC 2544).
		who := fmt.Sprintf("198.18.%d.%d", number>>8, number&255)
		for _, name := range t.identity {
			req.Header.Set(name, who)
		}
	}
	return req.WithContext(ctx)
}

// clientHeaders are the headers by which the directors at and below one tell
// clients apart, beside the one that proxies do it with.
func clientHeaders(s *tree.Snapshot, from uint64) []string {
	names := []string{"X-Forwarded-For"}
	seen := map[uint64]bool{from: true}
	for queue := []uint64{from}; len(queue) > 0; queue = queue[1:] {
		d, ok := s.Director(queue[0])
		if !ok {
			continue
		}
		for _, option := range d.Options {
			name := http.CanonicalHeaderKey(option.Value)
			if option.Name == "header" && name != "" && !ofConnection[name] && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		for m := range d.Members() {
			if !seen[m.ID] {
				seen[m.ID] = true
				queue = append(queue, m.ID)
			}
		}
	}
	return names
}
