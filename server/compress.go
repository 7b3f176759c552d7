package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// leastCompressed is the size from which an answer is compressed: a smaller one
// fits into one packet as it is.
const leastCompressed = 1400

// compressedTag ends the entity tag of what is compressed: the same file as it is
// has the same tag without it.
const compressedTag = "-gzip"

// compress sends pages, data and files compressed to clients that can read that.
// What stays open is left alone: websockets do it themselves, and a stream must
// not wait for more.
func compress(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(leastCompressed),
		gzhttp.ContentTypes([]string{
			"text/html", "text/css", "text/javascript", "text/plain", "text/vnd.graphviz", "image/svg+xml",
			"application/json", "application/problem+json",
		}),
		gzhttp.SuffixETag(compressedTag),
		gzhttp.EnableZstd(false), // saves little here, and each encoder takes megabytes
	)
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	compressed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" || streams(r) {
			next.ServeHTTP(w, r)
			return
		}
		compressed.ServeHTTP(w, plainTags(r))
	}), nil
}

// plainTags gives the request the tags that the files are known by.
func plainTags(r *http.Request) *http.Request {
	tags := r.Header.Get("If-None-Match")
	if !strings.Contains(tags, compressedTag) {
		return r
	}
	plain := r.Clone(r.Context())
	plain.Header.Set("If-None-Match", strings.ReplaceAll(tags, compressedTag+`"`, `"`))
	return plain
}

// streams reports whether the client asks for an answer that stays open.
func streams(r *http.Request) bool {
	return accepts(r, "text/event-stream") || accepts(r, "application/x-ndjson")
}
