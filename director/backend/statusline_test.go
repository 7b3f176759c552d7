package backend

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStatusOf(t *testing.T) {
	for line, want := range map[string]int{
		"HTTP/1.1 200 OK": 200, "HTTP/1.1 200": 200, "HTTP/1.0 404 Not Found": 404,
		"HTTP/2 204": 204, "HTTP/1.1\t200": 200, "HTTP/1.1   301 x": 301, "HTTP/ 1.1 200": 200,
		"HTTP/1.1 200OK": 200, "HTTP/1.1+200": 200,
		"": 0, "HTTP/": 0, "HTTP/1.1": 0, "HTTP/1.1 ": 0, "HTTP/x 200 OK": 0, "http/1.1 200": 0,
		" HTTP/1.1 200": 0, "HTTP/1.1 OK 200": 0, "HTTP/1.1200": 0, "HTTP/1.1 2000": 0, "HTTP/1.1e 200": 0,
		"HTTP/1.1 99999999999999999999": 0, "HTTP/. 200": 0, "SSH-2.0-OpenSSH_9.6": 0,
	} {
		if got := statusOf(line); got != want {
			t.Errorf("PROBE-6 %q: got %d, want %d", line, got, want)
		}
	}
}

func TestFirstLine(t *testing.T) {
	long := strings.Repeat("x", 200)
	for head, want := range map[string]string{
		"HTTP/1.1 200 OK\r\nA: b\r\n": "HTTP/1.1 200 OK", "a\nb": "a", "a\rb": "a", "\r\n": "", "a\x00b": "a",
		"a\x1b[1mb": "a.[1mb", "\xff\xfe": "?", long: long[:127],
	} {
		if got := shown(firstLine([]byte(head))); got != want {
			t.Errorf("PROBE-6 %q: got %q, want %q", head, got, want)
		}
	}
}

// statusPattern says again what statusOf parses. A number takes all that it can,
// as in scanf, so what follows must not continue it.
var statusPattern = regexp.MustCompile(`^HTTP/[ \t\n\v\f\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:[ \t\n\v\f\r]+\+?|\+)([0-9]+)`)

func FuzzStatusOf(f *testing.F) {
	for _, seed := range []string{"HTTP/1.1 200 OK", "HTTP/1.1e1+200", "HTTP/+.5 007", "HTTP/1.1\r\n", "HTTP/1. 200", "HTTP/1.1 +200"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		want := 0
		if m := statusPattern.FindStringSubmatch(line); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n <= 999 {
				want = n
			}
		}
		if got := statusOf(line); got != want {
			t.Errorf("%q: got %d, want %d", line, got, want)
		}
		if text := shown(firstLine([]byte(line))); len(text) > maxStatusLine || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") {
			t.Errorf("first line of %q: got %q", line, text)
		}
	})
}
