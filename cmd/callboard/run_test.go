package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/server"
)

// newBoard starts a board below a prefix, with backends a1 and a2, and pool of
// a1. It returns a function that runs a command against it.
func newBoard(t *testing.T) (rt *director.Runtime, do func(args ...string) (code int, stdout, stderr string)) {
	t.Helper()
	rt = director.New(director.Options{Name: "test"})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	a1, err := v.Add("a1", directortest.NewBackend("a1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Add("a2", directortest.NewBackend("a2")); err != nil {
		t.Fatal(err)
	}
	pool := lb.NewRoundRobin()
	if _, err := v.Add("pool", pool); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.AddMember(a1, 1); err != nil {
		t.Fatal(err)
	}
	board, err := server.New(server.Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ops/", http.StripPrefix("/ops", board))
	web := httptest.NewServer(mux)
	t.Cleanup(func() {
		if err := board.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
		if err := rt.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return rt, func(args ...string) (int, string, string) {
		return call(t.Context(), append(args, "--url", web.URL+"/ops/")...)
	}
}

// call runs a command.
func call(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(ctx, args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestCommandsChangeTheTree(t *testing.T) {
	_, do := newBoard(t)
	for _, step := range []struct {
		args string
		want string // in what is printed
	}{
		{"list", "boot.pool  round-robin  live   healthy  1     owner               a1"},
		{"list pool", "boot.pool"},
		{"list nothing", "no directors"},
		{"add r --type random --member a1=2 --member a2", "added boot.r, a director of type random"},
		{"list random", "a1=2 a2=1"},
		{"add b --type backend --backend 127.0.0.1:1 --max-connections 5", "added boot.b, a director of type backend"},
		{"add g --type backend --backend 127.0.0.1:1 --set host_header=shop --set probe.interval=7s --into r", "added boot.g"},
		{"list random", "a1=2 a2=1 g=1"},
		{"dump g", "7s"},
		{"assign r --slot 3 --remove", "removed slot 3 of r"},
		{"add f --type fallback --option sticky=true", "added boot.f"},
		{"assign pool a2", "pool holds a2 in slot 2"},
		{"assign pool b --slot 2", "assigned slot 2 of pool"},
		{"assign r --slot 1 --weight 7", "assigned slot 1 of r"},
		{"list random", "a1=7"},
		{"assign pool --slot 2 --remove", "removed slot 2 of pool"},
		{"set-health a* sick", "set 2 to sick"},
		{"list sick fake", "sick (by hand)"},
		{"pin a1 --note lunch", "holds a1"},
		{"list a1", "pool slot 1, r slot 1, pin"},
		{"delete a1 --preview", "lingers   a1, held by pool slot 1, r slot 1, pin"},
		{"delete a1", "deleted a1: lingering, held by pool slot 1, r slot 1, pin"},
		{"delete f", "deleted f: destroyed"},
		{"add a=1 --type backend --backend 127.0.0.1:http", "added boot.a=1"},
		{"dump a=1", "address: 127.0.0.1:80"},
		{"add e --type random --member a=1=2 --member a=1=1", "added boot.e"},
		{"list e", "a=1=2 a=1=1"},
		{"delete e", "deleted e"},
		{"vcl list", "boot  active  warm"},
		{"vcl add next", "added VCL next"},
		{"vcl default boot pool", "the default of boot is pool"},
		{"vcl temperature next cold", "VCL next is to be cold"},
		{"vcl temperature next auto", "VCL next is to be auto"},
		{"vcl label shop next", "label shop is VCL next"},
		{"vcl list", "label shop"},
		{"vcl unlabel shop", "removed label shop"},
		{"vcl discard next", "discarded VCL next"},
		{"vcl use boot", "VCL boot is active"},
		{"events --kind director.destroyed", "director.destroyed    boot.f"},
		{"events --director f --limit 1", "director.added        boot.f  fallback"},
		{"events --follow --after 0 --limit 2", "vcl.temperature       boot  init → warm"},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != 0 || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
		}
	}
}

func TestPinAndUnpin(t *testing.T) {
	rt, do := newBoard(t)
	code, stdout, _ := do("pin", "--json", "a1")
	var pin struct{ ID json.Number }
	if err := json.Unmarshal([]byte(stdout), &pin); code != 0 || err != nil {
		t.Fatalf("got %d %q %v, want a pin", code, stdout, err)
	}
	if d, _ := rt.Tree().Find("a1"); d.CountHolders().Pins != 1 {
		t.Errorf("got %+v, want a pin", d.CountHolders())
	}
	if code, stdout, stderr := do("unpin", pin.ID.String()); code != 0 {
		t.Errorf("got %d, %q, %q", code, stdout, stderr)
	}
	if d, _ := rt.Tree().Find("a1"); d.CountHolders().Pins != 0 {
		t.Errorf("got %+v, want no pin", d.CountHolders())
	}
}

func TestJSONEverywhere(t *testing.T) {
	_, do := newBoard(t)
	for _, args := range []string{
		"list", "add x --type random", "assign pool a2", "set-health a1 sick", "pin a1", "delete a1 --preview",
		"list nothing", "delete a1", "vcl list", "vcl add v", "events --limit 1", "events --follow --after 0 --limit 1",
	} {
		code, stdout, stderr := do(append(strings.Fields(args), "--json")...)
		if code != 0 || !json.Valid([]byte(stdout)) {
			t.Errorf("%s --json: got %d, %q, %q", args, code, stdout, stderr)
		}
	}
}

func TestExitCodes(t *testing.T) {
	_, do := newBoard(t)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for args, want := range map[string]int{
		"delete nobody":                        exitRefused,
		"set-health a1 poorly":                 exitRefused,
		"add a1 --type random":                 exitRefused,
		"add x --type random --member nobody":  exitRefused,
		"list --instance other":                exitRefused,
		"list --vcl nobody":                    exitRefused,
		"delete":                               exitUsage,
		"delete a b":                           exitUsage,
		"assign pool":                          exitUsage,
		"assign pool a1 --slot 1 --remove":     exitUsage,
		"add x --type backend --backend here":  exitUsage,
		"add x --type backend --backend h:":    exitUsage,
		"add x --type backend --backend h:no":  exitRefused,
		"vcl label shop nobody":                exitRefused,
		"add x --type random --member a1=much": exitUsage,
		"add x --type random --option sticky":  exitUsage,
		"list --colour":                        exitUsage,
		"vcl":                                  exitUsage,
		"vcl sing":                             exitUsage,
		"vcl add":                              exitUsage,
		"vcl discard boot":                     exitRefused,
		"sing":                                 exitUsage,
	} {
		if code, stdout, stderr := do(strings.Fields(args)...); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, %q, want %d and a word why", args, code, stdout, stderr, want)
		}
	}
	for url, want := range map[string]int{
		"http://127.0.0.1:1/": exitUnreachable, other.URL: exitUnreachable, "nonsense": exitUsage, "ftp://x/": exitUsage,
	} {
		if code, _, stderr := call(t.Context(), "list", "--url", url); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, want %d", url, code, stderr, want)
		}
	}
	for _, args := range []string{"demo x", "serve x", "demo --addr 0.0.0.0:0", "serve --addr :0", "serve --durable"} {
		if code, _, stderr := call(t.Context(), strings.Fields(args)...); code == 0 || stderr == "" {
			t.Errorf("%s: got %d, %q, want a refusal", args, code, stderr)
		}
	}
}

func TestHelp(t *testing.T) {
	code, stdout, _ := call(t.Context(), "help")
	for _, c := range commands() {
		if !strings.Contains(stdout, "callboard "+c.name) {
			t.Errorf("help: got %d, %q, want %s in it", code, stdout, c.name)
		}
		code, own, stderr := call(t.Context(), c.name, "--help")
		if code != 0 || !strings.Contains(own, c.short) || !strings.Contains(own, "flags:") || stderr != "" {
			t.Errorf("%s --help: got %d, %q, %q", c.name, code, own, stderr)
		}
	}
	if code, _, stderr := call(t.Context()); code != exitUsage || stderr == "" {
		t.Errorf("no command: got %d, %q", code, stderr)
	}
}
