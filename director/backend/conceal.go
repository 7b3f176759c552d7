package backend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director"
)

// Placeholder stands where a secret was left out. A configuration that has it is
// refused: the secret itself belongs in its place.
const Placeholder = "{secret}"

const placeholderLeft = "a secret was left out here: put it in the place of " + Placeholder

// Conceal returns what may be shown of the configuration, and the fields that
// hold more than that, named as in JSON: "probe.request[1]". Shown is what is
// known to be harmless; what is not known is taken for a secret:
//
//   - of a probe's request, the values of all headers but those that servers and
//     proxies commonly log ([shownHeaders]), and whole lines that are no header;
//   - of URLs, user and password, and the values of parameters but for numbers of
//     up to four digits and a few words.
func (c Config) Conceal() (shown Config, secrets []director.Secret) {
	shown, secrets, _ = c.conceal()
	return shown, secrets
}

// conceal is Conceal, and returns what the placeholders stand for.
func (c Config) conceal() (shown Config, secrets []director.Secret, hidden []string) {
	if c.TLS != nil && c.TLS.CA != "" {
		t := *c.TLS
		t.CA = onlyCertificates(t.CA)
		c.TLS = &t
	}
	if c.Probe == nil {
		return c, nil, nil
	}
	var parts concealer
	p := *c.Probe
	keep := func(field, value, harmless string) string {
		if harmless != value {
			secrets = append(secrets, director.Secret{Field: field, Value: value})
		}
		return harmless
	}
	p.URL = keep("probe.url", p.URL, parts.url(p.URL))
	p.Request = slices.Clone(p.Request)
	for i, line := range p.Request {
		conceal := parts.header
		if i == 0 {
			conceal = parts.requestLine
		}
		p.Request[i] = keep(fmt.Sprintf("probe.request[%d]", i), line, conceal(line))
	}
	c.Probe = &p
	return c, secrets, parts.hidden
}

// ConcealURL returns a URL, or a part of one, without what may be a secret.
func ConcealURL(url string) string { return new(concealer).url(url) }

// A concealer puts placeholders into texts, and remembers for what.
type concealer struct{ hidden []string }

func (c *concealer) hide(part string) string {
	if part = strings.TrimSpace(part); part != "" {
		c.hidden = append(c.hidden, part)
	}
	return Placeholder
}

// requestLine conceals the target; of a line that is not HTTP's, like "AUTH
// password", all but the first word.
func (c *concealer) requestLine(line string) string {
	words := strings.Split(line, " ")
	switch {
	case len(words) == 1:
		return line
	case len(words) == 3 && strings.HasPrefix(words[2], "HTTP/"):
		return words[0] + " " + c.url(words[1]) + " " + words[2]
	}
	return words[0] + " " + c.hide(line[len(words[0]):])
}

// shownHeaders are the headers whose values are no secrets, in lower case.
var shownHeaders = []string{
	"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
	"content-length", "content-type", "date", "expect", "host", "if-modified-since", "if-none-match",
	"max-forwards", "pragma", "range", "te", "transfer-encoding", "upgrade", "user-agent", "via",
	"x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip",
}

func (c *concealer) header(line string) string {
	name, value, ok := strings.Cut(line, ":")
	switch {
	case !ok || strings.ContainsAny(name, " \t"):
		return c.hide(line)
	case slices.Contains(shownHeaders, strings.ToLower(name)) && !strings.Contains(value, "@"):
		return line
	}
	return name + ": " + c.hide(value)
}

func (c *concealer) url(url string) string {
	path, rest := url, ""
	if i := strings.IndexAny(url, "?;#"); i >= 0 {
		path, rest = url[:i], url[i:]
	}
	var b strings.Builder
	b.WriteString(c.path(path))
	for rest != "" {
		b.WriteByte(rest[0])
		parameter := rest[1:]
		rest = ""
		if i := strings.IndexAny(parameter, "?&;#"); i >= 0 {
			parameter, rest = parameter[:i], parameter[i:]
		}
		b.WriteString(c.parameter(parameter))
	}
	return b.String()
}

// path conceals what stands before an @: a user and a password.
func (c *concealer) path(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if at := strings.LastIndexByte(part, '@'); at >= 0 {
			parts[i] = c.hide(part[:at]) + part[at:]
		}
	}
	return strings.Join(parts, "/")
}

func (c *concealer) parameter(parameter string) string {
	name, value, ok := strings.Cut(parameter, "=")
	switch {
	case !ok && harmlessWord(parameter), ok && harmlessWord(value):
		return parameter
	case !ok:
		return c.hide(parameter)
	}
	return name + "=" + c.hide(value)
}

// harmlessWords are values of parameters that say how deep a health check goes
// and how it answers.
var harmlessWords = []string{
	"", "true", "false", "yes", "no", "on", "off", "full", "deep", "shallow", "verbose", "short", "simple",
	"live", "ready", "ping", "status", "health", "check", "all", "json", "text", "plain",
}

func harmlessWord(word string) bool {
	return len(word) <= 4 && strings.Trim(word, "0123456789") == "" || slices.Contains(harmlessWords, strings.ToLower(word))
}

// leastScrubbed is how long the start of a secret has to be to be looked for: a
// shorter one is found in many texts that know nothing of it.
const leastScrubbed = 6

// scrub returns a text that a stranger has sent without what it repeats of the
// secrets, whole or cut off at its end.
func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) < leastScrubbed {
			continue
		}
		if i := strings.Index(text, secret[:leastScrubbed]); i >= 0 {
			text = text[:i] + Placeholder
		}
	}
	return text
}
