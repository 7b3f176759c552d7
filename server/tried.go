package server

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/callboard/callboard/director"
)

// Bounds of what is told of a trial.
const (
	maxTriedListed = 20
	maxTriedErrors = 10
)

// A tried is the answer of a trial.
type tried struct {
	// Made is the number of requests, LeftOut of those for which there was no
	// time.
	Made    int `json:"made"`
	LeftOut int `json:"left_out"`
	// Retried is the number of those that another leaf had failed before.
	Retried int `json:"retried"`
	// Requests are the first of them.
	Requests []triedRequest `json:"requests"`
	// Distribution says which leaf how many had their way to, most first.
	Distribution []triedShare  `json:"distribution"`
	Statuses     []triedStatus `json:"statuses"`
	Errors       []triedError  `json:"errors"`
	TotalMS      float64       `json:"total_ms"`
	P50MS        float64       `json:"p50_ms"`
	P99MS        float64       `json:"p99_ms"`
}

type triedRequest struct {
	// Path are the names of the directors that the request came past, After those
	// of the leaves that had failed it before it came that way.
	Path  []string `json:"path"`
	After []string `json:"after,omitempty"`
	// Status is 0 without an answer.
	Status int     `json:"status"`
	MS     float64 `json:"ms"`
	Error  string  `json:"error,omitempty"`

	way []*director.Director
}

type triedShare struct {
	Director string  `json:"director"`
	Count    int     `json:"count"`
	Share    float64 `json:"share"` // of those whose way led to a leaf

	leaf *director.Director
}

type triedStatus struct {
	Status int `json:"status"`
	Count  int `json:"count"`
}

type triedError struct {
	Message string `json:"message"`
	Count   int    `json:"count"`
}

// summarize tells of the requests that were made.
func summarize(made []outcome, total time.Duration) tried {
	answer := tried{
		Made: len(made), Requests: []triedRequest{}, Distribution: []triedShare{}, Statuses: []triedStatus{},
		TotalMS: milliseconds(total),
	}
	leafs, statuses, errs := tally[*director.Director]{}, tally[int]{}, tally[string]{}
	var took []time.Duration
	for _, o := range made {
		took = append(took, o.took)
		if o.found {
			leafs[o.way[len(o.way)-1]]++
		}
		if len(o.after) > 0 {
			answer.Retried++
		}
		if o.status != 0 {
			statuses[o.status]++
		}
		if o.err != nil {
			errs[o.err.Error()]++
		}
		if len(answer.Requests) < maxTriedListed {
			answer.Requests = append(answer.Requests, o.listed())
		}
	}
	slices.Sort(took)
	answer.P50MS, answer.P99MS = milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99))
	for _, d := range leafs.sorted(func(a, b *director.Director) int { return cmp.Compare(a.ID(), b.ID()) }) {
		share := float64(leafs[d]) / float64(leafs.total())
		answer.Distribution = append(answer.Distribution, triedShare{d.Name(), leafs[d], share, d})
	}
	for _, status := range statuses.sorted(cmp.Compare[int]) {
		answer.Statuses = append(answer.Statuses, triedStatus{status, statuses[status]})
	}
	answer.Errors = listErrors(errs)
	return answer
}

// listErrors lists the most frequent errors, and adds up the rest.
func listErrors(errs tally[string]) []triedError {
	list := []triedError{}
	for i, message := range errs.sorted(cmp.Compare[string]) {
		if i < maxTriedErrors {
			list = append(list, triedError{message, errs[message]})
			continue
		}
		rest := &list[maxTriedErrors-1]
		rest.Message, rest.Count = "other errors", rest.Count+errs[message]
	}
	return list
}

func (o *outcome) listed() triedRequest {
	r := triedRequest{Path: []string{}, Status: o.status, MS: milliseconds(o.took), way: o.way}
	for _, d := range o.way {
		r.Path = append(r.Path, d.Name())
	}
	for _, d := range o.after {
		r.After = append(r.After, d.Name())
	}
	if o.err != nil {
		r.Error = o.err.Error()
	}
	return r
}

// A tally counts how often each of something was seen.
type tally[K comparable] map[K]int

func (t tally[K]) total() int {
	n := 0
	for _, count := range t {
		n += count
	}
	return n
}

// sorted returns the most frequent first, and what is as frequent in order.
func (t tally[K]) sorted(order func(a, b K) int) []K {
	var keys []K
	for key := range t {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(cmp.Compare(t[b], t[a]), order(a, b)) })
	return keys
}

// percentile returns the time within which so many per cent were done; the times
// are in order.
func percentile(took []time.Duration, percent int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return took[(len(took)*percent+99)/100-1]
}

// milliseconds are rounded to what can be measured.
func milliseconds(d time.Duration) float64 { return math.Round(float64(d.Microseconds())) / 1000 }
