package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// benchSide makes the test binary one of the bench's servers, if it was started
// as one.
func benchSide() {
	if len(os.Args) == 3 && os.Args[1] == "bench" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
}

func TestBenchMissesNothing(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"bench", "--clients", "20", "--views", "5", "--duration", "1s", "--json"}, &out, &errs)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var got struct{ Board, Loop benchRun }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Board.Deliveries == 0 || got.Board.Missing != 0 || got.Loop.Deliveries == 0 || got.Loop.Missing != 0 {
		t.Errorf("got %+v, want deliveries and nothing missing", got)
	}
}

func TestBenchSendsRequestsThroughTheTree(t *testing.T) {
	// The duration grows until there is time for a request in both cases.
	for duration := 200 * time.Millisecond; ; duration *= 4 {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"bench", "--proxy", "--clients", "5", "--rounds", "1", "--duration", duration.String(), "--json"}, &out, &errs)
		var got struct{ Alone, Watched float64 }
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || code != exitOK {
			t.Fatalf("exit %d, got %+v, %v %s; want requests in both cases", code, got, err, errs.String())
		}
		if got.Alone > 0 && got.Watched > 0 {
			return
		}
	}
}
