package static

import (
	"path"
	"regexp"
	"slices"
)

// importPattern finds what a minified module imports statically: `from"./x.js"`
// and `import"./x.js"`. An import("./x.js") that waits until it is called has a
// bracket there.
var importPattern = regexp.MustCompile(`(?:\bfrom|\bimport)\s*["']\./([\w-]+\.js)["']`)

// Imports returns the names of the modules that a module needs before it can
// run: what it imports, what those import, and so on, nearest first. A page that
// names them in its head has them at once, instead of finding out about each
// when the one before has arrived.
func Imports(name string) []string { return slices.Clone(load().imports[name]) }

// importsOf reads the imports of all modules.
func importsOf(content map[string][]byte) map[string][]string {
	direct := make(map[string][]string)
	for name, text := range content {
		if path.Ext(name) != ".js" {
			continue
		}
		for _, match := range importPattern.FindAllSubmatch(text, -1) {
			direct[name] = append(direct[name], path.Join(path.Dir(name), string(match[1])))
		}
	}
	all := make(map[string][]string)
	for name := range direct {
		all[name] = reach(direct, name)
	}
	return all
}

// reach walks the imports breadth first.
func reach(direct map[string][]string, name string) []string {
	found := []string{name}
	for i := 0; i < len(found); i++ {
		for _, next := range direct[found[i]] {
			if !slices.Contains(found, next) {
				found = append(found, next)
			}
		}
	}
	return found[1:]
}
