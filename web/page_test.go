package web_test

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/static"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/layout"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

var types = []web.TypeForm{
	{Name: "round-robin", Title: "Round-robin"},
	{Name: "random", Title: "Random", Weighted: true, Options: []web.OptionForm{
		{Name: "sticky", Label: "Sticky", Kind: "bool", Default: "true"},
		{Name: "retries", Label: "Retries", Kind: "number", Default: "3"},
		{Name: "by", Label: "By", Kind: "choice", Choices: []string{"url", "key"}, Default: "key"},
	}},
}

// canFail is that of a demo which has a server behind a1 only.
func canFail(d *tree.Director) bool { return d.Name == "a1" }

func build(st *viewtest.Stage, q view.Query) web.PageData {
	return web.PageData{
		Root: "../../", Model: view.BuildWith(st.Snapshot, st.Events, q, nil, view.Beside{CanFail: canFail}),
		Types: types, ProxyURL: "http://127.0.0.1:8081/",
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everyPage renders the page in each of its states.
func everyPage(t *testing.T, check func(t *testing.T, doc *document)) {
	gone := viewtest.Demo()
	gone.Delete(gone.ID("cache"))
	for name, p := range map[string]web.PageData{
		"empty":     build(viewtest.New("demo"), view.Query{}),
		"demo":      build(viewtest.Demo(), view.Query{}),
		"unmatched": build(viewtest.Demo(), view.Query{Q: "nothing like it"}),
		"lingering": build(viewtest.Busy(), view.Query{Select: "@1"}),
		"destroyed": build(gone, view.Query{Select: "boot.cache"}),
		"unknown":   build(gone, view.Query{Select: "boot.nobody"}),
		"balancer":  build(viewtest.Busy(), view.Query{Select: "boot.pool_b", Face: view.FaceGraph}),
		"delete":    build(viewtest.Demo(), view.Query{Select: "boot.site", Panel: view.PanelDelete}),
		"add":       build(viewtest.Demo(), view.Query{Panel: view.PanelAdd}),
		"random":    build(viewtest.Demo(), view.Query{Panel: "add-random", Face: view.FaceOutline}),
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t, p)) })
	}
}

func TestPagesNeedNothingThatThePolicyForbids(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *document) {
		for n := range doc.root.Descendants() {
			if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
				t.Errorf("an inline <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "data:") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

func TestPagesWorkUnderAnyPrefix(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *document) {
		for n := range doc.root.Descendants() {
			for _, name := range []string{"href", "src", "action"} {
				if url := attr(n, name); strings.HasPrefix(url, "/") {
					t.Errorf("<%s %s=%q> leaves the mount point", n.Data, name, url)
				}
			}
		}
	})
}

func TestIDsAreUniqueAndLabelsHaveFields(t *testing.T) {
	everyPage(t, func(t *testing.T, doc *document) {
		seen := map[string]bool{}
		var labels []string
		for n := range doc.root.Descendants() {
			if id := attr(n, "id"); id != "" {
				if seen[id] {
					t.Errorf("two elements have the id %q", id)
				}
				seen[id] = true
			}
			if n.Data == "label" {
				labels = append(labels, attr(n, "for"))
			}
		}
		for _, id := range labels {
			if !seen[id] {
				t.Errorf("a label is for %q, which there is not", id)
			}
		}
	})
}

func TestReadOnlyPageOffersNoForms(t *testing.T) {
	p := build(viewtest.Demo(), view.Query{Select: "boot.a1", Panel: view.PanelAdd})
	p.ReadOnly = true
	doc := open(t, p)
	if doc.byID("form-add") != nil || doc.byID("add") != nil {
		t.Error("a page that may only be read offers to add")
	}
	if !strings.Contains(render(t, web.Page(p)), "data-readonly") {
		t.Error("the page does not say so to the stylesheet, which hides the commands")
	}
}

// The demo's page has to arrive before anybody waits for it: 120 KB with
// everything it loads at once. What a browser really loads is in the browser
// tests.
func TestTheDemoPageIsLight(t *testing.T) {
	st := viewtest.Demo()
	for range view.MaxEvents { // as full as the list of events gets
		st.Unpin(st.ID("a1"), st.Pin(st.ID("a1"), "rehearsal"))
	}
	html := len(render(t, web.Page(build(st, view.Query{}))))
	total := html
	server := httptest.NewServer(static.Handler())
	defer server.Close()
	for _, name := range append(static.Imports("js/main.js"), "js/main.js", "css/app.css", "css/lattice.css", "img/icon.svg") {
		response, err := server.Client().Get(server.URL + "/" + static.URL(name))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		total += int(response.ContentLength)
		t.Logf("%s %d bytes", name, response.ContentLength)
	}
	t.Logf("page %d bytes, all %d", html, total)
	if limit := 120_000; total > limit {
		t.Errorf("got %d bytes, want no more than %d", total, limit)
	}
}

func TestTheStylesheetHasTheLattice(t *testing.T) {
	recorder := httptest.NewRecorder()
	static.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/"+static.URL("css/app.css"), nil))
	for name, want := range map[string]int{
		"column": layout.ColumnPitch, "row": layout.RowPitch,
		"card-width": layout.CardWidth, "card-height": layout.CardHeight,
	} {
		match := regexp.MustCompile(`--` + name + `: ?(\d+)px`).FindStringSubmatch(recorder.Body.String())
		if match == nil || match[1] != strconv.Itoa(want) {
			t.Errorf("tokens.css has --%s %v, package layout %d", name, match, want)
		}
	}
	if static.LatticeColumns < layout.MaxColumns || static.LatticeRows < layout.MaxRows {
		t.Errorf("the lattice is %d × %d, layouts may be %d × %d",
			static.LatticeColumns, static.LatticeRows, layout.MaxColumns, layout.MaxRows)
	}
}

func TestWhatUsersTypeIsEscaped(t *testing.T) {
	const evil = `<img src=x onerror=alert(1)>"'`
	st := viewtest.Demo()
	st.Pin(st.ID("a1"), evil)
	for name, page := range map[string]string{
		"page":      render(t, web.Page(build(st, view.Query{Select: "boot.a1", Q: evil}))),
		"problem":   render(t, web.Problem("", web.ProblemData{Status: 409, Title: evil, Detail: evil, Back: "?q=1"})),
		"instances": render(t, web.Instances("", []web.InstanceData{{Name: evil}})),
	} {
		if strings.Contains(page, "<img") {
			t.Errorf("%s prints what was typed as it is", name)
		}
	}
}

func TestProblemPageSaysWhatAndWhere(t *testing.T) {
	page := render(t, web.Problem("../../", web.ProblemData{
		Status: 409, Title: "That would close a loop", Detail: "site → pool_a → site",
		Fields: []web.FieldProblem{{Name: "director", Detail: "holds pool_a"}}, Back: "../../i/demo/?select=boot.site",
	}))
	for _, want := range []string{"409 Conflict", "That would close a loop", "site → pool_a → site", "holds pool_a", `href="../../i/demo/?select=boot.site"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
