package static

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// The stylesheet that is served has every rule and every declaration of those
// that were written, in the same order, as a browser understands them.
func TestMinifiedStylesheetsSayTheSame(t *testing.T) {
	p := browser.New(t)
	for name, source := range read() {
		if path.Ext(name) != ".css" {
			continue
		}
		got, want := declarations(p, load().content[name]), declarations(p, source)
		if len(want) < 10 {
			t.Errorf("%s: the browser finds only %d declarations in what was written", name, len(want))
		}
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%s: declaration %d of %d: got %s, want %s", name, i, len(want), at(got, i), at(want, i))
				break
			}
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "none"
}

// declarations returns a line for each declaration that the browser has read,
// and for each rule without one.
func declarations(p *browser.Page, css []byte) []string {
	text, _ := json.Marshal(string(css)) // a string always has a JSON form
	return browser.Eval[[]string](p, fmt.Sprintf(`(text => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(text);
		const lines = [];
		// The same value may have two spellings.
		const tidy = (text) => text.replace(/\s+/g, " ").replace(/ ?([,:()\/*]) ?/g, "$1").replace(/\b0(%%|px)/g, "0").trim();
		const value = (style, name) => {
			const text = tidy(style.getPropertyValue(name)) + style.getPropertyPriority(name);
			if (name.startsWith("background-") && ["none", "0", "transparent"].includes(text)) return "initial";
			return text === "bold" ? "700" : text;
		};
		const walk = (rules, path) => {
			for (const rule of rules) {
				const own = rule.cssText.slice(0, rule.cssText.indexOf("{")).trim() || rule.cssText;
				const here = path + " | " + tidy(rule.selectorText ?? own);
				if (!rule.style?.length && !rule.cssRules?.length) lines.push(here + " " + tidy(rule.cssText));
				for (const name of rule.style ?? []) {
					lines.push(here + " { " + name + ": " + value(rule.style, name) + " }");
				}
				walk(rule.cssRules ?? [], here);
			}
		};
		walk(sheet.cssRules, "");
		return lines;
	})(%s)`, text))
}

// The modules' own tests pass with the modules as they are served, too.
func TestMinifiedModulesPassTheirTests(t *testing.T) {
	node := nodePath(t)
	folder := t.TempDir()
	tests, err := filepath.Glob("test/*.js")
	if err != nil || len(tests) == 0 {
		t.Fatalf("found %d tests, %v", len(tests), err)
	}
	run := []string{"--test", "--test-reporter=spec"}
	for _, name := range append(tests, "package.json", "test/copyas.json") {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if put(t, folder, name, content); strings.HasSuffix(name, ".test.js") {
			run = append(run, name)
		}
	}
	for name, content := range load().content {
		put(t, folder, name, content)
	}
	for _, name := range Names() {
		if path.Ext(name) == ".js" {
			node(folder, "--check", name)
		}
	}
	node(folder, run...)
}

// nodePath returns a function that runs Node in a folder. Without Node the test
// is skipped, in CI it fails.
func nodePath(t *testing.T) func(folder string, args ...string) {
	t.Helper()
	file, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("no node on PATH")
	}
	return func(folder string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), file, args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("node %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

func put(t *testing.T, folder, name string, content []byte) {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// What a module exports keeps its name, or the others could not import it.
func TestMinifiedModulesKeepTheirExports(t *testing.T) {
	exported := regexp.MustCompile(`\bexport\s+(?:async\s+)?(?:const|let|class|function\*?)\s+([\w$]+)`)
	for name, source := range read() {
		if path.Ext(name) != ".js" {
			continue
		}
		for _, match := range exported.FindAllSubmatch(source, -1) {
			if !regexp.MustCompile(`\bexport\b[^;]*\b` + string(match[1]) + `\b`).Match(load().content[name]) {
				t.Errorf("%s no longer exports %s", name, match[1])
			}
		}
	}
}

func TestMinifiedIsSmaller(t *testing.T) {
	for name, source := range read() {
		if small := load().content[name]; len(small) > len(source) || bytes.Contains(small, []byte("/*")) {
			t.Errorf("%s: got %d bytes of %d, with comments: %t", name, len(small), len(source), bytes.Contains(small, []byte("/*")))
		}
	}
}
