package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// axeFile is where npm installs axe, from the root of the repository.
var axeFile = filepath.Join("internal", "browser", "node_modules", "axe-core", "axe.min.js")

var errNoAxe = errors.New("axe-core is not installed (make test installs it with npm)")

// A Violation is a rule of accessibility that a page breaks.
type Violation struct {
	Rule string // as axe names it: "color-contrast"
	Help string // what the rule asks for
	// Places are the elements that break it, each with what is wrong.
	Places []Place
}

// A Place is an element, as a CSS selector, and what is wrong with it.
type Place struct{ Target, Summary string }

// Which rules axe is asked for: those of WCAG 2.2 up to level AA, or those of
// them that look at colours.
const (
	axeAll     = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	axeColours = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// axeRun runs rules. What would need files of other origins is left alone; there
// are none.
const axeRun = `axe.run(document, {
	runOnly: %s, resultTypes: ["violations"], preload: false,
}).then(({violations}) => violations.map(v => ({
	Rule: v.id, Help: v.help,
	Places: v.nodes.map(n => ({Target: n.target.join(" "), Summary: n.failureSummary})),
})))`

// Violations returns which rules of WCAG 2.2 AA the page breaks as it is now,
// as far as axe-core can tell. It waits until animations have ended, because
// half of a transition has colours that nobody chose. Without axe-core the test
// is skipped, in CI it fails.
//
// Axe runs in a world of its own: it shares the document with the page's
// scripts but no variables, and the page's content security policy stays as it
// is.
func (p *Page) Violations() []Violation {
	p.t.Helper()
	return p.violations(axeAll)
}

func (p *Page) violations(rules string) []Violation {
	p.t.Helper()
	source, err := axeSource()
	require(p.t, err)
	p.waitFor("waiting for animations to end", `(a => !a.length || {not: a.length + " are running"})(
		document.getAnimations().filter(a => a.playState === "running" && a.effect.getComputedTiming().endTime < Infinity))`)
	defer p.say("running axe")()
	var found []Violation
	if err := runAxe(p.ctx, source, rules, &found); err != nil {
		p.fatal("running axe", err)
	}
	return found
}

// Axe fails the test for each of the page's [Page.Violations]. The words say
// when: "dark, 360 wide".
func (p *Page) Axe(when string) {
	p.t.Helper()
	p.axe(when, axeAll)
}

// AxeColours is [Page.Axe] for the rules that look at colours: all that is to be
// asked of a page that has passed and then changes its colours only. It is much
// less work.
func (p *Page) AxeColours(when string) {
	p.t.Helper()
	p.axe(when, axeColours)
}

func (p *Page) axe(when, rules string) {
	p.t.Helper()
	for _, v := range p.violations(rules) {
		p.t.Errorf("browser: %s: %s", when, v)
	}
}

// String returns the rule, and each place on lines of its own.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.Rule, v.Help)
	for _, place := range v.Places {
		fmt.Fprintf(&b, "\n\t%s\n\t\t%s", place.Target, strings.ReplaceAll(place.Summary, "\n", "\n\t\t"))
	}
	return b.String()
}

// runAxe loads axe into its world, unless this document has it, and runs it.
func runAxe(ctx context.Context, source, rules string, found *[]Violation) error {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{
		FrameID: tree.FrameTree.Frame.ID, WorldName: "axe",
	})
	if err != nil {
		return err
	}
	var loaded bool
	if err := evaluateIn(ctx, world.ExecutionContextID, `typeof axe === "object"`, &loaded); err != nil {
		return err
	}
	if !loaded {
		var ignored any
		if err := evaluateIn(ctx, world.ExecutionContextID, source+";0", &ignored); err != nil {
			return err
		}
	}
	return evaluateIn(ctx, world.ExecutionContextID, fmt.Sprintf(axeRun, rules), found)
}

// axeSource reads axe-core. Tests run in the folder of their package, which is
// somewhere below the root.
var axeSource = sync.OnceValues(func() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errNoAxe
		}
		folder = parent
	}
	source, err := os.ReadFile(filepath.Join(folder, axeFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", errNoAxe
	}
	return string(source), err
})
