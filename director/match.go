package director

// matchName reports whether name matches the pattern by the rules of fnmatch(3)
// without flags, which Varnish applies to the whole "vcl.director" name: "*" is
// any text, "?" any byte, "[a-c]" and "[!a-c]" one of a set, and a backslash
// takes the meaning from what follows.
func matchName(pattern, name string) bool {
	// On a mismatch after a star, the star takes one byte more: only the last
	// star needs to be remembered.
	var starPattern, starName string
	star := false
	for name != "" || pattern != "" {
		if pattern != "" && pattern[0] == '*' {
			star, starPattern, starName = true, pattern[1:], name
			pattern = pattern[1:]
			continue
		}
		if name != "" {
			if rest, ok := matchByte(pattern, name[0]); ok {
				pattern, name = rest, name[1:]
				continue
			}
		}
		if !star || starName == "" {
			return false
		}
		starName = starName[1:]
		pattern, name = starPattern, starName
	}
	return true
}

// matchByte matches the first element of a pattern that does not start with a
// star, and returns what follows it.
func matchByte(pattern string, c byte) (rest string, ok bool) {
	if pattern == "" {
		return "", false
	}
	switch pattern[0] {
	case '?':
		return pattern[1:], true
	case '[':
		if rest, in, closed := matchSet(pattern[1:], c); closed {
			return rest, in
		}
	case '\\':
		if len(pattern) > 1 {
			pattern = pattern[1:]
		}
	}
	return pattern[1:], pattern[0] == c
}

// matchSet matches what follows an opening bracket. A bracket that is never
// closed stands for itself.
func matchSet(set string, c byte) (rest string, in, closed bool) {
	negated := set != "" && (set[0] == '!' || set[0] == '^')
	i := 0
	if negated {
		i++
	}
	for first := true; i < len(set); first = false {
		if set[i] == ']' && !first {
			return set[i+1:], in != negated, true
		}
		low := set[i]
		if low == '\\' && i+1 < len(set) {
			i++
			low = set[i]
		}
		i++
		high := low
		if i+1 < len(set) && set[i] == '-' && set[i+1] != ']' {
			high = set[i+1]
			i += 2
		}
		in = in || low <= c && c <= high
	}
	return "", false, false
}
