package architecture

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// A rule says what the packages of a folder may import besides the standard
// library. In both, "x/..." means x and all below it.
type rule struct {
	folder     string
	may        []string // folders of this module
	thirdParty bool
	only       string // the packages that thirdParty would be too much for
}

// rules are tried in order; the first whose folder matches is the package's.
// Imports run one way: cmd → server → web → director/tree → director/event.
var rules = []rule{
	{folder: "director/event", may: nil},
	{folder: "director/tree", may: []string{"director/event"}},
	// The PROXY protocol, and DNS answers with their times to live, are others'
	// business: a library each, for those alone who use these packages.
	{folder: "director/backend", may: []string{"director", "director/event"}, only: "github.com/pires/go-proxyproto"},
	{folder: "director/lb/dnsresolver", may: []string{"director/..."}, only: "golang.org/x/net/dns/dnsmessage"},
	{folder: "director/...", may: []string{"director/..."}},
	// Files are served minified, each in its language's way.
	{folder: "static/...", may: nil, only: "github.com/tdewolff/minify/v2/..."},
	{folder: "web/layout", may: nil},
	{folder: "web/...", may: []string{"web/...", "static", "director/event", "director/tree"}, thirdParty: true},
	{folder: "server/...", may: []string{"server/...", "web/...", "static", "director/..."}, thirdParty: true},
	{folder: "cmd/callboard/internal/demo", may: nil},
	{folder: "cmd/...", may: []string{"cmd/...", "server/...", "web/...", "static", "director/..."}, thirdParty: true},
	{folder: "internal/...", may: []string{"internal/..."}, thirdParty: true},
}

// maxLines is how long a file may get before it has to be split.
const maxLines = 400

func TestImportsRunOneWay(t *testing.T) {
	for _, s := range sources(t) {
		if s.pkg == "" {
			continue
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return within(s.pkg, r.folder) })
		if i < 0 {
			t.Errorf("%s: no rule says what %s may import", s.path, s.pkg)
			continue
		}
		for _, imported := range s.imports {
			if !rules[i].allows(imported) {
				t.Errorf("%s imports %s, which %s may not", s.path, imported, rules[i].folder)
			}
		}
	}
}

func TestRulesRefuse(t *testing.T) {
	for _, c := range []struct{ pkg, imported string }{
		{"director/tree", module + "/director"},
		{"director/event", module + "/director/tree"},
		{"director", "github.com/go-chi/chi/v5"},
		{"director/lb", module + "/web"},
		{"web/view", module + "/director"},
		{"web", module + "/server"},
		{"web/layout", "github.com/a-h/templ"},
		{"server", module + "/cmd/callboard"},
		{"server", module + "/internal/browser"},
		{"cmd/callboard", module + "/internal/browser"},
	} {
		i := slices.IndexFunc(rules, func(r rule) bool { return within(c.pkg, r.folder) })
		if rules[i].allows(c.imported) {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, want at most %d: split it by idea", s.path, s.lines, maxLines)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := make(map[string]bool)
	for _, s := range sources(t) {
		if s.pkg != "" {
			documented[s.pkg] = documented[s.pkg] || s.doc
		}
	}
	if len(documented) == 0 {
		t.Fatal("found no package")
	}
	for _, pkg := range slices.Sorted(maps.Keys(documented)) {
		if !documented[pkg] {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

// allows reports whether the rule lets a package import this path.
func (r rule) allows(imported string) bool {
	own, ours := strings.CutPrefix(imported, module+"/")
	if ours {
		return slices.ContainsFunc(r.may, func(folder string) bool { return within(own, folder) })
	}
	first, _, _ := strings.Cut(imported, "/")
	return r.thirdParty || r.only != "" && within(imported, r.only) || !strings.Contains(first, ".") // the standard library has no dot there
}

// within reports whether a package is one of those that the folder means.
func within(pkg, folder string) bool {
	root, below := strings.CutSuffix(folder, "/...")
	return pkg == root || below && strings.HasPrefix(pkg, root+"/")
}
