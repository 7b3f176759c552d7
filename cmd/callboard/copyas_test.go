package main

import (
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A copied is a command of the API, and the texts that the page gives for it.
type copied struct {
	Method, Path string
	Curl, CLI    string
	Go           []string
}

// copiedPlace is where the board is in these texts, copiedPin a pin, copiedUndo a
// director that was deleted.
const (
	copiedPlace = "http://board.example/ops/"
	copiedPin   = "4711"
	copiedUndo  = "4712"
)

// readCopied reads the table that the tests of static/js/copyas.js compare with
// what that makes. Its commands follow from one another: they go to a demo in order.
func readCopied(t *testing.T) []copied {
	t.Helper()
	data, err := os.ReadFile("../../static/test/copyas.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Commands []copied }
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Commands) < 17 {
		t.Fatalf("got %d commands, want one of each route at least", len(table.Commands))
	}
	return table.Commands
}

func TestCopiedCommandLinesWork(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic", "--socket-dir", "/run") // where a copied command has a socket
	path := programPath(t)
	for _, c := range readCopied(t) {
		before := r.seq()
		if strings.HasPrefix(c.CLI, "#") {
			r.runCopied(path, c, c.Curl)
		} else {
			r.runCopied(path, c, c.CLI)
		}
		r.checkDone(c, before)
	}
}

func TestCopiedCurlWorks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	r := startDemo(t, "--quiet-traffic", "--socket-dir", "/run") // where a copied command has a socket
	for _, c := range readCopied(t) {
		before := r.seq()
		answer := r.runCopied(os.Getenv("PATH"), c, c.Curl)
		if strings.Contains(answer, `"status":4`) {
			t.Errorf("%s: got %s", c.Curl, answer)
		}
		r.checkDone(c, before)
	}
}

// runCopied gives a text to a shell, as whoever pastes it would.
func (r *running) runCopied(path string, c copied, text string) (answer string) {
	r.t.Helper()
	text = strings.ReplaceAll(text, copiedPlace, r.board)
	if strings.Contains(c.Path, "/pins/"+copiedPin) {
		var pin struct{ ID json.Number }
		if err := json.Unmarshal([]byte(r.must("POST", "directors/c1/pins", "")), &pin); err != nil {
			r.t.Fatal(err)
		}
		text = strings.ReplaceAll(text, copiedPin, pin.ID.String())
	}
	if strings.Contains(c.Path, "/undo/"+copiedUndo) {
		var gone struct{ Undo struct{ ID json.Number } }
		if err := json.Unmarshal([]byte(r.must("DELETE", "directors/pool_b", "")), &gone); err != nil {
			r.t.Fatal(err)
		}
		text = strings.ReplaceAll(text, copiedUndo, gone.Undo.ID.String())
	}
	if c.Path == "/probe-test" {
		// The program exits with 1 where nothing answers.
		text = strings.ReplaceAll(text, "127.0.0.1:9001", "127.0.0.1:"+newOrigin(r.t, "probed"))
	}
	arguments := filepath.Join(r.t.TempDir(), "arguments")
	sh := exec.CommandContext(r.t.Context(), "sh", "-c", text)
	sh.Env = append(os.Environ(), "PATH="+path, "CALLBOARD_TEST_ARGUMENTS="+arguments)
	out, err := sh.CombinedOutput()
	if err != nil {
		r.t.Errorf("%s: got %v: %s", text, err, out)
	}
	// What the shell has made of the text is run here: a process for each is slow.
	if given, err := os.ReadFile(arguments); err == nil {
		args := strings.Split(strings.TrimSuffix(string(given), "\x00"), "\x00")
		if code, _, stderr := call(r.t.Context(), args...); code != exitOK {
			r.t.Errorf("%s: got %d: %s", text, code, stderr)
		}
	}
	return string(out)
}

// checkDone checks that a command has left an event; a backend that is made to
// fail leaves one only when its probe finds out, and what is tried leaves none.
func (r *running) checkDone(c copied, before uint64) {
	r.t.Helper()
	changes := c.Method != "GET" && !strings.HasPrefix(c.Path, "/faults/") && !strings.HasSuffix(c.Path, "/try") && c.Path != "/probe-test"
	if changes && r.seq() == before {
		r.t.Errorf("%s %s: got no event, want one", c.Method, c.Path)
	}
}

// programPath returns a PATH where callboard takes down its arguments.
func programPath(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	const script = "#!/bin/sh\nprintf '%s\\0' \"$@\" >\"$CALLBOARD_TEST_ARGUMENTS\"\n"
	if err := os.WriteFile(filepath.Join(folder, "callboard"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return folder + string(os.PathListSeparator) + os.Getenv("PATH")
}

// The snippets become functions of a package that is laid over the module, so
// that nothing is written into it.
func TestCopiedGoCompiles(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	all := readCopied(t)
	for i, c := range all {
		fmt.Fprintf(&b, "\n// %s %s\nfunc Command%d(rt *director.Runtime) error {\n\t%s\n\treturn nil\n}\n",
			c.Method, c.Path, i, strings.Join(c.Go, "\n\t"))
	}
	source := "package copied\n\nimport (\n" + copiedImports(t, all) + ")\n" + b.String()
	if pretty, err := format.Source([]byte(source)); err != nil || string(pretty) != source {
		t.Errorf("the Go is not as gofmt has it: %v", err)
	}
	compiles(t, "copied", source)
}

// compiles fails the test if the source does not compile as a package of this
// module. An overlay puts it there, so that nothing is written into the tree.
func compiles(t *testing.T, name, source string) {
	t.Helper()
	folder := t.TempDir()
	file, overlay := filepath.Join(folder, name+".go"), filepath.Join(folder, "overlay.json")
	here, err := filepath.Abs("internal/" + name + "/" + name + ".go")
	if err != nil {
		t.Fatal(err)
	}
	laid, err := json.Marshal(map[string]any{"Replace": map[string]string{here: file}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{file: []byte(source), overlay: laid} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "./internal/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("got %v: %s", err, out)
	}
}

// copiedImports are the imports that the snippets themselves ask for.
func copiedImports(t *testing.T, all []copied) string {
	t.Helper()
	asked := regexp.MustCompile(`imports (.*):$`)
	wanted := map[string]bool{"director": true} // of the functions around them
	for _, c := range all {
		if m := asked.FindStringSubmatch(c.Go[0]); m != nil {
			for name := range strings.SplitSeq(m[1], ", ") {
				wanted[name] = true
			}
		}
	}
	var b strings.Builder
	for _, name := range []string{"context", "fmt", "net/http", "os", "strconv", "time", "director", "director/backend", "director/lb"} {
		switch {
		case !wanted[name]:
			t.Errorf("no snippet imports %s: the table is not what it was", name)
		case name == "director":
			fmt.Fprintf(&b, "\n\t%q\n", "github.com/callboard/callboard/"+name)
		case strings.HasPrefix(name, "director/"):
			fmt.Fprintf(&b, "\t%q\n", "github.com/callboard/callboard/"+name)
		default:
			fmt.Fprintf(&b, "\t%q\n", name)
		}
	}
	return b.String()
}
