package lb

import (
	"encoding/binary"
	"math"
	"net/http"
	"net/textproto"
)

// Healthy says which members a pick of a [Shard] regards as healthy enough
// (the argument healthy of Varnish's shard.backend).
type Healthy uint8

// The values of Healthy.
const (
	// Chosen skips alternatives whatever their health and wants the member
	// that is chosen healthy.
	Chosen Healthy = iota
	// All counts only healthy members, skipped ones too.
	All
	// Ignore looks at no health: sick members may be chosen.
	Ignore
)

// String returns Varnish's word: CHOSEN, ALL, IGNORE.
func (h Healthy) String() string {
	switch h {
	case Chosen:
		return "CHOSEN"
	case All:
		return "ALL"
	case Ignore:
		return "IGNORE"
	}
	return "unknown"
}

// By says where a [Shard] takes the key of a request from.
type By uint8

// The values of By.
const (
	// ByHash takes the object digest: SHA-256 of URL and host as Varnish's
	// built-in vcl_hash makes it, of which the first four bytes are the key.
	ByHash By = iota
	// ByURL takes Hash32 of the URL with its query, without the host.
	ByURL
	// ByKey takes a number that the caller gives.
	ByKey
	// ByBlob takes the first four bytes that the caller gives.
	ByBlob
	// ByHeader takes Hash32 of a request header's first value; in VCL that is
	// by=KEY with key=shard.key(req.http.name).
	ByHeader
)

// String returns Varnish's word, in capitals.
func (b By) String() string {
	switch b {
	case ByHash:
		return "HASH"
	case ByURL:
		return "URL"
	case ByKey:
		return "KEY"
	case ByBlob:
		return "BLOB"
	case ByHeader:
		return "HEADER"
	}
	return "unknown"
}

// Params are arguments of a pick by a [Shard], each of which may be given or
// not. The zero Params give none. What is not given is looked for in the next
// place: arguments of the call, override of the set for this task, the set
// itself, the shard's own (see [ShardOptions]), Varnish's defaults: by HASH, no
// alternative, CHOSEN, ramp-up heeded, the director's warm-up
// (vmod_directors_shard.c, shard_param_merge).
//
// Where Varnish fails the task for an invalid combination, here there is no way
// to write one: a key comes with the method that uses it.
//
//	p := lb.Params{}.Key(lb.Hash32(user)).Alt(1)
type Params struct {
	given   uint8
	by      By
	healthy Healthy
	rampup  bool
	key     uint32
	alt     int
	warmup  float64
	header  string
}

const (
	givenBy = 1 << iota
	givenHealthy
	givenRampup
	givenAlt
	givenWarmup
	givenAll = 1<<iota - 1
)

// directorWarmup stands for the share that the director is configured with.
const directorWarmup = -1

var builtinParams = Params{given: givenAll, by: ByHash, healthy: Chosen, rampup: true, warmup: directorWarmup}

// Hash makes the object digest the key.
func (p Params) Hash() Params { return p.keyed(ByHash, 0, "") }

// URL makes the URL the key.
func (p Params) URL() Params { return p.keyed(ByURL, 0, "") }

// Key gives the key itself.
func (p Params) Key(key uint32) Params { return p.keyed(ByKey, key, "") }

// Header makes the value of a request header the key. Requests without it share
// the key of the empty value.
func (p Params) Header(name string) Params {
	return p.keyed(ByHeader, 0, textproto.CanonicalMIMEHeaderKey(name))
}

// Blob gives the key as bytes, most significant first. Bytes after the fourth
// are not used; fewer stand for the lower ones, and none for key 0.
func (p Params) Blob(blob []byte) Params {
	var key [4]byte
	blob = blob[:min(len(blob), len(key))]
	copy(key[len(key)-len(blob):], blob)
	return p.keyed(ByBlob, binary.BigEndian.Uint32(key[:]), "")
}

func (p Params) keyed(by By, key uint32, header string) Params {
	p.given |= givenBy
	p.by, p.key, p.header = by, key, header
	return p
}

// Alt asks for the n-th alternative to the member that the key belongs to. It
// is limited to 0 … number of members-1.
func (p Params) Alt(n int) Params {
	p.given |= givenAlt
	p.alt = n
	return p
}

// Warmup gives the share of requests, 0 to 1, that go to the next alternative
// to keep it warm. A negative share, or NaN, means that of the director; one
// above 1 means 1.
func (p Params) Warmup(share float64) Params {
	p.given |= givenWarmup
	if share < 0 || math.IsNaN(share) {
		share = directorWarmup
	}
	p.warmup = min(share, 1)
	return p
}

// Rampup says whether a member that became healthy a short while ago gets only
// some of its requests.
func (p Params) Rampup(heed bool) Params {
	p.given |= givenRampup
	p.rampup = heed
	return p
}

// Healthy says which members are healthy enough.
func (p Params) Healthy(h Healthy) Params {
	p.given |= givenHealthy
	p.healthy = h
	return p
}

// or fills what p does not give from q. A key goes with what it is given by.
func (p Params) or(q Params) Params {
	missing := q.given &^ p.given
	if missing&givenBy != 0 {
		p.by, p.key, p.header = q.by, q.key, q.header
	}
	if missing&givenHealthy != 0 {
		p.healthy = q.healthy
	}
	if missing&givenRampup != 0 {
		p.rampup = q.rampup
	}
	if missing&givenAlt != 0 {
		p.alt = q.alt
	}
	if missing&givenWarmup != 0 {
		p.warmup = q.warmup
	}
	p.given |= q.given
	return p
}

// keyOf returns the key of a request, which may be nil.
func (p *Params) keyOf(r *http.Request) uint32 {
	switch p.by {
	case ByKey, ByBlob:
		return p.key
	case ByURL:
		return urlHash(r)
	case ByHeader:
		return headerHash(r, p.header)
	case ByHash:
	}
	return digestKey(r)
}
