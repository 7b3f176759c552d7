package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// point is a place in the viewport, in CSS pixels.
type point struct{ X, Y float64 }

// Click clicks the middle of the visible part of the element with the left
// button, as soon as a user could. The keys, as in [Page.Press], are held down
// meanwhile. Where the page has moved under the mouse, so that the click went
// beside the element, it clicks again, as a user does.
func (p *Page) Click(selector string, keys ...string) {
	p.t.Helper()
	held, err := modifiers(keys)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	for missed := true; missed; {
		at := p.reach(selector)
		p.watchClick(selector)
		p.do("clicking "+selector, chromedp.MouseClickXY(at.X, at.Y, chromedp.ButtonModifiers(held)))
		missed = p.clickMissed()
	}
}

// watchClick notes whether the next click reaches the element.
func (p *Page) watchClick(selector string) {
	p.t.Helper()
	Eval[any](p, fmt.Sprintf(`(e => {
		window.clickMissed = false;
		if (e) addEventListener("click", ({target}) => {
			window.clickMissed = !(e.contains(target) || target.closest?.("label")?.control === e || !e.isConnected);
		}, {capture: true, once: true});
		return null;
	})(document.querySelector(%s))`, quote(selector)))
}

// clickMissed reports whether the last click went beside its element. Another
// document knows of no click.
func (p *Page) clickMissed() bool {
	var missed bool
	err := evaluate(p.ctx, `window.clickMissed === true`, &missed)
	return err == nil && missed
}

// RightClick clicks the middle of the visible part of the element with the right
// button.
func (p *Page) RightClick(selector string) {
	p.t.Helper()
	at := p.reach(selector)
	p.do("clicking "+selector+" with the right button", chromedp.MouseClickXY(at.X, at.Y, chromedp.ButtonRight))
}

// DoubleClickAt clicks twice at a place within the element, given in CSS pixels
// from its upper left corner.
func (p *Page) DoubleClickAt(selector string, x, y float64) {
	p.t.Helper()
	p.reach(selector)
	corner := Eval[point](p, "(r => ({X: r.left, Y: r.top}))(document.querySelector("+quote(selector)+").getBoundingClientRect())")
	p.do("clicking "+selector+" twice", chromedp.MouseClickXY(corner.X+x, corner.Y+y, chromedp.ClickCount(2)))
}

// Follow clicks an element that leads to another page, a link or the button of
// a plain form, and waits until that page is loaded. It returns the status of
// the answer.
func (p *Page) Follow(selector string) int {
	p.t.Helper()
	at := p.reach(selector)
	defer p.say("following " + selector)()
	answer, err := chromedp.RunResponse(p.ctx, chromedp.MouseClickXY(at.X, at.Y))
	if err != nil {
		p.fatal("following "+selector, err)
	}
	if answer == nil {
		return 0
	}
	return int(answer.Status)
}

// Hover moves the mouse onto the element.
func (p *Page) Hover(selector string) {
	p.t.Helper()
	at := p.reach(selector)
	p.do("moving to "+selector, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y))
}

// Drag drags one element onto another with the left button.
func (p *Page) Drag(from, to string) {
	p.t.Helper()
	a, b := p.reach(from), p.reach(to)
	p.do("dragging "+from+" to "+to, chromedp.DragAndDropXY(a.X, a.Y, b.X, b.Y))
}

// DragBy drags the element by so many CSS pixels.
func (p *Page) DragBy(selector string, dx, dy float64) {
	p.t.Helper()
	a := p.reach(selector)
	p.do("dragging "+selector, chromedp.DragAndDropXY(a.X, a.Y, a.X+dx, a.Y+dy))
}

// Wheel turns the mouse wheel over the element by so many CSS pixels. The keys,
// as in [Page.Press], are held down meanwhile.
func (p *Page) Wheel(selector string, dx, dy float64, keys ...string) {
	p.t.Helper()
	at := p.reach(selector)
	held, err := modifiers(keys)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	// The protocol wants both deltas; the generated parameters leave out zeros.
	turn := map[string]any{"type": "mouseWheel", "x": at.X, "y": at.Y, "deltaX": dx, "deltaY": dy, "modifiers": int64(held)}
	p.do("turning the wheel over "+selector, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		return t.Call(ctx, input.DispatchMouseEvent.Method, turn, nil)
	}))
}

// Type clicks the form field and types the text at its end, key by key.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Click(selector)
	p.Press("End")
	p.do("typing into "+selector, chromedp.KeyEvent(text))
}

// Fill replaces what the form field holds by the text, in one go.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.Click(selector)
	Eval[any](p, fmt.Sprintf(`document.querySelector(%s).select()`, quote(selector)))
	if text == "" {
		p.Press("Delete")
		return
	}
	call(p, "filling "+selector, input.InsertText, input.InsertTextParams{Text: text})
}

// Select chooses the option with this value of a select element.
func (p *Page) Select(selector, value string) {
	p.t.Helper()
	p.waitFor("choosing "+value+" in "+selector, fmt.Sprintf(`((e, v) => {
		if (e.disabled || ![...e.options].some(o => o.value === v && !o.disabled)) {
			return {not: "enabled, with the options " + [...e.options].map(o => o.value).join(" ")};
		}
		e.focus();
		e.value = v;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})(document.querySelector(%s), %s)`, quote(selector), quote(value)))
}

// namedKeys are the keys that Press knows besides single characters.
var namedKeys = map[string]string{
	"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Space": " ",
	"Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown, "F1": kb.F1, "F10": kb.F10,
}

// Press presses a key where the focus is: a character, or a name as in
// KeyboardEvent.key, with modifiers before it: "j", "Enter", "Shift+Tab",
// "Control+k".
func (p *Page) Press(key string) {
	p.t.Helper()
	name, held := key, chromedp.Modifier(0)
	if i := strings.LastIndex(key[:max(len(key)-1, 0)], "+"); i > 0 {
		name = key[i+1:]
		var err error
		if held, err = modifiers(strings.Split(key[:i], "+")); err != nil {
			p.t.Fatalf("browser: pressing %s: %v", key, err)
		}
	}
	text, ok := namedKeys[name]
	if !ok {
		text = name
		if len([]rune(name)) != 1 {
			p.t.Fatalf("browser: pressing %s: there is no key %q", key, name)
		}
	}
	for _, event := range keyEvents(text, held) {
		call(p, "pressing "+key, input.DispatchKeyEvent, *event)
	}
}

// keyEvents are the events of one key as a keyboard makes them: what the key
// types comes with its keydown, and is not typed where the page has taken that. As
// an event of its own it would be, so that a space taken by the page would
// scroll all the same, a moment later.
func keyEvents(text string, held chromedp.Modifier) []*input.DispatchKeyEventParams {
	events := kb.Encode([]rune(text)[0])
	down, up := events[0], events[len(events)-1]
	if len(events) == 3 && held&^chromedp.ModifierShift == 0 {
		char := events[1]
		down.Text, down.UnmodifiedText = char.Text, char.UnmodifiedText
	}
	if down.Text == "" {
		down.Type = input.DispatchKeyEventTypeRawKeyDown
	}
	down.Modifiers |= int64(held)
	up.Modifiers |= int64(held)
	return []*input.DispatchKeyEventParams{down, up}
}

// A Key is a press of a key as a browser tells pages of it, for what [Page.Press]
// cannot say: other layouts, caps lock, input methods. Number is its keyCode.
type Key struct {
	Key, Code string
	Number    int
	Held      []string // modifiers, as in Press
}

// PressKey presses and releases the key where the focus is. It types nothing.
func (p *Page) PressKey(k Key) {
	p.t.Helper()
	held, err := modifiers(k.Held)
	if err != nil {
		p.t.Fatalf("browser: pressing %s: %v", k.Key, err)
	}
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		call(p, "pressing "+k.Key, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Key: k.Key, Code: k.Code, Modifiers: int64(held), WindowsVirtualKeyCode: int64(k.Number),
		})
	}
}

func modifiers(keys []string) (held chromedp.Modifier, err error) {
	for _, key := range keys {
		switch key {
		case "Alt":
			held |= chromedp.ModifierAlt
		case "Control":
			held |= chromedp.ModifierCtrl
		case "Meta":
			held |= chromedp.ModifierMeta
		case "Shift":
			held |= chromedp.ModifierShift
		default:
			return 0, fmt.Errorf("%q is none of Alt, Control, Meta, Shift", key)
		}
	}
	return held, nil
}

// reachable tells where a user would click the element, or why they cannot.
const reachable = `(e => {
	const no = Why => ({Why});
	if (!e) return no("it is not in the page");
	if (!e.checkVisibility({visibilityProperty: true})) return no("it is not visible");
	if (e.matches(":disabled")) return no("it is disabled");
	for (let a = e; a; a = a.parentElement) {
		const moving = a.getAnimations().some(m => m.playState === "running" && m.effect.getComputedTiming().endTime < Infinity);
		if (moving) return no("it does not come to rest");
	}
	const part = () => {
		const r = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
		if (!r) return null;
		const left = Math.max(r.left, 0), right = Math.min(r.right, innerWidth);
		const top = Math.max(r.top, 0), bottom = Math.min(r.bottom, innerHeight);
		return left < right && top < bottom ? {X: (left + right) / 2, Y: (top + bottom) / 2} : null;
	};
	const hit = at => {
		const h = at && document.elementFromPoint(at.X, at.Y);
		return h && (e.contains(h) || h.closest("label")?.control === e) ? true : h;
	};
	let at = part();
	if (hit(at) !== true) {
		e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		at = part();
	}
	if (!at) return no("it has no visible part");
	const over = hit(at);
	if (over !== true) return no("it is covered by " + (over ? over.cloneNode(false).outerHTML : "nothing at all"));
	return {...at, Why: ""};
})`

// reach waits until a user could click the element: until it is visible,
// enabled, uncovered, and at the same place twice in a row.
func (p *Page) reach(selector string) point {
	p.t.Helper()
	var last point
	seen, why := false, "the page does not answer"
	err := p.poll("reaching "+selector, func(ctx context.Context) (bool, error) {
		var found struct {
			point
			Why string
		}
		err := evaluate(ctx, reachable+"(document.querySelector("+quote(selector)+"))", &found)
		if script := (*errScript)(nil); errors.As(err, &script) {
			return false, err // the selector is wrong
		}
		if err != nil {
			seen = false // perhaps the document is on its way out
			return false, nil
		}
		if why = found.Why; why != "" {
			seen = false
			return false, nil
		}
		rests := seen && found.point == last
		seen, last, why = true, found.point, "it does not come to rest"
		return rests, nil
	})
	if errors.Is(err, errGivenUp) {
		err = errors.New(why)
	}
	if err != nil {
		p.fatal("reaching "+selector, err)
	}
	return last
}
