package lb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// table returns what a list shows to people, a line for each row.
func table(l director.Listing) string {
	rows := []string{fmt.Sprintf("%d/%d %t", l.Good, l.Total, l.Healthy)}
	for _, row := range l.Table {
		rows = append(rows, strings.Join(row, " "))
	}
	return strings.Join(rows, "\n")
}

func TestDNS19ListsBackends(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", 0, "10.0.0.2", "10.0.0.1")
		d := h.watch(lb.DNSOptions{})
		h.setHealth("shop(10.0.0.1:80)", director.AdminSick)
		l, ok := d.List(true)
		want := "1/2 true\n Backend Health\n shop(10.0.0.2:80) healthy\n shop(10.0.0.1:80) sick"
		if got := table(l); got != want || !ok {
			t.Errorf("DNS-19: got\n%s\nwant\n%s", got, want)
		}
		names := make(map[string]any)
		for _, f := range l.Details {
			names[f.Name] = f.Value
		}
		if len(names["backends"].(director.Fields)) != 2 || len(names) < 2 {
			t.Errorf("DNS-19: details: got %v, want options and two backends", l.Details)
		}
		if l, _ := d.List(false); l.Total != 2 || l.Details != nil || l.Table != nil {
			t.Errorf("CLI-7: without details: got %+v", l)
		}
	})
}

func TestDNS19ListsTargets(t *testing.T) {
	inService(t, []lb.SRVRecord{srv("b.test.", 8002, 2, 5), srv("a.test.", 8001, 1, 3)}, func(h *dnsHouse, d *director.Director) {
		l, _ := d.List(true)
		want := "2/2 true\n Backend Health Priority Weight\n shop(a.test:8001) healthy 1 3\n shop(b.test:8002) healthy 2 5"
		if got := table(l); got != want {
			t.Errorf("DNS-19: got\n%s\nwant\n%s", got, want)
		}
	})
}
