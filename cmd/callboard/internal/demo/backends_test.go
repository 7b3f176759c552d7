package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/internal/await"
)

// newBackends starts backends, and checks at the end of the test that they
// leave no goroutine behind.
func newBackends(t *testing.T, names ...string) (*Backends, *http.Client) {
	t.Helper()
	before := runtime.NumGoroutine()
	bs, err := NewBackends(names...)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		bs.Close()
		client.CloseIdleConnections()
		// The connections' goroutines notice the close a moment later.
		await.Until(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
	})
	return bs, client
}

// get returns the answer of a backend and its body.
func get(t *testing.T, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestEachBackendNamesItself(t *testing.T) {
	bs, client := newBackends(t, "a1", "a2")
	for _, name := range bs.Names() {
		resp, body := get(t, client, "http://"+bs.Addr(name)+"/some/where")
		if got := resp.Header.Get("X-Backend"); got != name {
			t.Errorf("X-Backend: got %q, want %q", got, name)
		}
		if want := name + " answers /some/where\n"; body != want {
			t.Errorf("body: got %q, want %q", body, want)
		}
	}
}

func TestFailingFailsForReal(t *testing.T) {
	bs, client := newBackends(t, "a1", "a2")
	status := func(name, path string) int {
		resp, _ := get(t, client, "http://"+bs.Addr(name)+path)
		if got := resp.Header.Get("X-Backend"); got != name {
			t.Errorf("X-Backend of %s: got %q, want %q", path, got, name)
		}
		return resp.StatusCode
	}
	for _, failing := range []bool{false, true, false} {
		if err := bs.SetFailing("a1", failing); err != nil {
			t.Fatal(err)
		}
		want := map[bool]int{false: 200, true: 503}[failing]
		for _, path := range []string{"/health", "/", "/bytes?n=1"} {
			if got := status("a1", path); got != want {
				t.Errorf("failing %v: %s: got %d, want %d", failing, path, got, want)
			}
		}
		if got := status("a2", "/health"); got != 200 || bs.Failing("a1") != failing {
			t.Errorf("the other one: got %d, want 200; Failing: got %v, want %v", got, bs.Failing("a1"), failing)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	bs, _ := newBackends(t, "a1")
	for what, err := range map[string]error{
		"SetFailing": bs.SetFailing("zz", true), "Stop": bs.Stop("zz"), "Start": bs.Start("zz"),
	} {
		if !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: got %v, want %v", what, err, ErrUnknown)
		}
	}
	if bs.Addr("zz") != "" || bs.Running("zz") || bs.Failing("zz") {
		t.Error("an unknown backend has an address, runs or fails")
	}
	if _, err := NewBackends("a1", "a1"); err == nil {
		t.Error("two of one name: got no error")
	}
}

func TestStopAndStartKeepThePort(t *testing.T) {
	bs, client := newBackends(t, "a1")
	addr := bs.Addr("a1")
	for range 3 {
		for range 2 { // the second time does nothing
			if err := bs.Stop("a1"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := client.Get("http://" + addr + "/"); err == nil || bs.Running("a1") {
			t.Fatal("a stopped backend answers")
		}
		for range 2 {
			if err := bs.Start("a1"); err != nil {
				t.Fatal(err)
			}
		}
		get(t, client, "http://"+addr+"/")
		if bs.Addr("a1") != addr || !bs.Running("a1") {
			t.Fatalf("after start: got %s, running %v; want %s, true", bs.Addr("a1"), bs.Running("a1"), addr)
		}
	}
	bs.Close()
	if err := bs.Start("a1"); err == nil {
		t.Error("started after Close")
	}
}

// A clocked writer takes down when it was flushed, and what had come by then.
type clocked struct {
	*httptest.ResponseRecorder
	begun time.Time
	seen  []string
}

func (c *clocked) Flush() {
	c.ResponseRecorder.Flush()
	c.seen = append(c.seen, fmt.Sprintf("%v %q", time.Since(c.begun), c.Body))
}

func TestSlowSendsALineASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &clocked{ResponseRecorder: httptest.NewRecorder(), begun: time.Now()}
		handler("a1", new(atomic.Bool)).ServeHTTP(w, httptest.NewRequest("GET", "/slow?s=2", nil))
		want := []string{`0s ""`, `1s "a1 1/2\n"`, `2s "a1 1/2\na1 2/2\n"`}
		if !slices.Equal(w.seen, want) {
			t.Errorf("got %q, want %q", w.seen, want)
		}
	})
}

func TestStopBreaksOffASlowAnswer(t *testing.T) {
	bs, client := newBackends(t, "a1")
	resp, err := client.Get("http://" + bs.Addr("a1") + "/slow?seconds=3600")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := bs.Stop("a1"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the broken body looks whole")
	}
}

func TestASlowAnswerEndsWithItsClient(t *testing.T) {
	bs, client := newBackends(t, "a1") // whose cleanup finds a handler that is left
	resp, err := client.Get("http://" + bs.Addr("a1") + "/slow?seconds=3600")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestBoundedNumbers(t *testing.T) {
	bs, client := newBackends(t, "a1")
	for path, want := range map[string]int{
		"/slow": 400, "/slow?seconds=3601": 400, "/slow?s=-1": 400, "/slow?s=x": 400, "/slow?s=0": 200,
		"/bytes": 400, "/bytes?n=67108865": 400, "/bytes?n=0": 200, "/bytes?n=100000": 200,
	} {
		resp, body := get(t, client, "http://"+bs.Addr("a1")+path)
		if resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, resp.StatusCode, want)
		}
		if path == "/bytes?n=100000" && len(body) != 100000 {
			t.Errorf("%s: got %d bytes", path, len(body))
		}
	}
	if _, body := get(t, client, "http://"+bs.Addr("a1")+"/slow?s=x"); !strings.Contains(body, "from 0 to 3600") {
		t.Errorf("the refusal does not tell the bounds: %q", body)
	}
}
