package server

import (
	"net/http"
	"strings"

	"github.com/callboard/callboard/director"
)

// proxyStatus is the header field of RFC 9211, in which a proxy says what it
// did with a request.
const proxyStatus = "Proxy-Status"

// tellLeaf adds which backend answered, by its name.
func tellLeaf(resp *http.Response) error {
	if leaf, _, ok := director.AnsweredBy(resp); ok {
		if name, ok := sfString(leaf.Name()); ok {
			resp.Header.Add(proxyStatus, "callboard; next-hop="+name+retried(director.RetriedAfter(resp)))
		}
	}
	return nil
}

// tellError adds what kind of error the proxy met. Kind is one of those that
// section 2.3 of the RFC lists.
func tellError(h http.Header, kind string) { h.Add(proxyStatus, "callboard; error="+kind) }

// sfString returns s as a string of a structured field (RFC 8941, section
// 3.3.3); ok is false for what none can have.
func sfString(s string) (quoted string, ok bool) {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return "", false
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`, true
}
