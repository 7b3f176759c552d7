package lb

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/url"
	"strings"

	"github.com/callboard/callboard/director"
)

// Hash32 returns the 32 bits that Varnish's directors make of a key: the last
// four bytes of its SHA-256, least significant first (cache_vrt.c,
// VRT_HashStrands32). It is what shard.key() returns and what the points of a
// shard's ring are. All keys are valid, the empty one too.
func Hash32(key []byte) uint32 {
	sum := sha256.Sum256(key)
	return hash32(&sum)
}

// hashStrings is Hash32 of the strings set end to end. It allocates nothing
// whatever their lengths.
func hashStrings(parts ...string) uint32 {
	sum := sumStrings(parts...)
	return hash32(&sum)
}

func hash32(sum *[sha256.Size]byte) uint32 {
	return binary.LittleEndian.Uint32(sum[sha256.Size-4:])
}

func sumStrings(parts ...string) (sum [sha256.Size]byte) {
	h := sha256.New()
	// Through a buffer, because a conversion to bytes would allocate.
	var chunk [4 * sha256.BlockSize]byte
	filled := 0
	for _, part := range parts {
		for part != "" {
			n := copy(chunk[filled:], part)
			part = part[n:]
			if filled += n; filled == len(chunk) {
				h.Write(chunk[:])
				filled = 0
			}
		}
	}
	h.Write(chunk[:filled])
	h.Sum(sum[:0])
	return sum
}

// urlHash is Hash32 of the request's URL as it would stand in the request line.
func urlHash(r *http.Request) uint32 {
	if r == nil {
		return hashStrings()
	}
	path, mark, query := requestLine(r.URL)
	return hashStrings(path, mark, query)
}

// headerHash is Hash32 of the first value of a header, of "" if there is none.
// The name has to be in canonical form.
func headerHash(r *http.Request, name string) uint32 {
	if r == nil {
		return hashStrings()
	}
	if name == "Host" {
		return hashStrings(host(r)) // net/http keeps it out of the header
	}
	if values := r.Header[name]; len(values) > 0 {
		return hashStrings(values[0])
	}
	return hashStrings()
}

// digestKey is the first four bytes, most significant first, of the digest that
// Varnish's built-in vcl_hash would give the request: SHA-256 of the URL and of
// the host, each followed by a zero byte (builtin.vcl, cache_hash.c
// HSH_AddString). The host is in lower case, as builtin.vcl makes it; where a
// request has none, Varnish takes the server's address, here it is "".
func digestKey(r *http.Request) uint32 {
	if r == nil {
		r = new(http.Request)
	}
	path, mark, query := requestLine(r.URL)
	sum := sumStrings(path, mark, query, "\x00", strings.ToLower(host(r)), "\x00")
	return binary.BigEndian.Uint32(sum[:])
}

func host(r *http.Request) string {
	if r.Host != "" || r.URL == nil {
		return r.Host
	}
	return r.URL.Host
}

// requestLine returns what [url.URL.RequestURI] does, in three parts, because
// joining them would allocate.
func requestLine(u *url.URL) (path, mark, query string) {
	if u == nil {
		return "", "", ""
	}
	path = u.Opaque
	if path == "" {
		path = u.EscapedPath()
	}
	if path == "" {
		path = "/"
	}
	if u.ForceQuery || u.RawQuery != "" {
		mark = "?"
	}
	return path, mark, u.RawQuery
}

// requestOf returns the request of a task; nil if it has none.
func requestOf(t *director.Task) *http.Request {
	if t == nil {
		return nil
	}
	return t.Request
}
