package server

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web/view"
)

// stopTime lets no second pass in the history but those that the test samples
// itself.
func (g *rig) stopTime() { g.board.feed.end() }

func (g *rig) id(name string) uint64 {
	g.t.Helper()
	return g.director(name).ID()
}

// newest returns the newest samples of a history, the newest last.
func newest(h *history, id uint64, n int) []view.Sample {
	past := h.of(id)
	if past == nil || past.Samples == nil {
		return make([]view.Sample, n)
	}
	return past.Samples[len(past.Samples)-n:]
}

// frozen returns a history of the rig's instance that only the test samples.
func (g *rig) frozen() *history {
	g.stopTime()
	return newHistory(g.rt)
}

// hold begins a request to a director, which ends with drop.
func (g *rig) hold(name string) (drop func()) {
	g.t.Helper()
	hold := g.director(name).Hold()
	if hold.IsZero() {
		g.t.Fatalf("%s cannot be held", name)
	}
	return hold.Drop
}

func TestHistoryHasWhatHappenedInEachSecond(t *testing.T) {
	g := newRig(t, nil)
	h := g.frozen()
	id := g.id("a1")
	transport := &director.Transport{Director: g.director("a1")}
	h.sample()
	for range 3 {
		g.ask(transport)
	}
	h.sample()
	drop := g.hold("a1")
	h.sample()
	h.sample() // nothing has changed: the request goes on
	drop()
	h.sample()
	want := []view.Sample{{}, {Requests: 3}, {Tasks: 1}, {Tasks: 1}, {}}
	if got := newest(h, id, 5); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What a load balancer sends on is known from what goes through its slots.
func TestHistoryOfALoadBalancer(t *testing.T) {
	g := newRig(t, nil)
	h := g.frozen()
	transport := &director.Transport{Director: g.director("pool")}
	for range 4 {
		g.ask(transport)
	}
	h.sample()
	if got, want := newest(h, g.id("pool"), 1)[0].Requests, uint32(4); got != want {
		t.Errorf("got %d requests, want %d", got, want)
	}
}

func TestHistoryForgetsWhatIsIdle(t *testing.T) {
	g := newRig(t, nil)
	h := g.frozen()
	g.hold("a1")()
	h.sample()
	defer g.hold("c1")()
	for range 2 * view.PastLength {
		h.sample()
	}
	if _, ok := h.series[g.id("a1")]; ok || len(h.series) != 1 {
		t.Errorf("got %d series, want that of c1, which answers a request", len(h.series))
	}
}

// The same pointer says that nothing is new, and costs a view nothing.
func TestHistoryRepeatsItself(t *testing.T) {
	g := newRig(t, nil)
	h := g.frozen()
	idle := h.of(g.id("a2"))
	drop := g.hold("a1")
	h.sample()
	busy := h.of(g.id("a1"))
	if h.of(g.id("a1")) != busy {
		t.Error("within a second there is something new")
	}
	h.sample()
	if h.of(g.id("a1")) == busy {
		t.Error("after a second with a request there is nothing new")
	}
	if h.of(g.id("a2")) != idle {
		t.Error("there is something new of a director that does nothing")
	}
	drop()
}

func TestPageHasTheLastMinuteWhenItIsOpened(t *testing.T) {
	g := newRig(t, nil)
	g.stopTime()
	transport := &director.Transport{Director: g.director("a1")}
	for n := range 5 {
		for range 2 * n {
			g.ask(transport)
		}
		g.board.feed.past.sample()
	}
	body := g.send("GET", "i/test/?select=boot.a1", "").is(200).body
	for _, want := range []string{
		`aria-label="about 4 requests a second, at most 8 in the last minute"`,
		`aria-label="no errors in the last minute"`,
		`d="M0 24h112v-6h2v-6h2v-6h2v-5h2V24"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// What a reader of a busy backend is sent each second is small.
func TestSecondOfTrafficIsASmallPatch(t *testing.T) {
	g := newRig(t, nil)
	g.stopTime()
	past := g.board.feed.past
	transport := &director.Transport{Director: g.director("a1")}
	for n := range view.PastLength {
		for range 1 + n*7%11 {
			g.ask(transport)
		}
		past.sample()
	}
	l := g.listen("select=boot.a1")
	l.is("hello")
	g.ask(transport)
	past.sample()
	f := l.is("patch")
	size := 0
	var ids []string
	for _, op := range f.Ops {
		size += len(fmt.Sprintf("%+v", op))
		ids = append(ids, op.ID)
	}
	id := utoa(g.id("a1"))
	if want := []string{"totals-" + id, "spark-requests-" + id}; !sameSet(ids, want) {
		t.Errorf("got changes of %v, want of %v", ids, want)
	}
	if limit := 1500; size > limit {
		t.Errorf("got %d bytes, want no more than %d", size, limit)
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// A member that flips is one row of the list, and a sum.
func TestMemberThatFlipsIsOneRow(t *testing.T) {
	g := newRig(t, nil)
	l := g.listen("select=boot.pool")
	l.is("hello")
	g.send("PUT", api+"health", `{"pattern":"boot.a1","admin":"sick"}`).is(200)
	section := "members-" + utoa(g.id("pool"))
	rows := 0
	for rows == 0 {
		for _, op := range l.is("patch").Ops {
			if op.ID == section {
				t.Fatalf("the whole list was sent: %s", op.HTML)
			}
			if strings.HasPrefix(op.ID, "member-") && !strings.HasPrefix(op.ID, "member-sum") {
				rows++
			}
		}
	}
	if rows != 1 {
		t.Errorf("got %d rows, want 1", rows)
	}
}

func (g *rig) director(name string) *director.Director {
	g.t.Helper()
	d, err := g.rt.Find(name)
	if err != nil {
		g.t.Fatal(err)
	}
	return d
}

// ask sends a request through the tree.
func (g *rig) ask(transport *director.Transport) {
	g.t.Helper()
	resp, err := transport.RoundTrip(httptest.NewRequest("GET", "http://shop.test/", nil))
	if err != nil {
		g.t.Fatal(err)
	}
	resp.Body.Close()
}
