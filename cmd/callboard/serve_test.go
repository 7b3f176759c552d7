package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asProgram makes this test binary the program; see TestMain.
const asProgram = "CALLBOARD_TEST_AS_PROGRAM"

// do runs commands against a board, one a line, each of which has to succeed,
// and returns what they print.
func do(t *testing.T, board, lines string) string {
	t.Helper()
	var printed strings.Builder
	for line := range strings.Lines(lines) {
		args := append(strings.Fields(line), "--url", board)
		code, stdout, stderr := call(t.Context(), args...)
		if code != 0 {
			t.Fatalf("%s: got %d, %s%s", line, code, stdout, stderr)
		}
		printed.WriteString(stdout)
	}
	return printed.String()
}

const (
	changes = `add a1 --type backend --backend 127.0.0.1:1 --max-connections 5
		add a2 --type backend --backend 127.0.0.1:2
		add gone --type backend --backend 127.0.0.1:3
		add pool --type random --member a1=2 --member a2
		add site --type fallback --option sticky=true --member pool --member gone
		vcl add next
		vcl temperature next cold
		vcl default boot site
		set-health a2 sick
		pin a2 --note lunch
		assign pool a1 --slot 2 --weight 7
		delete gone`
	shows = `list pool
		list a1
		list a2
		list site
		vcl list`
)

// fresh takes out what a restart ends, a slot that holds a deleted director,
// and what it numbers anew.
var fresh = regexp.MustCompile(` gone\b|pin \d+`)

func TestServeKeepsItsData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	r := start(t, "serve", "--data", dir)
	do(t, r.board, changes)
	before := do(t, r.board, shows)
	code, _, stderr := call(t.Context(), "serve", "--data", dir, "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0")
	if code != exitRefused || !strings.Contains(stderr, "another callboard is using this folder") {
		t.Errorf("a second one: got %d, %q, want a refusal", code, stderr)
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit: got %d, want 0", code)
	}

	r = start(t, "serve", "--data", dir)
	if got, want := fresh.ReplaceAllString(do(t, r.board, shows), ""), fresh.ReplaceAllString(before, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	do(t, r.board, "add more --type hash\nvcl discard next")
	r.stop()
	r = start(t, "serve", "--data", dir)
	if got := do(t, r.board, "list\nvcl list"); !strings.Contains(got, "boot.more") || strings.Contains(got, "next") {
		t.Errorf("after a third start: got\n%s", got)
	}
	r.stop()
}

// A process that is killed, as by kill -9 or the kernel, loses nothing that was
// answered.
func TestServeIsKilled(t *testing.T) {
	for _, flags := range [][]string{nil, {"--durable"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) { serveIsKilled(t, flags) })
	}
}

func serveIsKilled(t *testing.T, flags []string) {
	dir := t.TempDir()
	board, kill := child(t, dir, flags...)
	do(t, board, changes)
	before := do(t, board, shows)
	kill()

	board, kill = child(t, dir, flags...)
	if got, want := fresh.ReplaceAllString(do(t, board, shows), ""), fresh.ReplaceAllString(before, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if told := kill(); strings.Count(told, "restored 4 directors of 2 VCLs from "+dir) != 1 {
		t.Errorf("told %q", told)
	}
}

// child runs the program as a process of its own, until kill ends it at once.
// kill returns what it has printed to stderr.
func child(t *testing.T, dir string, flags ...string) (board string, kill func() string) {
	t.Helper()
	c := exec.Command(os.Args[0], append([]string{"serve", "--data", dir, "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0"}, flags...)...)
	c.Env = append(os.Environ(), asProgram+"=1")
	var stderr strings.Builder
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() string {
		_ = c.Process.Kill() // SIGKILL
		_ = c.Wait()
		return stderr.String()
	}
	t.Cleanup(func() { kill() })
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("printed %q: %v, %s", line, err, kill())
	}
	return strings.TrimPrefix(strings.TrimSpace(line), "board  "), kill
}
