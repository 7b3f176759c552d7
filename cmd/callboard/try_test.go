package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTry(t *testing.T) {
	_, do := newBoard(t)
	for _, step := range []struct {
		args string
		want string // in what is printed
	}{
		{"try pool", "pool → a1"},
		{"try pool", "status 200"},
		{"try a1 --dry", "a1"},
		{"try pool --header X-A:b --json", `"director": "a1"`},
		{"add r --type random --member a1=3 --member a2", "added boot.r"},
		{"try r -n 500 --dry", "500 requests in "},
		{"try r -n 50 --vary path --path /x --concurrency 2", "a1"},
		{"add empty --type random", "added boot.empty"},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != exitOK || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
		}
	}
}

// A script learns from the exit code that what was tried failed; the words are
// on its standard output.
func TestWhatWasTriedInVainIsToldByTheExitCode(t *testing.T) {
	_, do := newBoard(t)
	if code, _, stderr := do("add", "empty", "--type", "random"); code != 0 {
		t.Fatal(stderr)
	}
	closed := closedPort(t)
	port := newOrigin(t, "origin")
	for args, want := range map[string]string{
		"try empty -n 2":                                  "failed, 2 ×: director empty returned no backend",
		"try empty --dry --json":                          `"errors": [`,
		"probe --backend 127.0.0.1:" + closed:             "bad after ",
		"probe --backend 127.0.0.1:" + closed + " --json": `"good": false`,
		"probe --backend 127.0.0.1:" + port + " --set probe.expected_response=204": "bad after ",
	} {
		code, stdout, stderr := do(strings.Fields(args)...)
		if code != exitRefused || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %d and %q", args, code, stdout, stderr, exitRefused, want)
		}
	}
}

// closedPort returns a port at which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// A whole request is given line by line, as a list in JSON, or as a text.
func TestProbeRequestIsAList(t *testing.T) {
	var got string
	origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Method + " " + r.URL.Path + " " + r.Header.Get("X-A")
	}))
	defer origin.Close()
	_, do := newBoard(t)
	lines := []string{"HEAD /alive HTTP/1.1", "Host: shop", "X-A: b", "Connection: close"}
	list, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	set := func(values ...string) (args []string) {
		for _, value := range values {
			args = append(args, "--set", "probe.request="+value)
		}
		return args
	}
	for name, flags := range map[string][]string{
		"repeated": set(lines...), "JSON": set(string(list)), "text": set(strings.Join(lines, "\r\n")),
		"mixed": set(lines[0], `["Host: shop","X-A: b"]`, lines[3]),
	} {
		got = ""
		code, stdout, stderr := do(append([]string{"probe", "--backend", strings.TrimPrefix(origin.URL, "http://")}, flags...)...)
		if code != exitOK || got != "HEAD /alive b" {
			t.Errorf("%s: got %d, %q, %q and the request %q", name, code, stdout, stderr, got)
		}
	}
}

func TestTryIsRefused(t *testing.T) {
	_, do := newBoard(t)
	for args, want := range map[string]int{
		"try":                    exitUsage,
		"try pool -n 0":          exitUsage,
		"try pool --header X":    exitUsage,
		"try pool -n 5000":       exitRefused,
		"try pool --method POST": exitRefused,
		"try nobody":             exitRefused,
	} {
		if code, _, stderr := do(strings.Fields(args)...); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, want %d and a word why", args, code, stderr, want)
		}
	}
}

func TestProbe(t *testing.T) {
	_, do := newBoard(t)
	port := newOrigin(t, "origin")
	for _, step := range []struct {
		args string
		want string // in what is printed
	}{
		{"probe --backend 127.0.0.1:" + port, "good after "},
		{"probe --backend 127.0.0.1:" + port + " --probe / --json", `"good": true`},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != exitOK || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
		}
	}
}

// A field is wrong on the command line, or for the board.
func TestBackendFieldsAreRefused(t *testing.T) {
	_, do := newBoard(t)
	for args, want := range map[string]int{
		"probe":                     exitRefused,
		"probe --backend 127.0.0.1": exitUsage,
		"probe --backend 127.0.0.1:1 --set window":       exitUsage,
		"probe --backend 127.0.0.1:1 --set port.x=1":     exitUsage,
		"probe --backend 127.0.0.1:1 --set nothing=1":    exitRefused,
		"probe --backend 127.0.0.1:1 --set probe.url=ab": exitRefused,
		"fault a1 perhaps":                               exitUsage,
		"fault a1 on":                                    exitRefused, // only the demo can
		"dump nobody":                                    exitRefused,
	} {
		if code, _, stderr := do(strings.Fields(args)...); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, want %d and a word why", args, code, stderr, want)
		}
	}
}
