package static

import (
	"fmt"
	"path"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/svg"
)

// newMinifier returns what makes files smaller without changing what they mean:
// comments and white space go, local variables get short names. What modules
// export and import keeps its name, since each file is minified by itself.
func newMinifier() *minify.M {
	m := minify.New()
	m.Add(".css", &css.Minifier{})
	m.Add(".js", &js.Minifier{})
	m.Add(".svg", &svg.Minifier{})
	return m
}

// minified returns the content of a file as it is served. It panics on a file
// that is not of its language: the tests read all that there are, in a browser
// and with Node.
func minified(m *minify.M, name string, content []byte) []byte {
	small, err := m.Bytes(path.Ext(name), content)
	if err != nil {
		panic(fmt.Errorf("static: minifying %s: %w", name, err))
	}
	return small
}
