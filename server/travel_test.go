package server

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// travel turns the page into that of another view, as static/js/travel.js does.
func (b *browser) travel(query string) {
	b.g.t.Helper()
	t := into[trip](b.g.send("GET", b.way(query), "").is(200))
	for _, op := range t.Ops {
		b.apply(op)
	}
	b.query, b.epoch, b.seq = query, t.Epoch, utoa(t.Seq)
}

func (b *browser) way(query string) string {
	values, _ := url.ParseQuery(query)
	values.Set("from", b.query)
	values.Set("epoch", b.epoch)
	values.Set("seq", b.seq)
	return "i/test/travel?" + values.Encode()
}

// whole prints the page, without what it has for itself.
func (b *browser) whole() string {
	page := b.find("page")
	for i, a := range page.Attr {
		switch a.Key {
		case "data-epoch":
			page.Attr[i].Val = b.epoch
		case "data-seq":
			page.Attr[i].Val = b.seq
		}
	}
	if status := b.find("status"); status != nil {
		status.Parent.RemoveChild(status)
	}
	var out strings.Builder
	printNode(&out, b.body())
	return out.String()
}

func (b *browser) body() *html.Node { return b.root.FirstChild.NextSibling.LastChild }

// Whichever way a page has gone from view to view, and whatever happened on the
// way, it is the page that one gets by loading the last of them.
func TestPageThatTravelsIsThePageThatIsLoaded(t *testing.T) {
	for _, face := range []string{"", "face=graph&", "face=outline&"} {
		t.Run(face, func(t *testing.T) {
			g := newRig(t, nil)
			g.stopTime()
			chaos := newChaos(g)
			defer chaos.rest()
			views := []string{
				"", "select=boot.a1", "select=boot.pool&q=a", "q=sick", "q=pool", "select=boot.a1&panel=delete",
				"select=boot.nobody", "sort=name", "sort=-health", "select=boot.site", "q=" + url.QueryEscape(`"><b>&`),
			}
			b := g.browse(face)
			for i := range 60 {
				chaos.steps(chaos.IntN(4))
				if chaos.IntN(2) == 0 {
					g.board.feed.past.sample()
				}
				if chaos.IntN(3) == 0 {
					b.connect()
					for want := g.browse(b.query).text(); b.text() != want; {
						b.follow()
					}
					b.live.conn.Close()
					chaos.steps(chaos.IntN(3))
				}
				b.travel(face + views[chaos.IntN(len(views))])
				if got, want := b.whole(), g.browse(b.query).whole(); got != want {
					t.Fatalf("after journey %d, to %q:\n%s", i, b.query, firstDifference(got, want))
				}
			}
		})
	}
}

func firstDifference(got, want string) string {
	left, right := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range left {
		if i >= len(right) || left[i] != right[i] {
			return "got " + left[i] + "\nwant " + strings.Join(right[min(i, len(right)):min(i+1, len(right))], "")
		}
	}
	return "want more"
}

func TestNoWayToAnotherView(t *testing.T) {
	g := newRig(t, nil)
	b := g.browse("q=a")
	known := *b
	for what, edit := range map[string]func(b *browser) (to string){
		"to another face":           func(*browser) string { return "face=outline" },
		"to a form":                 func(*browser) string { return "panel=add-random" },
		"from a form":               func(b *browser) string { b.query = "panel=add"; return "" },
		"from a view unknown":       func(b *browser) string { b.query = "q=unknown"; return "" },
		"from another run":          func(b *browser) string { b.epoch += "x"; return "" },
		"from a program's epoch":    func(b *browser) string { b.epoch = "epoch"; return "" },
		"from the future":           func(b *browser) string { b.seq = utoa(g.rt.Tree().Seq + 1); return "" },
		"from before what is known": func(b *browser) string { b.seq = "1"; return "" },
	} {
		b := known
		to := edit(&b)
		if a := g.send("GET", b.way(to), "").is(204); a.body != "" {
			t.Errorf("%s: got %s, want nothing", what, a.body)
		}
	}
	known.travel("")
	g.send("GET", "i/test/travel?seq=x", "").problem(422)
	g.send("GET", "i/test/travel?from=%25zz", "").problem(422)
	g.send("GET", "i/nobody/travel", "").problem(404)
}

// The cards of a view that nobody has looked at stand where they stood.
func TestOpeningAViewSendsOnlyWhatIsDifferent(t *testing.T) {
	g := newRig(t, nil)
	b := g.browse("select=boot.a1")
	a := g.send("GET", b.way("select=boot.a2"), "").is(200)
	if whole := len(g.send("GET", "i/test/?select=boot.a2", "").body); len(a.body) > whole*3/5 {
		t.Errorf("got %d bytes, want far less than the %d of the page", len(a.body), whole)
	}
	if strings.Contains(a.body, "card-") {
		t.Errorf("got %s, want no card to move or to come", a.body)
	}
}
