package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/callboard/callboard"

// A source is one file that somebody wrote: neither generated nor a test.
type source struct {
	path    string // with slashes, from the root of the repository
	lines   int
	pkg     string   // for Go: the folder; empty for other languages
	imports []string // for Go
	doc     bool     // for Go: it has a package comment
}

// written are the kinds of files that people write and read.
var written = []string{".go", ".templ", ".js", ".css"}

// sources reads the repository.
func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	var all []source
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains(written, filepath.Ext(name)) || isTest(name) || strings.HasPrefix(name, ".") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		s := source{path: filepath.ToSlash(rel), lines: bytes.Count(text, []byte("\n"))}
		if filepath.Ext(name) == ".go" {
			generated, err := s.parse(text)
			if err != nil {
				return err
			}
			if generated {
				return nil
			}
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".test.js")
}

// parse reads what a Go file imports, and reports whether it is generated.
func (s *source) parse(text []byte) (generated bool, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), s.path, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return false, err
	}
	s.pkg, s.doc = path.Dir(s.path), f.Doc != nil
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return false, err
		}
		s.imports = append(s.imports, p)
	}
	return ast.IsGenerated(f), nil
}
