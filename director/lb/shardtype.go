package lb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
)

func shardType() Type {
	return Type{
		Name: "shard", Help: "takes the member that the request's key belongs to; a change of members moves few keys",
		Weighted: true, Options: shardSettings(), make: makeShard,
	}
}

func shardSettings() []Option {
	return []Option{
		{Name: "by", Kind: "choice", Choices: []string{"hash", "url", "header"}, Default: "hash",
			Help: "what is hashed: URL and host, the URL alone, or a header"},
		{Name: "header", Kind: "text", Help: "name of the request header, for by header"},
		{Name: "replicas", Kind: "int", Default: strconv.Itoa(DefaultReplicas),
			Help: "points on the ring for each member of weight 1: more spread keys more evenly"},
		{Name: "warmup", Kind: "float", Default: "0",
			Help: "share of requests, below 1, that go to the next alternative to keep it warm"},
		{Name: "rampup", Kind: "duration", Default: "0s",
			Help: "how long after it became healthy a member gets only some of its requests"},
		{Name: "alt", Kind: "int", Default: "0", Help: "take the n-th alternative instead"},
		{Name: "healthy", Kind: "choice", Choices: []string{"chosen", "all", "ignore"}, Default: "chosen",
			Help: "whose health counts: of the member chosen, of those skipped too, of none"},
	}
}

func makeShard(o options) (director.Implementation, error) {
	params, err := shardKey(o)
	if err != nil {
		return nil, err
	}
	for _, h := range []Healthy{Chosen, All, Ignore} {
		if strings.EqualFold(h.String(), o["healthy"]) {
			params = params.Healthy(h)
		}
	}
	if o.int("replicas") < 1 {
		return nil, fmt.Errorf("%s replicas: %w: at least 1", o["replicas"], director.ErrInvalid)
	}
	if o.int("alt") < 0 {
		return nil, fmt.Errorf("alt %s: %w: 0 or more", o["alt"], director.ErrInvalid)
	}
	return NewShard(ShardOptions{
		Replicas: o.int("replicas"), Warmup: o.float("warmup"), Rampup: o.duration("rampup"),
		Params: params.Alt(o.int("alt")),
	})
}

func shardKey(o options) (Params, error) {
	switch {
	case o["by"] == "header" && o["header"] == "":
		return Params{}, fmt.Errorf("%w: by header needs the name of one", director.ErrInvalid)
	case o["by"] == "header":
		return Params{}.Header(o["header"]), nil
	case o["by"] == "url":
		return Params{}.URL(), nil
	}
	return Params{}.Hash(), nil
}
