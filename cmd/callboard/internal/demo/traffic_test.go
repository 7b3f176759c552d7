package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/internal/await"
)

// fakeTransport answers without a network.
type fakeTransport func(*http.Request) (*http.Response, error)

func (f fakeTransport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(name string, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"X-Backend": {name}}, Body: io.NopCloser(strings.NewReader("x")),
	}
}

// runTraffic runs traffic for a virtual time and returns when it has ended.
func runTraffic(t *testing.T, d time.Duration, tr *Traffic) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	tr.Run(ctx)
}

func TestTrafficIsSteadyAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, n := time.Now(), 0
		client := &http.Client{Transport: fakeTransport(func(r *http.Request) (*http.Response, error) {
			n++
			if got, want := time.Since(start), time.Duration(n)*200*time.Millisecond; got != want {
				t.Errorf("request %d after %v, want %v", n, got, want)
			}
			switch n % 3 {
			case 0:
				return nil, errors.New("refused")
			case 1:
				return answer("a1", 200), nil
			default:
				return answer("a2", 503), nil
			}
		})}
		tr := &Traffic{URL: "http://x/", Client: client}
		runTraffic(t, 1900*time.Millisecond, tr)
		if c := tr.Counts(); c["a1"] != 3 || c["a2"] != 3 || tr.Failed() != 3 {
			t.Errorf("got %v and %d failed, want 3 of each", c, tr.Failed())
		}
	})
}

func TestTrafficDoesNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan struct{}, 1000)
		client := &http.Client{Transport: fakeTransport(func(r *http.Request) (*http.Response, error) {
			asked <- struct{}{}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		tr := &Traffic{URL: "http://x/", Client: client, Rate: 100}
		runTraffic(t, time.Minute, tr)
		if len(asked) != maxInFlight {
			t.Errorf("asked %d times, want %d", len(asked), maxInFlight)
		}
		if len(tr.Counts()) != 0 || tr.Failed() != 0 {
			t.Errorf("what was broken off at the end was counted: %v, %d", tr.Counts(), tr.Failed())
		}
	})
}

func TestTrafficThroughRealBackends(t *testing.T) {
	bs, client := newBackends(t, "a1")
	tr := &Traffic{URL: "http://" + bs.Addr("a1") + "/", Client: client, Rate: 200}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); tr.Run(ctx) }()
	await.Until(t, "three requests are answered", func() bool { return tr.Counts()["a1"] >= 3 })
	if err := bs.Stop("a1"); err != nil {
		t.Fatal(err)
	}
	await.Until(t, "three requests have failed", func() bool { return tr.Failed() >= 3 })
	cancel()
	<-done
}
