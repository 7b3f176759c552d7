package list_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/list"
)

func TestCommandsAreRefused(t *testing.T) {
	s := newStage(t)
	s.add(s.boot, "a", directortest.NewBackend("a"))
	for _, c := range []struct {
		rule, line string
		status     int
		body       string
	}{
		{"CLI-4", "backend.list -pz", list.StatusParam, "Invalid flag z"},
		{"CLI-4", "backend.list -j -x", list.StatusParam, "Invalid flag x"},
		{"CLI-4", "backend.list --", list.StatusParam, "Invalid flag -"},
		{"CLI-4", "backend.list a -p", list.StatusParam, "Too many arguments"},
		{"CLI-13", "backend.set_health a sick now", list.StatusTooMany, "Too many parameters\n"},
		{"CLI-13", "backend.set_health a", list.StatusTooFew, "Too few parameters\n"},
		{"CLI-13", "backend.set_health nosuch bogus", list.StatusParam, "Invalid state bogus"},
		{"CLI-13", "backend.set_health a Bogus", list.StatusParam, "Invalid state Bogus"},
		{"CLI-13", "backend.set_health -j a sick", list.StatusUnimplemented, "JSON unimplemented\n"},
		{"CLI-16", "vcl.list all", list.StatusTooMany, "Too many parameters\n"},
		{"CLI-16", "vcl.list -j all", list.StatusTooMany, "Too many parameters\n"},
		{"CLI-18", `backend.list "\q"`, list.StatusSyntax, "Syntax Error: Invalid backslash sequence\n"},
		{"CLI-18", " ", list.StatusSyntax, "Empty CLI command.\n"},
	} {
		if status, body := list.RunLine(s.rt, c.line); status != c.status || body != c.body {
			t.Errorf("%s: %s: got %d %q, want %d %q", c.rule, c.line, status, body, c.status, c.body)
		}
	}
	directortest.Check(t, s.rt)
}

func TestPatternsChooseDirectors(t *testing.T) {
	s := newStage(t)
	odd, other := s.load("o*"), s.load("other")
	for _, v := range []*director.VCL{s.boot, odd, other} {
		for _, name := range []string{"a1", "a2", "x.a1"} {
			s.add(v, name, directortest.NewBackend(name))
		}
	}
	for _, c := range []struct {
		rule, pattern, want string
	}{
		{"CLI-1", "", "boot.a1 boot.a2 boot.x.a1"},
		{"CLI-1", "*", "boot.a1 boot.a2 boot.x.a1"},
		{"CLI-2", "a1", "boot.a1"},
		{"CLI-2", "?1", "boot.a1"},
		{"CLI-2", "*1", "boot.a1 boot.x.a1"},
		{"CLI-2", "x.a1", ""},
		{"CLI-2", "boot.x.a1", "boot.x.a1"},
		{"CLI-2", "*.a2", "boot.a2 o*.a2 other.a2"},
		{"CLI-3", "b*a1", ""},
		{"CLI-3", "boot?a[12]", ""},
		{"CLI-3", "boot.a[!1]", "boot.a2"},
		{"CLI-3", `o\*.a1`, "o*.a1"},
	} {
		var names []string
		for _, d := range s.rt.MatchDirectors(c.pattern) {
			names = append(names, d.FullName())
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %q: got %s, want %s", c.rule, c.pattern, got, c.want)
		}
	}
	if err := odd.Activate(); err != nil {
		t.Fatal(err)
	}
	if got := s.rt.MatchDirectors("a1"); len(got) != 1 || got[0].FullName() != "o*.a1" {
		t.Errorf("CLI-2: a1 in the active VCL o*: got %d directors, want o*.a1 alone", len(got))
	}
	directortest.Check(t, s.rt)
}

func TestWordsAreSplitAsByVarnish(t *testing.T) {
	for line, want := range map[string][]string{
		"":                            nil,
		"  a \t b\n":                  {"a", "b"},
		`a "" "b c"`:                  {"a", "", "b c"},
		`"a""b"`:                      {"a", "b"},
		`a"b`:                         {`a"b`},
		`"\n\r\t\"\\" \101\x41\x4a\0`: {"\n\r\t\"\\", "AAJ\x00"},
		`\1018`:                       {"A8"},
	} {
		if got, err := list.Words(line); err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("CLI-18: %q: got %q, %v, want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		`a "b`: `Missing '"'`, `\q`: "Invalid backslash sequence", `a\`: "Invalid backslash sequence", `\xg`: "Invalid backslash sequence",
	} {
		if _, err := list.Words(line); err == nil || err.Error() != "Syntax Error: "+want {
			t.Errorf("CLI-18: %q: got error %v, want %s", line, err, want)
		}
	}
}

func TestWriteIsWhatTheCommandSays(t *testing.T) {
	s := newStage(t)
	s.add(s.boot, "a", directortest.NewBackend("a"))
	for line, o := range map[string]list.Options{
		"backend.list":             {},
		"backend.list -p a":        {Probe: true, Pattern: "a"},
		"backend.list -j -p *.*":   {Probe: true, JSON: true, Pattern: "*.*"},
		"backend.list -j nosuch.x": {JSON: true, Pattern: "nosuch.x"},
	} {
		var b bytes.Buffer
		if err := list.Write(&b, s.rt, o); err != nil {
			t.Fatal(err)
		}
		if got, want := times.ReplaceAllString(b.String(), "TIME"), s.run(line); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", line, got, want)
		}
	}
	var b bytes.Buffer
	if err := list.WriteVCLs(&b, s.rt, false); err != nil || b.String() != s.run("vcl.list") {
		t.Errorf("vcl.list: got %q, %v", b.String(), err)
	}
	directortest.Check(t, s.rt)
}
