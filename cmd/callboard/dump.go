package main

import (
	"context"
	"flag"
	"net/http"
)

var dumpCommand = command{
	name: "dump", args: "DIRECTOR [flags]", short: "print the state of a director, as its type tells it",
	prepare: remote(1, 1, func(*flag.FlagSet) func(context.Context, env, *client, []string) error {
		return func(ctx context.Context, e env, c *client, args []string) error {
			if c.json {
				var answer object
				if err := c.call(ctx, http.MethodGet, directorPath(args[0]), nil, &answer); err != nil {
					return err
				}
				return c.answer(e, answer, nil)
			}
			return c.copy(ctx, directorPath(args[0])+"/dump", e.stdout)
		}
	}),
}
