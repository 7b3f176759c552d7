package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/callboard/callboard/web/view"
)

// Limits of what a group keeps for clients that come back. All of it fits into
// the queue of one client.
const (
	maxPatches   = 1024
	maxRingBytes = maxQueue / 2
)

// A ring has the newest patches of a group. Applying a patch again does no harm,
// so that a client that shows sequence number n gets everything from n on: more
// than one patch may carry the same number, because numbers that requests move
// change without an event.
//
// Such patches come many times a second where there is traffic, for as long as
// there is no event. Those with the same number are therefore merged: of each
// element only what it was last is kept, and coming back costs the same after a
// second and after an hour.
type ring struct {
	patches []*patch
	bytes   int
	// since is the lowest sequence number from which nothing is missing.
	since uint64
}

// add appends a patch. gauge says that it tells of no event.
func (r *ring) add(p *patch, gauge bool) {
	p.mergeable = gauge && mergeable(p.changes)
	p.size = p.message.size
	if last := len(r.patches) - 1; p.mergeable && last >= 0 && r.patches[last].mergeable && r.patches[last].seq == p.seq {
		old := r.patches[last]
		// A new one, since the messages of the two are on their way to clients.
		r.patches[last] = &patch{
			seq: p.seq, changes: merge(old.changes, p.changes), size: max(old.size, p.size), mergeable: true,
		}
		r.bytes += r.patches[last].size - old.size
		return
	}
	r.patches = append(r.patches, p)
	r.bytes += p.size
	for len(r.patches) > maxPatches || r.bytes > maxRingBytes {
		r.drop()
	}
}

// drop forgets the oldest patch.
func (r *ring) drop() {
	first := r.patches[0]
	r.patches[0] = nil
	r.patches = r.patches[1:]
	r.bytes -= first.size
	r.since = first.seq + 1
}

// after returns all messages that a client needs that shows sequence number
// seq; ok is false if some of them are gone.
func (r *ring) after(ctx context.Context, seq uint64) (messages []*message, ok bool) {
	patches, ok := r.from(seq)
	if !ok {
		return nil, false
	}
	for _, p := range patches {
		if err := p.print(ctx); err != nil {
			return nil, false
		}
		messages = append(messages, p.message)
	}
	return messages, true
}

// from returns the patches themselves.
func (r *ring) from(seq uint64) (patches []*patch, ok bool) {
	if seq < r.since {
		return nil, false
	}
	first, _ := slices.BinarySearchFunc(r.patches, seq, func(p *patch, seq uint64) int { return cmp.Compare(p.seq, seq) })
	return r.patches[first:], true
}

// mergeable reports whether the changes only say what elements look like, not
// which there are.
func mergeable(changes []view.Change) bool {
	return !slices.ContainsFunc(changes, func(c view.Change) bool {
		return c.Verb != view.Replace && c.Verb != view.Attrs
	})
}

// merge returns changes that do what old and then now do.
func merge(old, now []view.Change) []view.Change {
	type key struct {
		verb view.Verb
		id   string
	}
	last := make(map[key]int, len(now))
	for i, c := range now {
		last[key{c.Verb, c.ID}] = i
	}
	merged := make([]view.Change, 0, len(old)+len(now))
	now = slices.Clone(now)
	for _, c := range old {
		i, again := last[key{c.Verb, c.ID}]
		switch {
		case !again:
			merged = append(merged, c)
		case c.Verb == view.Attrs:
			now[i].Attrs = mergeAttrs(c.Attrs, now[i].Attrs)
		}
	}
	return append(merged, now...)
}

func mergeAttrs(old, now []view.Attr) []view.Attr {
	merged := slices.Clone(now)
	for _, a := range old {
		if !slices.ContainsFunc(now, func(b view.Attr) bool { return b.Name == a.Name }) {
			merged = append(merged, a)
		}
	}
	return merged
}
