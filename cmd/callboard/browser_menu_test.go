package main

import (
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// chooseByKey chooses what begins with these letters. Letters belong together as
// long as they come soon after one another, which on a busy machine may take
// several tries; Home ends a word that was begun.
func chooseByKey(p *browser.Page, letters string) {
	p.WaitVisible("#card-menu")
	for range 20 {
		p.Press("Home")
		for _, letter := range letters {
			p.Press(string(letter))
		}
		if browser.Eval[bool](p, `document.activeElement.textContent.toLowerCase().startsWith(`+quoted(letters)+`)`) {
			break
		}
	}
	p.WaitFor(`document.activeElement.textContent.toLowerCase().startsWith(` + quoted(letters) + `) || {not: document.activeElement.textContent}`)
	p.Press("Enter")
}

// clickItem chooses by mouse.
func clickItem(t *testing.T, p *browser.Page, words string) {
	t.Helper()
	p.WaitVisible("#card-menu")
	if !browser.Eval[bool](p, `[...document.querySelectorAll('#card-menu [role^="menuitem"]')].some(item => {
		const wanted = item.firstChild.textContent === `+quoted(words)+`;
		if (wanted) item.setAttribute("data-wanted", "");
		return wanted;
	})`) {
		t.Fatalf("the menu does not offer %q: %s", words, p.Text("#card-menu"))
	}
	p.Click("#card-menu [data-wanted]")
}

func TestBrowserCardMenuByMouse(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.rewirable("?face=graph")

	// By the button of the card that the mouse is at, and by a right click.
	p.Hover(face("a1"))
	p.WaitFor(`document.querySelector(".card-more")?.getAttribute("aria-label") === "Menu of a1"`)
	p.Click(".card-more")
	clickItem(t, p, "Health: sick")
	p.WaitVisible(face("a1") + `[data-health="sick"]`)
	p.WaitGone("#card-menu")
	p.RightClick(face("a1"))
	p.WaitVisible(`#card-menu [aria-checked="true"]`)
	p.WaitText(`#card-menu [aria-checked="true"]`, "Health: sick")
	clickItem(t, p, "Health: auto")
	p.WaitVisible(face("a1") + `[data-health="healthy"]`)

	// Add a member that is new, from the card of its holder.
	p.RightClick(face("pool_b"))
	clickItem(t, p, "Add a member that is new…")
	p.WaitVisible("#add-into")
	if got := p.Value("#add-into"); got != "boot.pool_b" {
		t.Errorf("the new one is to become a member of %q, want boot.pool_b", got)
	}
	p.Fill("#add-name", "b3")
	p.Fill(`[name="backend.port"]`, newOrigin(t, "b3"))
	p.Click("#add-submit")
	p.WaitText("#inspector-name", "boot.b3")
	if got := r.memberAt("pool_b", 3); got != "b3" {
		t.Errorf("slot 3 of pool_b points at %q, want b3", got)
	}

	// A press elsewhere closes it and does nothing else.
	p.RightClick(face("cache"))
	p.WaitVisible("#card-menu")
	p.Click("#inspector-name")
	p.WaitGone("#card-menu")
	p.RightClick(face("b3"))
	clickItem(t, p, "Delete…")
	p.WaitVisible("#confirm-delete")
}

func TestBrowserCardMenuByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=graph")
	tabTo(t, p, face("a2"))
	p.WaitFor(`document.querySelector(".card-more")?.getAttribute("aria-label") === "Menu of a2"`)
	open := func() {
		t.Helper()
		p.Press("Shift+F10")
		p.WaitVisible("#card-menu")
		p.WaitFor(`document.activeElement.matches("#card-menu button")`)
	}
	open()
	p.Press("End")
	p.WaitFor(`document.activeElement.textContent === "Delete…"`)
	p.Press("ArrowDown")
	p.WaitFor(`document.activeElement.textContent === "Inspect"`)
	p.Press("Escape")
	p.WaitGone("#card-menu")
	p.WaitFor(`document.activeElement.matches(` + quoted(face("a2")) + `)`)

	open()
	chooseByKey(p, "health: s")
	p.WaitVisible(face("a2") + `[data-health="sick"]`)
	p.WaitFor(`document.activeElement.matches(` + quoted(face("a2")) + `)`)
	open()
	chooseByKey(p, "give it")
	p.WaitText("#rewire-picker h2", "Give a2 to another")
	p.Press("Escape")

	// In the outline the same key opens the same menu.
	p.Navigate(r.page("?face=outline"))
	p.WaitVisible(`#status[data-state="live"]`)
	p.WaitVisible(`#rows .row[tabindex="0"]`)
	tabTo(t, p, "#rows .row")
	p.WaitFor(`document.getElementById("card-menu") !== null`)
	open()
	p.WaitText("#menu-title", "cache")
	chooseByKey(p, "try")
	p.WaitText("#inspector-name", "boot.cache")
	p.WaitFor(`document.activeElement.name === "requests"`)
}

// An empty place of the board asks for a new director.
func TestBrowserAddFromAnEmptyPlace(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.rewirable("?face=graph")
	p.DoubleClickAt("#viewport", 500, 30)
	p.WaitVisible("#add-name")
	p.Press("Escape")
	p.Press("Escape")
	p.WaitGone("#add-name")

	p.Press("Tab")
	browser.Eval[any](p, `document.getElementById("viewport").focus()`)
	p.Press("Shift+F10")
	chooseByKey(p, "add a load")
	p.WaitVisible(`.types [aria-current="true"] [href="#i-round-robin"]`)
}

// What is refused is said in the menu, which stays.
func TestBrowserCardMenuSaysWhatIsRefused(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	p := openLive(t, relay.URL()+"/i/demo/?face=graph")
	prepareRewire(p)
	p.RightClick(face("c1"))
	p.WaitVisible("#card-menu")
	p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource`)
	relay.Cut()
	clickItem(t, p, "Pin it")
	p.WaitText(".menu-outcome", "Offline: this was not sent")
}

func cardMenuState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{open: func(p *browser.Page) {
		r.live(r.page("?face=graph&select=boot.pool_a"))(p)
		prepareRewire(p)
		p.RightClick(face("pool_a"))
		p.WaitVisible("#card-menu")
	}}
}

func boardMenuState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{open: func(p *browser.Page) {
		r.live(r.page("?face=graph&root=boot.site"))(p)
		browser.Eval[any](p, `document.getElementById("viewport").focus()`)
		p.WaitFor(`document.getElementById("menu-layer") !== null`)
		p.Press("Shift+F10")
		p.WaitVisible("#card-menu")
	}}
}
