package server

import (
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/event"
)

// largestExact is the end of the whole numbers that a double holds exactly, and
// so of those that JavaScript, jq and others read from JSON without loss.
const largestExact = 1 << 53

// checkNumbers fails the test if a JSON text has a whole number beyond that.
func checkNumbers(t *testing.T, what, text string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return // the end, or a stream's other lines: whether it is JSON is for others to check
		}
		number, ok := token.(json.Number)
		if !ok {
			continue
		}
		if f, err := number.Float64(); err != nil || math.Abs(f) > largestExact {
			t.Errorf("%s: got the number %s, want none beyond 2^53", what, number)
		}
	}
}

var longNumbers = regexp.MustCompile(`data-[a-z-]+="([0-9]{16,})"`)

// checkPageNumbers is that for what a page's scripts read from its elements.
func checkPageNumbers(t *testing.T, what, text string) {
	t.Helper()
	for _, m := range longNumbers.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.ParseUint(m[1], 10, 64); err != nil || n > largestExact {
			t.Errorf("%s: got %s, want no number beyond 2^53", what, m[0])
		}
	}
}

// All that can be got from the board, of a backend whose bits and limits are as
// large as they can be. send and next look at each answer and message.
func TestNoNumberIsBeyondADouble(t *testing.T) {
	g := newRig(t, nil)
	b, err := backend.New(backend.Config{Host: "127.0.0.1", Port: 9})
	if err != nil {
		t.Fatal(err)
	}
	d := g.add(g.rt.Active(), "full", b)
	d.ReportProbe(event.Probe{Happy: 1<<64 - 16, Window: 8, Threshold: 3})
	listener := g.listen(g.open("select=boot.full"))
	for _, o := range operations() {
		if o.method != http.MethodGet || strings.HasSuffix(o.route, "/*") || strings.HasSuffix(o.route, "/live") {
			continue
		}
		g.send("GET", strings.NewReplacer("{instance}", "test", "{d}", "full").Replace(o.route[1:]), "")
	}
	for _, media := range []string{"application/x-ndjson", "text/event-stream"} {
		g.send("GET", api+"events?after=0&limit=10", "", "Accept", media)
	}
	g.send("GET", api+"events?after=18446744073709551615", "")
	g.send("POST", api+"directors", `{"name":"most","type":"backend","backend":{"host":"127.0.0.1","max_connections":9223372036854775807}}`)
	g.send("POST", api+"directors", `{"name":"wait","type":"backend","backend":{"host":"127.0.0.1","wait_limit":9223372036854775807}}`)
	g.send("POST", api+"directors", `{"name":"initial","type":"backend","backend":{"host":"127.0.0.1","probe":{"initial":9223372036854775807}}}`)
	g.send("GET", api+"events", "")
	listener.is("hello")
	listener.until(g.flip())
}

// The newest pokes stand at the end, whatever reads the answer.
func TestBitsOfAProbeAreAString(t *testing.T) {
	g := newRig(t, nil)
	d, err := g.rt.Find("c1")
	if err != nil {
		t.Fatal(err)
	}
	d.ReportProbe(event.Probe{Happy: 1<<64 - 16, Window: 8, Threshold: 3})
	got := into[struct {
		Health struct{ Probe struct{ Happy string } }
	}](g.send("GET", api+"directors/c1", "").is(200)).Health.Probe.Happy
	if want := strings.Repeat("1", 60) + "0000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
