package list

import (
	"strconv"
	"strings"
)

// A SyntaxError says, in Varnish's words, why a line has no words.
type SyntaxError string

const (
	errQuote     = SyntaxError(`Missing '"'`)
	errBackslash = SyntaxError("Invalid backslash sequence")
)

func (e SyntaxError) Error() string { return "Syntax Error: " + string(e) }

// Words splits a line of Varnish's CLI into words (lib/libvarnish/vav.c): they
// are parted by white space, which a word in double quotes may contain, and a
// backslash escapes: \n \r \t \" \\ \377 \xff. It fails with a [SyntaxError].
func Words(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\n\v\f\r")
		if line == "" {
			return words, nil
		}
		word, rest, err := nextWord(line)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
		line = rest
	}
}

func nextWord(line string) (word, rest string, err error) {
	line, quoted := strings.CutPrefix(line, `"`)
	var b strings.Builder
	for line != "" {
		c := line[0]
		switch {
		case c == '\\':
			escaped, n := unescape(line)
			if n == 0 {
				return "", "", errBackslash
			}
			b.WriteByte(escaped)
			line = line[n:]
			continue
		case quoted && c == '"', !quoted && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			return b.String(), line[1:], nil
		}
		b.WriteByte(c)
		line = line[1:]
	}
	if quoted {
		return "", "", errQuote
	}
	return b.String(), "", nil
}

// unescape returns what the sequence at the start of s stands for, and its
// length; 0 if it is none (VAV_BackSlash).
func unescape(s string) (c byte, length int) {
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(`nrt"\`, s[1]); i >= 0 {
		return "\n\r\t\"\\"[i], 2
	}
	start, base := 1, 8
	if s[1] == 'x' {
		start, base = 2, 16
	}
	for end := min(len(s), 4); end > start; end-- {
		if n, err := strconv.ParseUint(s[start:end], base, 16); err == nil {
			return byte(n), end
		}
	}
	return 0, 0
}
