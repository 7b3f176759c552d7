package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

// childDir is set in the process that TestKilledUnderWriters kills: the folder
// of its journal.
const childDir = "CALLBOARD_TEST_JOURNAL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := serveUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serveUntilKilled is a board whose instance is kept. It prints its address.
func serveUntilKilled(dir string) error {
	j, err := journal.Open(dir, options())
	if err != nil {
		return err
	}
	rt := director.New(director.Options{})
	if report := j.Restore(rt); len(report.Problems) > 0 {
		return fmt.Errorf("not restored: %q", report.Problems)
	}
	if len(rt.Tree().VCLs()) == 0 {
		if _, err := rt.AddVCL("boot"); err != nil {
			return err
		}
	}
	if err := j.Start(rt); err != nil {
		return err
	}
	board, err := server.New(server.Options{Runtime: rt, Durability: j})
	if err != nil {
		return err
	}
	listener, err := server.ListenLoopback("127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return http.Serve(listener, board)
}

// A board is one in a process of its own.
type board struct {
	t      *testing.T
	cmd    *exec.Cmd
	api    string
	client *http.Client
}

func startBoard(t *testing.T, dir string) *board {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return &board{t, cmd, "http://" + strings.TrimSpace(address) + "/api/v1/instances/main/", &http.Client{Transport: &http.Transport{}}}
}

// post reports whether the command was answered.
func (b *board) post(method, path, body string) bool {
	req, err := http.NewRequestWithContext(context.Background(), method, b.api+path, strings.NewReader(body))
	must(b.t, err)
	resp, err := b.client.Do(req)
	if err != nil {
		return false // killed
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		b.t.Errorf("%s %s %s: %s\n%s", method, path, body, resp.Status, text)
	}
	return err == nil
}

// A writer adds pools, and changes one weight, until its board is killed.
type writer struct {
	name   string
	pools  int // answered
	weight int // the last one that was answered
}

func (w *writer) run(b *board, answered *atomic.Int64) {
	for {
		pool := fmt.Sprintf(`{"name":"%s.%d","type":"random","members":[{"director":"a"},{"director":"a"},{"director":"a"},{"director":"a"}]}`, w.name, w.pools)
		if !b.post("POST", "directors", pool) {
			return
		}
		w.pools++
		answered.Add(1)
		if !b.post("PUT", "directors/"+w.name+"/members/1", fmt.Sprintf(`{"weight":%d}`, w.weight+1)) {
			return
		}
		w.weight++
		answered.Add(1)
	}
}

// check compares what is kept with what was answered. What was on its way may be
// there or not, but not by half.
func (w *writer) check(t *testing.T, kept *tree.Snapshot) {
	t.Helper()
	for i := range w.pools + 2 {
		d, ok := kept.Lookup("boot", fmt.Sprintf("%s.%d", w.name, i))
		switch {
		case !ok && i < w.pools:
			t.Errorf("%s.%d was answered and is lost", w.name, i)
		case ok && d.TotalMembers() != 4:
			t.Errorf("%s.%d has %d of its 4 members", w.name, i, d.TotalMembers())
		case ok && i > w.pools:
			t.Errorf("%s.%d was never asked for", w.name, i)
		case ok && i == w.pools:
			w.pools++ // it was on its way
		}
	}
	d, _ := kept.Lookup("boot", w.name)
	m, _ := d.Member(1)
	if got := int(m.Weight); got != w.weight && got != w.weight+1 {
		t.Errorf("%s has the weight %d, want %d, or %d that was on its way", w.name, got, w.weight, w.weight+1)
	}
	w.weight = int(m.Weight)
}

// However a process ends, what it has answered is kept.
func TestKilledUnderWriters(t *testing.T) {
	const writers, rounds, each = 4, 5, 120
	dir := t.TempDir()
	b := startBoard(t, dir)
	b.post("POST", "directors", `{"name":"a","type":"backend","backend":{"host":"192.0.2.1","port":80}}`)
	all := make([]*writer, writers)
	for i := range all {
		all[i] = &writer{name: fmt.Sprint("w", i)}
		b.post("POST", "directors", `{"name":"`+all[i].name+`","type":"random","members":[{"director":"a","weight":0}]}`)
	}
	for round := range rounds {
		var answered atomic.Int64
		var writing sync.WaitGroup
		for _, w := range all {
			writing.Go(func() { w.run(b, &answered) })
		}
		for answered.Load() < int64(each+round*7) && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		must(t, b.cmd.Process.Kill())
		_ = b.cmd.Wait()
		writing.Wait()
		j, err := journal.Open(dir, options())
		must(t, err)
		for _, w := range all {
			w.check(t, j.Kept())
		}
		must(t, j.Close())
		if t.Failed() {
			return
		}
		b = startBoard(t, dir)
	}
}
