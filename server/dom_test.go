package server

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/web"
)

// A browser is a page that is kept up to date by its socket, as
// static/js/patch.js does it.
type browser struct {
	g          *rig
	query      string
	root       *html.Node
	epoch, seq string
	live       *listener
}

func (g *rig) browse(query string) *browser {
	g.t.Helper()
	b := &browser{g: g, query: query}
	b.load()
	return b
}

func (b *browser) load() {
	b.g.t.Helper()
	body := b.g.send("GET", "i/test/?"+b.query, "").is(200).body
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		b.g.t.Fatal(err)
	}
	b.root = root
	page := b.find("page")
	b.epoch, b.seq = attribute(page, "data-epoch"), attribute(page, "data-seq")
}

// connect goes on from what the page shows.
func (b *browser) connect() {
	b.g.t.Helper()
	values, _ := url.ParseQuery(b.query)
	values.Set("epoch", b.epoch)
	values.Set("seq", b.seq)
	b.live = b.g.listen(values.Encode())
	if hello := b.live.is("hello"); hello.Epoch != b.epoch {
		b.g.t.Fatalf("hello: got %+v, want epoch %s", hello, b.epoch)
	}
}

// follow applies the next patch.
func (b *browser) follow() {
	b.g.t.Helper()
	f := b.live.is("patch")
	for _, op := range f.Ops {
		b.apply(op)
	}
	b.seq = utoa(f.Seq)
}

func (b *browser) apply(op web.Op) {
	b.g.t.Helper()
	target := b.find(op.ID)
	switch {
	case op.Op == "remove" && target == nil:
	case op.Op == "remove":
		target.Parent.RemoveChild(target)
	case op.Op == "attrs" && target != nil:
		for name, value := range op.Attrs {
			target.Attr = slices.DeleteFunc(target.Attr, func(a html.Attribute) bool { return a.Key == name })
			target.Attr = append(target.Attr, html.Attribute{Key: name, Val: value})
		}
	case target != nil:
		target.Parent.InsertBefore(b.parse(op.HTML, target.Parent), target)
		target.Parent.RemoveChild(target)
	case op.Op == "insert" || op.Op == "prepend":
		parent, before := b.find(op.Parent), b.find(op.Before)
		if parent == nil || op.Before != "" && before == nil {
			b.g.t.Fatalf("%s of %s into %s before %q: one of them is not there", op.Op, op.ID, op.Parent, op.Before)
		}
		if op.Op == "prepend" {
			before = parent.FirstChild
		}
		parent.InsertBefore(b.parse(op.HTML, parent), before)
	default:
		b.g.t.Fatalf("%s of %s: it is not there", op.Op, op.ID)
	}
}

func (b *browser) parse(text string, parent *html.Node) *html.Node {
	b.g.t.Helper()
	wrap := "%s"
	if parent.Namespace == "svg" {
		wrap = "<svg>%s</svg>"
	} else if parent.Data == "tbody" || parent.Data == "thead" {
		wrap = "<table><tbody>%s</tbody></table>"
	}
	doc, err := html.Parse(strings.NewReader("<body>" + fmt.Sprintf(wrap, text)))
	if err != nil {
		b.g.t.Fatal(err)
	}
	n := doc.FirstChild.LastChild.FirstChild
	for range strings.Count(wrap, "</") {
		n = n.FirstChild
	}
	n.Parent.RemoveChild(n)
	return n
}

func (b *browser) find(id string) *html.Node {
	for n := range b.root.Descendants() {
		if id != "" && attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text prints what patches are responsible for.
func (b *browser) text() string {
	var out strings.Builder
	for _, id := range []string{"vcls", "stats", "notes", "board", "rows", "inspector-body", "event-list", "names"} {
		if n := b.find(id); n != nil {
			printNode(&out, n)
		}
	}
	return out.String()
}

func printNode(out *strings.Builder, n *html.Node) {
	switch text := strings.TrimSpace(n.Data); {
	case n.Type == html.TextNode && text != "":
		fmt.Fprintln(out, text)
	case n.Type == html.ElementNode:
		slices.SortFunc(n.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
		fmt.Fprintln(out, n.Data, n.Attr)
		for c := range n.ChildNodes() {
			printNode(out, c)
		}
	}
}

// However often the connection is cut, and whatever happens meanwhile, the page
// ends as one that is loaded anew, and is never told to load itself again.
func TestPageThatIsCutOffAgainAndAgainEndsTrue(t *testing.T) {
	for _, query := range []string{"", "select=boot.a1", "q=pool&face=outline", "face=outline&sort=-refs"} {
		t.Run(query, func(t *testing.T) {
			g := newRig(t, nil)
			chaos := newChaos(g)
			defer chaos.rest()
			b := g.browse(query)
			go func(other *listener) { // keeps patches being made; ends with the board
				for {
					if _, _, err := other.conn.ReadMessage(); err != nil {
						return
					}
				}
			}(g.listen(query))
			for range 15 {
				for range chaos.IntN(4) { // between the page and its socket, or while that is away
					chaos.steps(chaos.IntN(3))
					g.settle(query)
				}
				b.connect()
				chaos.steps(1 + chaos.IntN(4))
				g.settle(query)
				for want := g.browse(query).text(); b.text() != want; {
					b.follow() // fails when nothing comes any more
				}
				b.live.conn.Close()
			}
		})
	}
}

// settle waits until the group shows what is true now.
func (g *rig) settle(query string) {
	g.t.Helper()
	group := g.board.feed.acquire(viewOf(query))
	defer g.board.feed.giveBack(group)
	revision := g.rt.Sample().Revision
	eventually(g.t, "the view is up to date", func() bool {
		group.mu.Lock()
		defer group.mu.Unlock()
		return group.revision >= revision
	})
}

// A chaos changes the tree at random, and lets requests come and go.
type chaos struct {
	*rand.Rand
	g     *rig
	holds []director.Hold
	n     int
}

func newChaos(g *rig) *chaos { return &chaos{Rand: rand.New(rand.NewPCG(1, 2)), g: g} }

func (c *chaos) steps(n int) {
	for range n {
		c.step()
	}
}

func (c *chaos) step() {
	c.g.t.Helper()
	v, err := c.g.rt.VCL("boot")
	if err != nil {
		c.g.t.Fatal(err)
	}
	var all []*director.Director
	for known := range c.g.rt.Tree().Directors() {
		if d, err := c.g.rt.Find("@" + utoa(known.ID)); err == nil {
			all = append(all, d)
		}
	}
	d, other := all[c.IntN(len(all))], all[c.IntN(len(all))]
	c.n++
	switch c.IntN(12) {
	case 0:
		c.g.add(v, fmt.Sprintf("x%d", c.n), directortest.NewBackend("x"))
	case 1:
		c.g.add(v, fmt.Sprintf("p%d", c.n), lb.NewRoundRobin(), all[0])
	case 2, 3:
		if group, err := d.Group(); err == nil {
			_, _ = group.AddMember(other, 1) // may close a loop
		}
	case 4:
		if len(all) > 4 && d.Name() != "a1" {
			_ = d.Delete() // may be deleted already
		}
	case 5:
		_ = d.SetHealth([]director.AdminHealth{director.AdminSick, director.AdminHealthy, director.AdminAuto}[c.IntN(3)])
	case 6, 7, 8:
		if hold := d.Hold(); !hold.IsZero() {
			c.holds = append(c.holds, hold)
		}
	default:
		if len(c.holds) > 0 {
			c.holds[0].Drop()
			c.holds = c.holds[1:]
		}
	}
}

// rest ends all requests.
func (c *chaos) rest() {
	for _, hold := range c.holds {
		hold.Drop()
	}
	c.holds = nil
}
