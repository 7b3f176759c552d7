package lb

import (
	"net/textproto"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// Hash takes a healthy member by a hash of the request, each for its share of
// the weights, as vmod_directors_hash.c does. It is no consistent hashing: a
// change of members or of health moves many keys; see [Shard]. A member of
// weight 0 is never taken.
//
// In Varnish a hash is no director that others can hold: hash.backend(key)
// picks at once and returns the member. Here it picks when a request comes,
// with a key of the request, so that it can stand anywhere in a tree and shows
// the health of its members.
type Hash struct {
	members
	header string // canonical; "" for the URL
}

// NewHash returns a director without members whose key is the value of a
// request header, "" for requests without it. No name means that the URL is the
// key, as it stands in the request line.
func NewHash(header string) *Hash {
	return &Hash{members: members{kind: byWeight}, header: textproto.CanonicalMIMEHeaderKey(header)}
}

func hashType() Type {
	return Type{
		Name: "hash", Help: "takes a healthy member by a hash of the request; a change of members or health moves many keys",
		Weighted: true,
		Options:  []Option{{Name: "header", Kind: "text", Help: "name of the request header to hash; the URL if empty"}},
		make:     func(o options) (director.Implementation, error) { return NewHash(o["header"]), nil },
	}
}

// Type implements [director.Implementation].
func (*Hash) Type() string { return "hash" }

// Describe implements [director.Describer].
func (h *Hash) Describe() []event.Option {
	if h.header == "" {
		return []event.Option{{Name: "by", Value: "url"}}
	}
	return []event.Option{{Name: "by", Value: "header"}, {Name: "header", Value: h.header}}
}

// Resolve implements [director.Resolver]. Without a request the key is "".
func (h *Hash) Resolve(t *director.Task) director.Hold {
	if h.header != "" {
		return h.take(t, headerHash(requestOf(t), h.header))
	}
	return h.take(t, urlHash(requestOf(t)))
}

// Pick returns the member for a key, held, and the zero Hold if none is
// healthy: Varnish's hash.backend.
func (h *Hash) Pick(key string) director.Hold { return h.take(nil, hashStrings(key)) }

func (h *Hash) take(task *director.Task, hash uint32) director.Hold {
	t := h.current()
	u := float64(hash) / (1 << 32)
	if task.Retrying() {
		return t.againByWeight(task, u)
	}
	i := t.share(u)
	if i < 0 {
		return director.Hold{}
	}
	return t.hold(i)
}
