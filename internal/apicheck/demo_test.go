package apicheck

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// demo is the address of a running demo, with a slash at its end. All tests share
// it; each makes what it needs.
var demo string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "apicheck")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		stop, err := startDemo(filepath.Join(folder, "callboard"))
		if err != nil {
			panic(err)
		}
		defer stop()
		return m.Run()
	}())
}

// startDemo builds the program of the module around this one, and runs it.
func startDemo(binary string) (stop func(), err error) {
	build := exec.Command("go", "build", "-o", binary, "./cmd/callboard")
	build.Dir, build.Stderr = filepath.Join("..", ".."), os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--quiet-traffic")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := regexp.MustCompile(`^board +(http://\S+/)`).FindStringSubmatch(lines.Text()); at != nil {
			demo = at[1]
			break
		}
	}
	go io.Copy(io.Discard, out)
	return func() {
		cancel()
		_ = cmd.Wait() // it was told to stop
	}, nil
}

// document returns the OpenAPI document of the demo.
func document(t *testing.T) []byte {
	t.Helper()
	resp, err := http.Get(demo + "api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the document: got %s, %v", resp.Status, err)
	}
	return text
}
