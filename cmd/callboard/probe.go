package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
)

var probeCommand = command{
	name: "probe", args: "--backend HOST:PORT [flags]", short: "poke a backend once, as its probe would, without adding it",
	details: "callboard probe --backend 127.0.0.1:9001 --probe /health --set probe.timeout=1s\nExits with 1 if the poke was bad.",
	prepare: remote(0, 0, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		var b backendFlags
		b.define(flags)
		return func(ctx context.Context, e env, c *client, _ []string) error {
			backend, err := b.body()
			if err != nil {
				return err
			}
			if backend["probe"] == nil {
				backend["probe"] = object{} // that of Varnish
			}
			return tryProbe(ctx, e, c, backend)
		}
	}),
}

func tryProbe(ctx context.Context, e env, c *client, backend object) error {
	var answer object
	if err := c.call(ctx, http.MethodPost, "/probe-test", object{"backend": backend}, &answer); err != nil {
		return err
	}
	var t struct {
		Good   bool    `json:"good"`
		MS     float64 `json:"ms"`
		Reason string  `json:"reason"`
	}
	if err := convert(answer, &t); err != nil {
		return err
	}
	word, failed := "good", error(nil)
	if !t.Good {
		word, failed = "bad", errFailed
	}
	return errors.Join(failed, c.answer(e, answer, func(w io.Writer) {
		fmt.Fprintf(w, "%s after %.1f ms: %s\n", word, t.MS, t.Reason)
	}))
}
