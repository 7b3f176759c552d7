package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// block returns the block of the README that has a text in it, in a language.
func block(t *testing.T, language, with string) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```(\\w*)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if m[1] == language && strings.Contains(m[2], with) {
			return m[2]
		}
	}
	t.Fatalf("the README has no block with %q", with)
	return ""
}

// The script of the README works as it stands, pasted as a whole or line by line. Every curl has to be answered with a status below 400.
func TestScriptOfTheREADMEWorks(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	r := startDemo(t, "--quiet-traffic")
	script := strings.ReplaceAll(block(t, "", "api=http://"), "http://127.0.0.1:8080/", r.board)
	lines := strings.Count(script, "\ncurl ")
	const strict = `curl() { command curl -sS --fail-with-body -o /dev/null -w 'status %{http_code}\n' "$@"; }; set -ex` + "\n"
	out, err := exec.CommandContext(t.Context(), "sh", "-c", strict+script).CombinedOutput()
	if err != nil {
		t.Fatalf("got %v:\n%s", err, out)
	}
	if got := len(regexp.MustCompile(`(?m)^status [23]\d\d$`).FindAll(out, -1)); got != lines || lines < 10 {
		t.Errorf("got %d answers of %d lines:\n%s", got, lines, out)
	}
}

// The program of the README compiles as it stands, within a function that uses
// what it makes.
func TestProgramOfTheREADMECompiles(t *testing.T) {
	t.Parallel()
	source := `package readme

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/server"
)

func program() (*http.Client, error) {
` + block(t, "go", "director.New(") + `
	return client, err
}
`
	compiles(t, "readme", source)
}
