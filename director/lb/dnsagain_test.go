package lb_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
)

// failing makes the backend of that name fail, or answer again.
func (h *dnsHouse) failing(name string, err error) {
	h.Helper()
	h.find(name).Implementation().(*directortest.Backend).Fail(err)
}

// sent sends a request through d and returns the name of the leaf that answers,
// or the error.
func (h *dnsHouse) sent(d *director.Director) string {
	h.Helper()
	req, err := http.NewRequest("GET", "http://example.test/", nil)
	if err != nil {
		h.Fatal(err)
	}
	resp, err := (&director.Transport{Director: d}).RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	leaf, _, _ := director.AnsweredBy(resp)
	return leaf.Name()
}

func TestDNSGoesToAnotherAddress(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2", "10.0.0.3")
		d := h.watch(lb.DNSOptions{})
		broken := errors.New("broken")
		h.failing("shop(10.0.0.2:80)", broken)
		var got []string
		for range 4 {
			got = append(got, h.sent(d))
		}
		h.want("one fails, which takes no turn of others", got, []string{
			"shop(10.0.0.3:80)", "shop(10.0.0.3:80)", "shop(10.0.0.1:80)", "shop(10.0.0.3:80)",
		})
		h.failing("shop(10.0.0.1:80)", broken)
		h.setHealth("shop(10.0.0.3:80)", director.AdminSick)
		for range 2 {
			if got := h.sent(d); got != "backend shop(10.0.0.1:80): broken, after shop(10.0.0.2:80)" && got != "backend shop(10.0.0.2:80): broken, after shop(10.0.0.1:80)" {
				t.Errorf("only a sick one is left: got %q, want that it is not asked", got)
			}
		}
	})
}

func TestDNSGoesToAnotherTarget(t *testing.T) {
	records := []lb.SRVRecord{srv("c.test.", 8003, 20, 0), srv("b.test.", 8002, 10, 1), srv("a.test.", 8001, 10, 3)}
	inService(t, records, func(h *dnsHouse, d *director.Director) {
		broken := errors.New("broken")
		for _, c := range []struct{ fails, want string }{
			{"shop.a.test(10.0.0.1:8001)", "shop.b.test(10.0.0.2:8002)"},
			{"shop.b.test(10.0.0.2:8002)", "shop.c.test(10.0.0.3:8003)"},
		} {
			h.failing(c.fails, broken)
			for range 16 {
				if got := h.sent(d); got != c.want {
					t.Fatalf("%s fails: got %q, want %s", c.fails, got, c.want)
				}
			}
		}
	})
}
