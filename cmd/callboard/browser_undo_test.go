package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// who holds whom, by slot: "pool_a=7: 1:a1 2:a2", without the number.
func (r *running) wiring(name string) string {
	r.t.Helper()
	var d struct {
		Members []struct {
			Slot     int
			Director string
			Weight   float64
			Phase    string
		}
	}
	if err := json.Unmarshal([]byte(r.must("GET", "directors/boot."+name, "")), &d); err != nil {
		r.t.Fatal(err)
	}
	var members []string
	for _, m := range d.Members {
		members = append(members, fmt.Sprintf("%d:%s×%g %s", m.Slot, m.Director, m.Weight, m.Phase))
	}
	return name + " " + strings.Join(members, ", ")
}

// number is the number of the director that a name means now.
func (r *running) number(name string) (id int) {
	r.t.Helper()
	var d struct{ ID int }
	if err := json.Unmarshal([]byte(r.must("GET", "directors/boot."+name, "")), &d); err != nil {
		r.t.Fatal(err)
	}
	return d.ID
}

// checkUndone waits until the page shows pool_a as it was, under a new number.
func checkUndone(t *testing.T, r *running, p *browser.Page, old int, want []string) {
	t.Helper()
	p.WaitVisible(".head .outcome") // the click has only sent it
	id := r.number("pool_a")
	if id == old {
		t.Fatalf("number of pool_a: got @%d as before, want another", id)
	}
	if got := []string{r.wiring("site"), r.wiring("pool_a")}; !slices.Equal(got, want) {
		t.Errorf("wiring: got %q, want %q", got, want)
	}
	p.WaitURL(fmt.Sprintf("select=%%40%d", id))
	p.WaitText("#inspector-name", "boot.pool_a")
	p.WaitText(".head .outcome", fmt.Sprintf("boot.pool_a is a new director (@%d); the old one (@%d) is destroyed.", id, old))
	p.WaitFor(fmt.Sprintf(`document.getElementById("announcer").textContent.startsWith("pool_a is back as a new director (@%d)")`, id))
	p.WaitVisible(face("pool_a") + `[data-phase="live"][data-health="healthy"]`)
	p.WaitText("#stat-lingering b", "0")
	p.WaitCount(`[data-section="members"] .member`, 3)
	p.WaitFor(`document.activeElement.id === "inspector" || {not: document.activeElement.outerHTML.slice(0, 100)}`)
	if n := p.Count(`[data-command="undo"]`); n != 0 {
		t.Errorf("ways to undo afterwards: got %d, want none", n)
	}
}

func TestBrowserUndoByMouse(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	old, want := r.number("pool_a"), []string{r.wiring("site"), r.wiring("pool_a")}
	p := r.openPage("")
	selectDirector(p, "pool_a")
	p.Click("#delete")
	p.Click("#confirm-delete")
	p.WaitVisible(face("pool_a") + `[data-phase="lingering"]`)
	p.Click(`[data-section="story"] [data-command="undo"]`)
	checkUndone(t, r, p, old, want)
	// What happens goes on being shown beside what the undo said.
	r.must("PUT", "health", `{"pattern":"pool_a","admin":"sick"}`)
	p.WaitVisible(face("pool_a") + `[data-health="sick"]`)
	p.WaitVisible(".head .outcome")
	// So it does where the page has to be loaded again, since a patch does not fit.
	p.Allow("patch: .* there is no #face-")
	browser.Eval[any](p, `void document.querySelector(`+quoted(face("c1"))+`).closest(".card").remove()`)
	r.must("PUT", "health", `{"pattern":"c1","admin":"sick"}`)
	p.WaitVisible(face("c1") + `[data-health="sick"]`)
	if n := p.Count(".head .outcome"); n != 1 {
		t.Errorf("what the undo said, after the page was loaded again: got %d, want 1", n)
	}
	selectDirector(p, "site")
	p.WaitGone(".head .outcome")
}

// The waiting lane leads back, too: it lists what was deleted, whatever was
// selected before.
func TestBrowserUndoByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	old, want := r.number("pool_a"), []string{r.wiring("site"), r.wiring("pool_a")}
	p := r.openPage("?select=boot.cache")
	r.must("DELETE", "directors/pool_a", "")
	p.WaitText("#stat-lingering b", "1")
	tabTo(t, p, "#stat-lingering a")
	p.Press("Enter")
	p.WaitText(`[data-section="waiting"] .waits`, "pool_a is held by site")
	p.WaitText(`[data-section="waiting"] .waits [data-age]`, "for ")
	tabTo(t, p, `[data-section="waiting"] [data-command="undo"]`)
	p.Press("Enter")
	p.WaitURL("select=%40")
	checkUndone(t, r, p, old, want)
}

func TestBrowserUndoTooLate(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	r.must("DELETE", "directors/pool_a", "")
	p := r.openPage("?select=boot.pool_a")
	undo := `[data-section="story"] [data-command="undo"]`
	p.WaitVisible(undo)

	// What cannot be undone is refused, with the reason beside the button.
	p.Allow(`status of 404`)
	browser.Eval[bool](p, `(document.querySelector(".undo").action += "000", true)`)
	p.Click(undo)
	p.WaitText(".undo .outcome", "not found")

	// The button goes when its time has passed, and leaves the focus in the inspector.
	p.Reload()
	p.WaitVisible(undo)
	browser.Eval[bool](p, `(document.querySelector(`+quoted(undo)+`).focus(), document.querySelector(".undo").dataset.until = new Date().toISOString(), true)`)
	p.WaitGone(undo)
	p.WaitFor(`document.activeElement.id === "inspector" || {not: document.activeElement.outerHTML.slice(0, 100)}`)
}

func TestBrowserUndoWithoutJavaScript(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	old := r.number("pool_a")
	r.must("DELETE", "directors/pool_a", "")
	p := browser.New(t)
	p.JavaScript(false)
	p.Timeout = patience
	p.Navigate(r.page("?face=outline&select=boot.pool_a"))
	p.Follow(`[data-section="story"] [data-command="undo"]`)
	if id := r.number("pool_a"); id == old || !strings.Contains(p.URL(), fmt.Sprintf("select=%%40%d", id)) || !strings.Contains(p.URL(), "face=outline") {
		t.Errorf("got %s with pool_a @%d, want the outline with another than @%d selected", p.URL(), id, old)
	}
	if html := p.HTML(); !strings.Contains(html, "boot.pool_a") || strings.Contains(html, `data-command="undo"`) {
		t.Errorf("got %.300s, want the new director and nothing to undo", html)
	}
}

// A page that goes on to another address of the director that it shows keeps its
// elements: what is being pressed, and what was typed.
func TestBrowserSameDirectorKeepsItsForms(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_a&panel=delete")
	r.must("DELETE", "directors/pool_a", "")
	undo := `[data-section="story"] [data-command="undo"]`
	p.WaitVisible(undo)
	p.Fill("#form-pin-note", "kept")
	browser.Eval[any](p, `void (window.pressed = document.querySelector(`+quoted(undo)+`))`)
	p.Click(`#event-list > .event:first-child .words a[href*="select=%40"]`)
	p.WaitURL("select=%40")
	p.WaitFor(`document.querySelector(` + quoted(undo) + `) === window.pressed || {not: "the button that was there"}`)
	if got := browser.Eval[string](p, `document.getElementById("form-pin-note").value`); got != "kept" {
		t.Errorf("note: got %q, want what was typed", got)
	}
}

// late holds back the answer to the next command, until the page calls
// window.answer. window.answered says that what came of it has begun, asked what
// was asked for since.
const late = `void (() => {
	const fetch = window.fetch, turn = () => new Promise(done => setTimeout(done));
	let held = false;
	window.asked = [];
	window.fetch = async (url, init) => {
		window.asked.push(String(url));
		const response = await fetch(url, init);
		if (held || init?.method !== "POST") return response;
		held = true;
		const text = await response.text();
		await new Promise(done => window.answer = () => { window.asked = []; done(); });
		turn().then(turn).then(turn).then(() => window.answered = true);
		return {ok: response.ok, status: response.status, json: async () => JSON.parse(text)};
	};
})()`

// Who has gone on before the answer to a command came is not taken back.
func TestBrowserLateAnswerLeavesTheReaderAlone(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_a&panel=delete")
	p.WaitVisible("#confirm-delete")
	browser.Eval[any](p, late)
	p.Click("#confirm-delete")
	p.WaitVisible(face("pool_a") + `[data-phase="lingering"]`)
	p.WaitFor(`!!window.answer`)
	selectDirector(p, "site")
	p.WaitURL("select=boot.site")
	browser.Eval[any](p, `void window.answer()`)
	p.WaitFor(`!!window.answered`)
	if got := browser.Eval[[]string](p, `window.asked`); len(got) != 0 {
		t.Errorf("the page asked for %q, want the reader left where they are", got)
	}
}

// undoState is a page that offers to undo a delete, of the director selected or
// of those that wait. Each opening deletes another one, since the offer ends.
func undoState(selected bool) func(*testing.T) scene {
	return func(t *testing.T) scene {
		r := startDemo(t, "--quiet-traffic")
		n := 0
		return scene{open: func(p *browser.Page) {
			n++
			name := fmt.Sprintf("extra_%d", n)
			r.must("POST", "directors", `{"name":"`+name+`","type":"random","members":[{"director":"a1"}]}`)
			r.pin(name)
			r.must("DELETE", "directors/"+name, "")
			query := ""
			if selected {
				query = "?select=boot." + name
			}
			r.live(r.page(query))(p)
			p.WaitVisible(`[data-command="undo"]`)
		}}
	}
}
