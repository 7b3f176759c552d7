package browser

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// problems collects what went wrong in a page.
type problems struct {
	allowed []*regexp.Regexp // only touched by the test's goroutine
	crashed func()           // ends the page's context

	mu   sync.Mutex // guards the fields below
	seen []string
}

// Allow says that problems that match one of the regular expressions are
// expected: they do not fail the test, whether they came before or come after.
// A problem is one line: its kind (console, exception, security, network,
// javascript, …), its text, and the address of what it is about.
func (p *Page) Allow(patterns ...string) {
	p.t.Helper()
	for _, pattern := range patterns {
		re, err := regexp.Compile(pattern)
		if err != nil {
			p.t.Fatalf("browser: %v", err)
		}
		p.problems.allowed = append(p.problems.allowed, re)
	}
}

// Problems returns what went wrong in the page so far and is not allowed.
func (p *Page) Problems() []string {
	p.t.Helper()
	p.settle()
	return p.problems.list()
}

// report fails the test for each problem.
func (p *Page) report() {
	p.t.Helper()
	for _, problem := range p.Problems() {
		p.t.Errorf("browser: %s", problem)
	}
}

// settle waits until the events that the page has sent so far have arrived:
// they come in order on the connection that also carries the answer.
func (p *Page) settle() {
	defer p.say("telling its problems")()
	var ignored any
	_ = evaluate(p.ctx, "0", &ignored) // a page that has crashed has nothing more to say
}

// listen runs on the goroutine that reads the page's messages.
func (ps *problems) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			ps.add("console", consoleText(e.Args), "")
		}
	case *runtime.EventExceptionThrown:
		ps.add("exception", exceptionText(e.ExceptionDetails), e.ExceptionDetails.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			ps.add(string(e.Entry.Source), e.Entry.Text, e.Entry.URL)
		}
	case *inspector.EventTargetCrashed:
		ps.add("crash", "the page crashed", "")
		ps.crashed()
	case *page.EventJavascriptDialogOpening:
		ps.add("dialog", e.Message, e.URL)
	}
}

func (ps *problems) add(kind, text, url string) {
	line := kind + ": " + strings.TrimSpace(text)
	if url != "" {
		line += " (" + url + ")"
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.seen = append(ps.seen, line)
}

// lostSocket is what Chromium says of a file that it asked for on a connection
// which it had opened beforehand, and which the server closed at that moment,
// since it was silent for too long. Only on a connection that was used before
// does it ask again by itself.
const lostSocket = "net::ERR_SOCKET_NOT_CONNECTED"

// forgetLostSockets takes such problems away, and reports whether there were any:
// the page is to be loaded again.
func (ps *problems) forgetLostSockets() bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	before := len(ps.seen)
	ps.seen = slices.DeleteFunc(ps.seen, func(line string) bool { return strings.Contains(line, lostSocket) })
	return len(ps.seen) < before
}

// list returns the problems that are not allowed.
func (ps *problems) list() []string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var rest []string
	for _, line := range ps.seen {
		if !ps.allows(line) {
			rest = append(rest, line)
		}
	}
	return rest
}

func (ps *problems) allows(line string) bool {
	for _, re := range ps.allowed {
		if re.MatchString(line) {
			return true
		}
	}
	return false
}

func consoleText(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		var s string
		switch {
		case json.Unmarshal(a.Value, &s) == nil:
			parts = append(parts, s)
		case len(a.Value) > 0:
			parts = append(parts, string(a.Value))
		case a.Description != "":
			parts = append(parts, a.Description)
		default:
			parts = append(parts, string(a.Type))
		}
	}
	return strings.Join(parts, " ")
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	if d.Exception != nil && len(d.Exception.Value) > 0 {
		return fmt.Sprintf("%s %s", d.Text, d.Exception.Value)
	}
	return d.Text
}
