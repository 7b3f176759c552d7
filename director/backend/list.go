package backend

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/callboard/callboard/director"
)

var _ director.Lister = (*Backend)(nil)

// List implements [director.Lister] (cache_backend.c, vbe_list). Varnish shows
// the addresses that it found when the VCL was loaded. Here a name is looked up
// when a connection is made, so that only what was given as an address is shown.
func (b *Backend) List(details bool) director.Listing {
	l := director.Listing{Healthy: true}
	if s, ok := b.ProbeStatus(); ok {
		l = s.List(details)
	} else if details {
		l.Details = director.Fields{}
	}
	if addr, err := netip.ParseAddr(b.config.Host); details && err == nil {
		family := "ipv6"
		if addr.Unmap().Is4() {
			family = "ipv4"
		}
		l.Beside = director.Fields{{Name: family, Value: addr.Unmap().String()}}
	}
	return l
}

// probeLabels name the maps in the order of PROBE-3 (tbl/backend_poll.h).
var probeLabels = [mapCount]string{
	"Good IPv4", "Good IPv6", "Good UNIX", "Error Xmit", "Good Xmit", "Error Recv", "Good Recv", "Happy",
}

// List returns what a list shows of a director with such a probe
// (cache_backend_probe.c, VBP_Status).
func (s *ProbeStatus) List(details bool) director.Listing {
	l := director.Listing{Good: s.Good, Total: s.Window, Healthy: !s.Sick}
	if !details {
		return l
	}
	l.Lines = []string{
		fmt.Sprintf(" Current states  good: %2d threshold: %2d window: %2d", s.Good, s.Threshold, s.Window),
		fmt.Sprintf("  Average response time of good probes: %.6f", s.Average),
		"  Oldest ================================================== Newest",
	}
	for i, m := range s.maps() {
		letter := mapLetters[i : i+1]
		if m != 0 || stageMap(i) == mapHappy {
			bits := strings.NewReplacer("0", "-", "1", letter).Replace(fmt.Sprintf("%064b", m))
			l.Lines = append(l.Lines, "  "+bits+" "+probeLabels[i])
		}
		l.Details = append(l.Details, director.Field{Name: "bits_" + letter, Value: m})
	}
	l.Details = append(l.Details,
		director.Field{Name: "good", Value: s.Good},
		director.Field{Name: "threshold", Value: s.Threshold},
		director.Field{Name: "window", Value: s.Window})
	return l
}
