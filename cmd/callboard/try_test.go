package main

import (
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
		{"try empty -n 2", "failed, 2 ×: director empty returned no backend"},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != exitOK || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
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
		{"probe --backend 127.0.0.1:" + port + " --set probe.expected_response=204", "bad after "},
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
