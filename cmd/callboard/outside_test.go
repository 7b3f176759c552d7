package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A secret is there again after the sudden end of the program, for its probe
// alone.
func TestASecretSurvivesASuddenEnd(t *testing.T) {
	const secret = "m4rk-of-a-secret"
	asked := make(chan struct{}, 1)
	origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("token") != secret {
			return
		}
		select {
		case asked <- struct{}{}:
		default:
		}
	}))
	defer origin.Close()
	dir := t.TempDir()
	board, kill := child(t, dir)
	address := strings.TrimPrefix(origin.URL, "http://")
	do(t, board, fmt.Sprintf("add a --type backend --backend %s --set probe.url=/h?token=%s --set probe.interval=100ms", address, secret))
	<-asked
	for kept := ""; !strings.Contains(kept, `"director":"a"`); { // not yet when the command was answered
		kept = ""
		files, _ := filepath.Glob(filepath.Join(dir, "main", "2*.ndjson"))
		for _, file := range files {
			text, _ := os.ReadFile(file)
			kept += string(text)
		}
	}
	told := kill()
	for len(asked) > 0 {
		<-asked
	}
	board, kill = child(t, dir)
	<-asked
	told += do(t, board, "list a\nlist --varnish -p\ndump a\nevents\nevents --json\nlist --json")
	if told += kill(); strings.Contains(told, secret) || !strings.Contains(told, "{secret}") {
		t.Errorf("the secret was told, or nothing of it:\n%s", told)
	}
}

func TestFlagsOfWhatMayBeNamedAreChecked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"--ca-dir " + file, "--ca-dir " + file + "/none", "--socket-dir " + file, "--least-interval 0s", "--proxy-connections -1",
	} {
		all := append([]string{"serve", "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0"}, strings.Fields(args)...)
		if code, stdout, _ := call(t.Context(), all...); code == 0 || stdout != "" {
			t.Errorf("%s: got %d, %s", args, code, stdout)
		}
	}
}
