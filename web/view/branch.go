package view

import (
	"slices"
	"strconv"
	"strings"
)

// maxBranches bounds the branches that a query may open, and those that it may
// shut: each costs room on the page.
const maxBranches = 16

// A branch is a director in the lists Query.Open and Query.Shut. The one without
// a token stands for the top of the tree.
type branch struct {
	token string
	// from is the slot from which members are listed; at the top, the number of
	// the first director.
	from uint64
}

// What would end an entry of the list is escaped as in a URL.
var (
	escapeToken   = strings.NewReplacer("%", "%25", ",", "%2C", ":", "%3A")
	unescapeToken = strings.NewReplacer("%25", "%", "%2C", ",", "%3A", ":")
)

func (b branch) String() string {
	text := escapeToken.Replace(b.token)
	if b.from > 0 {
		text += ":" + strconv.FormatUint(b.from, 10)
	}
	return text
}

// branches reads a list as Query has it. A branch that is named twice counts
// once, as it was named last.
func branches(list string) []branch {
	var all []branch
	for entry := range strings.SplitSeq(list, ",") {
		token, from, _ := strings.Cut(strings.TrimSpace(entry), ":")
		if token == "" && from == "" {
			continue
		}
		b := branch{token: unescapeToken.Replace(token)}
		b.from, _ = strconv.ParseUint(from, 10, 64) // what is no number is the start
		all = append(without(all, b.token), b)
	}
	return all[max(0, len(all)-maxBranches):]
}

func without(all []branch, token string) []branch {
	return slices.DeleteFunc(all, func(b branch) bool { return b.token == token })
}

func join(all []branch) string {
	parts := make([]string, len(all))
	for i, b := range all {
		parts[i] = b.String()
	}
	return strings.Join(parts, ",")
}

// Opening is the query with a branch open, its members listed from a slot on.
func (q Query) Opening(token string, from uint64) Query {
	q.Panel = ""
	q.Shut = join(without(branches(q.Shut), token))
	open := append(without(branches(q.Open), token), branch{token, from})
	q.Open = join(open[max(0, len(open)-maxBranches):])
	return q
}

// Shutting is the query with a branch shut.
func (q Query) Shutting(token string) Query {
	q.Panel = ""
	q.Open = join(without(branches(q.Open), token))
	shut := append(without(branches(q.Shut), token), branch{token: token})
	q.Shut = join(shut[max(0, len(shut)-maxBranches):])
	return q
}

// Whole is the query without anything that leaves directors out.
func (q Query) Whole() Query {
	return Query{Select: q.Select, Face: q.Face}
}
