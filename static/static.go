package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed css/*.css js/*.js img/*.svg
var files embed.FS

// The stylesheets that make up css/app.css, in order. tokens.css comes first
// because it declares the order of the layers.
var sheets = []string{
	"tokens", "base", "layout", "header", "board", "card", "fold", "scale", "stepping", "outline", "inspector", "forms", "events", "state", "print",
}

// The size of the lattice that lattice.css has rules for; package web checks
// that it is the one of web/layout.
const (
	LatticeColumns = 64
	LatticeRows    = 640
)

// A bundle is everything that is served, by name.
type bundle struct {
	hash    string
	content map[string][]byte
	imports map[string][]string // of each module, see Imports
}

// load reads and minifies the files once.
var load = sync.OnceValue(func() bundle {
	b := bundle{content: read()}
	m := newMinifier()
	for name, content := range b.content {
		b.content[name] = minified(m, name, content)
	}
	b.imports = importsOf(b.content)
	b.hash = hashOf(b.content)
	return b
})

// read returns the files as they were written, by the names they are served
// under.
func read() map[string][]byte {
	content := map[string][]byte{"css/lattice.css": Lattice(LatticeColumns, LatticeRows)}
	for _, pattern := range []string{"js/*.js", "img/*.svg"} {
		names, _ := fs.Glob(files, pattern) // the patterns are well formed
		for _, name := range names {
			content[name] = file(name)
		}
	}
	var app bytes.Buffer
	for _, name := range sheets {
		app.Write(file("css/" + name + ".css"))
	}
	content["css/app.css"] = app.Bytes()
	for _, name := range lateSheets() {
		content["css/"+name+".css"] = file("css/" + name + ".css")
	}
	return content
}

// lateSheets are the stylesheets that are not needed at first: that of the API's
// description, and those that come with the module of the same name when a
// reader wants it (see js/later.js).
func lateSheets() []string {
	names, _ := fs.Glob(files, "css/*.css") // the pattern is well formed
	var late []string
	for _, name := range names {
		if sheet := strings.TrimSuffix(path.Base(name), ".css"); !slices.Contains(sheets, sheet) {
			late = append(late, sheet)
		}
	}
	return late
}

// file returns an embedded file. That it is there was checked by the compiler
// for patterns, and by the tests for the list of sheets.
func file(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic("static: " + err.Error())
	}
	return content
}

func hashOf(content map[string][]byte) string {
	var sum [sha256.Size]byte
	for name, data := range content {
		// Folded with xor, because the order of a map is random.
		one := sha256.Sum256(append([]byte(name+"\x00"), data...))
		for i := range sum {
			sum[i] ^= one[i]
		}
	}
	return hex.EncodeToString(sum[:6])
}

// URL returns the URL of a file, relative to the mount point. It panics on a
// name that there is not: a mistake in a template.
func URL(name string) string {
	b := load()
	if _, ok := b.content[name]; !ok {
		panic("static: there is no " + name)
	}
	return "static/" + b.hash + "/" + name
}

// Handler serves the files below …/static/, wherever that is mounted. What is
// asked for by the current hash may be kept for ever; by another one, as a page
// from before an update does, it is served but not kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := load()
		// The last one: the prefix that this is mounted under may have the word
		// in it, and no file has.
		rest := r.URL.Path[strings.LastIndex(r.URL.Path, "static/")+1:]
		_, rest, _ = strings.Cut(rest, "/")
		hash, name, _ := strings.Cut(rest, "/")
		content, ok := b.content[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType(name))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", `"`+b.hash+`"`)
		if hash == b.hash {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}

// contentType does not ask the system's table of types, which may be wrong.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// Names returns the names of all files, sorted.
func Names() []string { return slices.Sorted(maps.Keys(load().content)) }
