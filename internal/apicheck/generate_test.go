package apicheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/oapi-codegen/runtime" // the generated code imports it
)

// The code that a generator makes of the document compiles, and a program that
// uses it changes the demo.
func TestAGeneratedClientWorks(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "openapi.json"), document(t))
	copyModule(t, folder)
	if err := os.Mkdir(filepath.Join(folder, "client"), 0o777); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(folder, "client", "client.go")
	goTool(t, ".", "tool", "oapi-codegen", "-generate", "types,client", "-package", "client", "-o", source, filepath.Join(folder, "openapi.json"))
	goTool(t, folder, "vet", "-mod=mod", "./...")
	if got := goTool(t, folder, "run", "-mod=mod", ".", demo); got != "works\n" {
		t.Errorf("got %q, want works", got)
	}
}

// copyModule makes the folder a module with the dependencies of this one, and
// puts the program of testdata into it.
func copyModule(t *testing.T, folder string) {
	t.Helper()
	for from, to := range map[string]string{
		"go.mod": "go.mod", "go.sum": "go.sum", filepath.Join("testdata", "client", "main.go"): "main.go",
	} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), "module github.com/callboard/callboard/internal/apicheck", "module apiclient", 1))
		write(t, filepath.Join(folder, to), text)
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// goTool runs the go command in a folder and returns what it prints.
func goTool(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = folder
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, out, errors.String())
	}
	return string(out)
}
