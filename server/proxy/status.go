package proxy

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// proxyStatus is the header field of RFC 9211, in which a proxy says what it
// did with a request.
const proxyStatus = "Proxy-Status"

// maxStatuses is how many texts are kept before they are made anew: names may
// come and go for ever.
const maxStatuses = 1 << 14

// statuses are the texts that say which director answered, each made once.
type statuses struct {
	byName sync.Map // from name to a slice of the text, empty for a name that cannot be said
	count  atomic.Int64
}

// tell adds that the director answered, after others had failed.
func (s *statuses) tell(h http.Header, name string, after []*director.Director) {
	text := s.text(name)
	if len(text) == 0 {
		return
	}
	if len(after) > 0 {
		text = []string{text[0] + retried(after)}
	}
	// The values are those of the answer, which is not ours to append to, or
	// those that all answers share.
	if said := h[proxyStatus]; len(said) > 0 {
		text = slices.Concat(said, text)
	}
	h[proxyStatus] = text
}

func (s *statuses) text(name string) []string {
	if text, ok := s.byName.Load(name); ok {
		return text.([]string)
	}
	var text []string
	if said, ok := quoted(name); ok {
		text = slices.Clip([]string{"callboard; next-hop=" + said})
	}
	if s.count.Add(1) > maxStatuses {
		s.byName.Clear()
		s.count.Store(1)
	}
	s.byName.Store(name, text)
	return text
}

// tellError adds what kind of error the proxy met. Kind is one of those that
// section 2.3 of the RFC lists.
func tellError(h http.Header, kind string) { h.Add(proxyStatus, "callboard; error="+kind) }

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quoted returns s as a string of a structured field (RFC 8941, section
// 3.3.3), which is a quoted-string of RFC 9110 as well; ok is false for what
// none can have.
func quoted(s string) (text string, ok bool) {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return "", false
		}
	}
	return `"` + escapes.Replace(s) + `"`, true
}
