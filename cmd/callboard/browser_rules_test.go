package main

import "testing"

// What a field asks for stands beside it in words, before and after something
// else was typed, and no longer than it is wrong.
func TestBrowserRulesOfFieldsAreSaidInWords(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	const name, rule = `.field:has(> #add-name)`, "A letter, then letters, digits, and _ . -"
	p := r.openPage("?panel=add")
	p.WaitText(name, rule)
	p.Type("#add-name", "web 1")
	p.Fill("#add-backend\\.port", "80")
	p.Click("#add-submit")
	p.WaitText(name+" .refusal", rule)
	p.WaitFor(`document.activeElement.id === "add-name"`)
	if got, want := p.Attr("#add-name", "aria-describedby"), "add-name-refusal"; got != want {
		t.Errorf("described by %q, want %q", got, want)
	}
	p.Click("#add-submit")
	p.WaitCount(name+" .refusal", 1)
	p.Fill("#add-name", "web_1")
	p.WaitGone(name + " .refusal")
	p.WaitText(name, rule)
	p.Click("#add-submit")
	p.WaitText("#inspector-name", "boot.web_1")

	p.Fill("#inspector [name=path]", "no slash")
	p.Click(`[data-command="try"]`)
	p.WaitText(`.field:has(> [name=path]) .refusal`, "begins with /")
}
