package backend

import "strings"

// maxStatusLine is how much of an answer a probe looks at. Varnish has a buffer
// of 128 bytes, with a zero at its end.
const maxStatusLine = 127

// firstLine returns the first line of what a probe received.
func firstLine(head []byte) string {
	line := string(head[:min(len(head), maxStatusLine)])
	if i := strings.IndexAny(line, "\r\n\x00"); i >= 0 {
		line = line[:i]
	}
	return line
}

// shown returns a line that a stranger has sent, fit for pages and records.
func shown(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '.'
		}
		return r
	}, strings.ToValidUTF8(line, "?"))
}

// statusOf returns the status of a line such as "HTTP/1.1 200 OK", 0 if there is
// none. As in Varnish, which scans for "HTTP/%*f %u ", no reason is needed, nor
// a space after the status (PROBE-6).
func statusOf(line string) int {
	rest, ok := strings.CutPrefix(line, "HTTP/")
	if !ok {
		return 0
	}
	rest, ok = cutFloat(trimSpace(rest))
	if !ok {
		return 0
	}
	digits, _ := cutDigits(strings.TrimPrefix(trimSpace(rest), "+"))
	status := 0
	for _, d := range []byte(digits) {
		if status = status*10 + int(d-'0'); status > 999 {
			return 0
		}
	}
	return status
}

// cutFloat takes a decimal number off the start of s.
func cutFloat(s string) (rest string, ok bool) {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, s := cutDigits(s)
	fraction := ""
	if strings.HasPrefix(s, ".") {
		fraction, s = cutDigits(s[1:])
	}
	if whole+fraction == "" {
		return "", false
	}
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return s, true
	}
	exponent := s[1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	digits, s := cutDigits(exponent)
	return s, digits != ""
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

func trimSpace(s string) string { return strings.TrimLeft(s, " \t\n\v\f\r") }
