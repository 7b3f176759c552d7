package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// A document is a page as a browser holds it.
type document struct{ root *html.Node }

func open(t *testing.T, p web.PageData) *document {
	t.Helper()
	var b strings.Builder
	if err := web.Page(p).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return &document{root}
}

// apply does what static/js/patch.js does.
func (d *document) apply(t *testing.T, ops []web.Op) {
	t.Helper()
	for _, op := range ops {
		target := d.byID(op.ID)
		switch {
		case op.Op == "remove":
			if target != nil {
				target.Parent.RemoveChild(target)
			}
		case op.Op == "attrs":
			for name, value := range op.Attrs {
				setAttr(t, target, name, value)
			}
		case target != nil:
			target.Parent.InsertBefore(parse(t, op.HTML, target.Parent), target)
			target.Parent.RemoveChild(target)
		case op.Op == "insert" || op.Op == "prepend":
			parent := d.byID(op.Parent)
			if parent == nil {
				t.Fatalf("%s of %s: there is no #%s", op.Op, op.ID, op.Parent)
			}
			before := d.byID(op.Before)
			if op.Op == "prepend" {
				before = parent.FirstChild
			} else if op.Before != "" && before == nil {
				t.Fatalf("insert of %s: there is no #%s", op.ID, op.Before)
			}
			parent.InsertBefore(parse(t, op.HTML, parent), before)
		default:
			t.Fatalf("%s: there is no #%s", op.Op, op.ID)
		}
	}
}

func (d *document) byID(id string) *html.Node {
	if id == "" {
		return nil
	}
	for n := range d.root.Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func setAttr(t *testing.T, n *html.Node, name, value string) {
	t.Helper()
	if n == nil {
		t.Fatalf("attrs: no target for %s", name)
	}
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

// parse wraps what only parses inside of something else.
func parse(t *testing.T, text string, parent *html.Node) *html.Node {
	t.Helper()
	before, after := "", ""
	switch {
	case parent.Namespace == "svg":
		before, after = "<svg>", "</svg>"
	case parent.Data == "tbody":
		before, after = "<table><tbody>", "</tbody></table>"
	}
	doc, err := html.Parse(strings.NewReader("<body>" + before + text + after))
	if err != nil {
		t.Fatal(err)
	}
	n := doc.FirstChild.LastChild.FirstChild
	for range strings.Count(before, "<") {
		n = n.FirstChild
	}
	n.Parent.RemoveChild(n)
	return n
}

// String prints what patches are responsible for: neither the number of the
// newest event, which the message carries, nor what the browser keeps itself.
func (d *document) String() string {
	var b strings.Builder
	for _, id := range []string{"top", "page", "names"} {
		if n := d.byID(id); n != nil {
			print(&b, n, 0)
		}
	}
	return b.String()
}

func print(b *strings.Builder, n *html.Node, depth int) {
	switch n.Type {
	case html.TextNode:
		if text := strings.TrimSpace(n.Data); text != "" {
			fmt.Fprintf(b, "%*s%q\n", depth, "", text)
		}
	case html.ElementNode:
		fmt.Fprintf(b, "%*s<%s:%s", depth, "", n.Namespace, n.Data)
		for _, a := range n.Attr {
			if a.Key == "data-keep" {
				b.WriteString(" …>\n")
				return
			}
			if a.Key != "data-seq" {
				fmt.Fprintf(b, " %s=%q", a.Key, a.Val)
			}
		}
		b.WriteString(">\n")
		for c := range n.ChildNodes() {
			print(b, c, depth+1)
		}
	}
}

func pageOf(m *view.Model) web.PageData { return web.PageData{Root: "../../", Model: m} }

var histories = []view.Query{
	{}, {Face: view.FaceGraph}, {Face: view.FaceOutline}, {Sort: "-refs"}, {Face: view.FaceOutline, Sort: "health"}, {Q: "d1"}, {Q: "sick"},
	{Select: "@3"}, {Select: "@7", Q: "d"}, {Select: "boot.d5"}, {Select: "@4", Panel: view.PanelDelete},
}

// Page at N = page at M + patches M…N, whatever happened in between.
func TestPatchesKeepThePageTrue(t *testing.T) {
	for _, q := range histories {
		for seed := range uint64(2) {
			t.Run(fmt.Sprintf("%s/%d", q.Key(), seed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 7))
				st := viewtest.New("demo")
				model := view.Build(st.Snapshot, st.Events, q, nil)
				doc := open(t, pageOf(model))
				for range 15 {
					for range 1 + rng.IntN(4) {
						st.Step(rng)
					}
					next := view.Build(st.Snapshot, st.Events, q, model)
					ops := patch(t, model, next)
					doc.apply(t, ops)
					want := open(t, pageOf(next)).String()
					compare(t, doc, want, "once")
					doc.apply(t, ops)
					compare(t, doc, want, "twice")
					model = next
				}
			})
		}
	}
}

func patch(t *testing.T, old, now *view.Model) []web.Op {
	t.Helper()
	ops, err := web.Patch(context.Background(), view.Diff(old, now))
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

func compare(t *testing.T, got *document, want, how string) {
	t.Helper()
	a, b := strings.Split(got.String(), "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("patched %s, line %d:\n got %s\nwant %s\nafter %s", how, i, a[i], b[i], strings.Join(a[max(0, i-5):i], "\n"))
		}
	}
	if len(a) != len(b) {
		t.Fatalf("patched %s: %d lines, want %d", how, len(a), len(b))
	}
}

func TestNothingChangedIsNoPatch(t *testing.T) {
	st := viewtest.Demo()
	m := view.Build(st.Snapshot, st.Events, view.Query{}, nil)
	if ops := patch(t, m, view.Build(st.Snapshot, st.Events, view.Query{}, m)); len(ops) != 0 {
		t.Errorf("got %d ops, want none", len(ops))
	}
}

func TestASampleChangesOnlyWhatItIsAbout(t *testing.T) {
	st := viewtest.Demo()
	q := view.Query{Face: view.FaceGraph}
	m := view.Build(st.Snapshot, st.Events, q, nil)
	st.Tasks(st.ID("b1"), 3)
	ops := patch(t, m, view.Build(st.Snapshot, st.Events, q, m))
	var ids []string
	for _, op := range ops {
		ids = append(ids, op.Op+" "+op.ID)
	}
	if got, want := strings.Join(ids, ", "), "replace stat-flying, replace face-4"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestACardThatMovesKeepsItsElement(t *testing.T) {
	st := viewtest.Demo()
	q := view.Query{Face: view.FaceGraph}
	m := view.Build(st.Snapshot, st.Events, q, nil)
	st.Assign(st.ID("site"), 3, 0) // c1 is held by nobody now
	for _, op := range patch(t, m, view.Build(st.Snapshot, st.Events, q, m)) {
		if op.ID == "card-6" && (op.Op != "attrs" || op.Attrs["data-x"] == "") {
			t.Errorf("c1 came to its place by %s %v", op.Op, op.Attrs)
		}
	}
}

func ExamplePatch() {
	st := viewtest.Demo()
	q := view.Query{Face: view.FaceGraph}
	before := view.Build(st.Snapshot, st.Events, q, nil)
	st.Admin(st.ID("c1"), "sick")
	ops, err := web.Patch(context.Background(), view.Diff(before, view.Build(st.Snapshot, st.Events, q, before)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, op := range ops {
		op.HTML = strings.TrimSpace(op.HTML[:min(len(op.HTML), 12)])
		line, _ := json.Marshal(op)
		fmt.Println(string(line))
	}
	// Output:
	// {"op":"replace","id":"stat-sick","html":"\u003cli id=\"stat"}
	// {"op":"attrs","id":"edge-11","attrs":{"data-state":"sick"}}
	// {"op":"replace","id":"face-10","html":"\u003ca id=\"face-"}
	// {"op":"replace","id":"face-6","html":"\u003ca id=\"face-"}
	// {"op":"replace","id":"ailing","html":"\u003csection id="}
	// {"op":"prepend","id":"event-30","parent":"event-list","html":"\u003cli id=\"even"}
}
