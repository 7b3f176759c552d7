package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/internal/await"
)

// A program that runs until it is stopped.
type running struct {
	t            testing.TB
	stop         func() int
	board, proxy string
}

// start runs a command and reads the addresses that it prints.
func start(t testing.TB, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	code := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		code <- run(ctx, append(args, "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0"), writer, &stderr)
		writer.Close()
	}()
	var r running
	r.t = t
	r.stop = func() int {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, reader) }()
		return <-code
	}
	buffer := make([]byte, 1000)
	n, err := reader.Read(buffer)
	lines := strings.Split(string(buffer[:n]), "\n")
	if err != nil || len(lines) != 3 || !strings.HasPrefix(lines[0], "board  http://127.0.0.1:") || !strings.HasPrefix(lines[1], "proxy  http://127.0.0.1:") || lines[2] != "" {
		t.Fatalf("printed %q, %v, %s, want two addresses", buffer[:n], err, stderr.String())
	}
	r.board, r.proxy = strings.TrimPrefix(lines[0], "board  "), strings.TrimPrefix(lines[1], "proxy  ")
	return &r
}

// get returns the answer of an address, without keeping the connection.
func (r *running) get(url string) (*http.Response, string) {
	r.t.Helper()
	req, _ := http.NewRequest("GET", url, nil)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

func TestServeStartsEmptyAndEndsWell(t *testing.T) {
	r := start(t, "serve", "--instance", "shop")
	if resp, _ := r.get(r.board); resp.StatusCode != 200 || resp.Request.URL.Path != "/i/shop/" {
		t.Errorf("board: got %d at %s", resp.StatusCode, resp.Request.URL)
	}
	if resp, body := r.get(r.proxy); resp.StatusCode != 503 {
		t.Errorf("proxy: got %d %q, want 503", resp.StatusCode, body)
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit: got %d, want 0", code)
	}
}

// What everybody may rely on in the demo: its tree, that the proxy answers with
// its backends, and that a failing one is noticed. BenchmarkDemo tells how soon.
func TestDemo(t *testing.T) {
	r := start(t, "demo", "--quiet-traffic")
	r.waitHealthy()
	_, stdout, _ := call(t.Context(), "list", "--url", r.board)
	for name, members := range map[string]string{
		"pool_a  round-robin": "a1 a2 a3", "pool_b  random": "b1=2 b2=1", "cache   shard": "a1=1 a2=1 a3=1", "site    fallback": "pool_a pool_b c1",
	} {
		found := false
		for line := range strings.Lines(stdout) {
			found = found || strings.HasPrefix(line, "boot."+name) && strings.HasSuffix(strings.TrimSpace(line), members)
		}
		if !found {
			t.Errorf("list: no line with %s and %s\n%s", name, members, stdout)
		}
	}
	seen := map[string]bool{}
	for range 6 {
		resp, _ := r.get(r.proxy)
		seen[resp.Header.Get("X-Backend")] = true
	}
	if !seen["a1"] || !seen["a2"] || !seen["a3"] || len(seen) != 3 {
		t.Errorf("answers came from %v, want a1, a2 and a3", seen)
	}
	req, _ := http.NewRequest("PUT", r.board+"api/v1/instances/demo/faults/a1", strings.NewReader(`{"failing":true}`))
	req.Close = true
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != 200 {
		t.Fatalf("fault: got %v, %v", resp, err)
	}
	r.eventually("a1 is sick", func() bool {
		_, body := r.get(r.board + "api/v1/instances/demo/directors/a1")
		return strings.Contains(body, `"healthy":false`)
	})
	if code := r.stop(); code != 0 {
		t.Errorf("exit: got %d, want 0", code)
	}
}

// Until a demo that starts is healthy, until the failure of a backend is known,
// and until the demo has ended.
func BenchmarkDemo(b *testing.B) {
	took := map[string]time.Duration{}
	for b.Loop() {
		begun := time.Now()
		lap := func(what string) {
			took[what] += time.Since(begun)
			begun = time.Now()
		}
		r := start(b, "demo", "--quiet-traffic")
		r.waitHealthy()
		lap("healthy")
		r.must("PUT", "faults/a1", `{"failing":true}`)
		r.eventually("a1 is sick", func() bool {
			return strings.Contains(r.must("GET", "directors/a1", ""), `"healthy":false`)
		})
		lap("sick")
		r.stop()
		lap("end")
	}
	for what, t := range took {
		b.ReportMetric(t.Seconds()/float64(b.N), "s/"+what)
	}
}

func TestDemoTraffic(t *testing.T) {
	r := start(t, "demo")
	r.eventually("requests are counted", func() bool {
		_, body := r.get(r.board + "api/v1/instances/demo/directors/a1")
		return strings.Contains(body, `"requests":`) && !strings.Contains(body, `"requests":0`)
	})
	if code := r.stop(); code != 0 {
		t.Errorf("exit: got %d, want 0", code)
	}
}

// waitHealthy waits until all directors of the demo are healthy.
func (r *running) waitHealthy() {
	r.t.Helper()
	r.eventually("all are healthy", func() bool {
		_, body := r.get(r.board + "api/v1/instances/demo/directors?q=healthy")
		return strings.Count(body, `"full_name"`) == 10
	})
}

// eventually waits for a condition that something else brings about.
func (r *running) eventually(what string, ok func() bool) {
	r.t.Helper()
	await.Until(r.t, what, ok)
}
