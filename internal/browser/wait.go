package browser

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// WaitFor waits until the JavaScript expression is true. One that throws, as
// long as an element is missing perhaps, counts as not yet true.
func (p *Page) WaitFor(expression string) {
	p.t.Helper()
	p.waitFor("waiting for "+expression, expression)
}

// WaitText waits until the visible text of the element contains want.
func (p *Page) WaitText(selector, want string) {
	p.t.Helper()
	p.waitFor(fmt.Sprintf("waiting for %q in %s", want, selector), fmt.Sprintf(
		`(t => t.includes(%s) || {not: t})(document.querySelector(%s).innerText)`, quote(want), quote(selector)))
}

// WaitVisible waits until the element is there and can be seen.
func (p *Page) WaitVisible(selector string) {
	p.t.Helper()
	p.waitFor("waiting for "+selector, fmt.Sprintf(
		`document.querySelector(%s).checkVisibility({visibilityProperty: true})`, quote(selector)))
}

// WaitGone waits until no element matches, or the first that does cannot be
// seen.
func (p *Page) WaitGone(selector string) {
	p.t.Helper()
	p.waitFor("waiting until "+selector+" is gone", fmt.Sprintf(
		`(e => !e || !e.checkVisibility({visibilityProperty: true}))(document.querySelector(%s))`, quote(selector)))
}

// WaitCount waits until exactly n elements match.
func (p *Page) WaitCount(selector string, n int) {
	p.t.Helper()
	p.waitFor(fmt.Sprintf("waiting for %d of %s", n, selector), fmt.Sprintf(
		`(c => c === %d || {not: c})(document.querySelectorAll(%s).length)`, n, quote(selector)))
}

// WaitURL waits until the address contains the text.
func (p *Page) WaitURL(part string) {
	p.t.Helper()
	p.waitFor("waiting for the address "+part, fmt.Sprintf(
		`location.href.includes(%s) || {not: location.href}`, quote(part)))
}

// Text returns the visible text of the element, once there is one.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	p.exists(selector)
	return Eval[string](p, fmt.Sprintf(`document.querySelector(%s).innerText`, quote(selector)))
}

// Value returns what the form field holds.
func (p *Page) Value(selector string) string {
	p.t.Helper()
	p.exists(selector)
	return Eval[string](p, fmt.Sprintf(`document.querySelector(%s).value`, quote(selector)))
}

// Attr returns an attribute of the element; one that is not set is "".
func (p *Page) Attr(selector, name string) string {
	p.t.Helper()
	p.exists(selector)
	return Eval[string](p, fmt.Sprintf(`document.querySelector(%s).getAttribute(%s) ?? ""`, quote(selector), quote(name)))
}

// Count returns how many elements match now. It does not wait.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return Eval[int](p, fmt.Sprintf(`document.querySelectorAll(%s).length`, quote(selector)))
}

// exists waits until an element matches.
func (p *Page) exists(selector string) {
	p.t.Helper()
	p.waitFor("waiting for "+selector, fmt.Sprintf(`document.querySelector(%s) !== null`, quote(selector)))
}

// waitFor polls an expression. It is true when its value is; an object {not: x}
// is false and shows x.
func (p *Page) waitFor(what, expression string) {
	p.t.Helper()
	probe := fmt.Sprintf(`(v => {
		if (v instanceof Promise) throw new SyntaxError("the condition is a promise, which is always true");
		const not = v !== null && typeof v === "object" && "not" in v;
		return {ok: !not && !!v, last: String(not ? v.not : v)};
	})((%s))`, expression)
	last := "nothing"
	err := p.poll(what, func(ctx context.Context) (bool, error) {
		var answer struct {
			OK   bool
			Last string
		}
		if err := evaluate(ctx, probe, &answer); err != nil {
			if script := (*errScript)(nil); errors.As(err, &script) && strings.HasPrefix(script.text, "SyntaxError") {
				return false, err
			}
			// The document may be on its way out, or an element not yet in.
			if ctx.Err() == nil {
				last = err.Error()
			}
			return false, nil
		}
		last = answer.Last
		return answer.OK, nil
	})
	if errors.Is(err, errGivenUp) {
		err = fmt.Errorf("%w; last: %s", err, last)
	}
	if err != nil {
		p.fatal(what, err)
	}
}

// errGivenUp says that a wait has looked as often as [Page.Timeout] allows.
var errGivenUp = errors.New("not so, however often one looked")

// poll calls try, which looks at the page, until it returns true or an error, or
// has looked often enough.
func (p *Page) poll(what string, try func(context.Context) (bool, error)) error {
	defer p.say(what)()
	for range max(cmp.Or(p.Timeout, DefaultTimeout)/pollInterval, 1) {
		if done, err := try(p.ctx); done || err != nil {
			return err
		}
		select {
		case <-time.After(pollInterval):
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
	return errGivenUp
}

// quote returns s as a JavaScript string literal.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always has a JSON form
	return string(b)
}
