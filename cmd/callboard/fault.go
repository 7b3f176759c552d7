package main

import (
	"context"
	"flag"
	"net/http"
	neturl "net/url"
)

var faultCommand = command{
	name: "fault", args: "DIRECTOR on|off [flags]", short: "make a backend of the demo fail, so that its probe finds out; and end that",
	prepare: remote(2, 2, func(*flag.FlagSet) func(context.Context, env, *client, []string) error {
		return func(ctx context.Context, e env, c *client, args []string) error {
			words := map[string]string{"on": args[0] + " fails: its probe will find out", "off": args[0] + " answers again"}
			said, known := words[args[1]]
			if !known {
				return usagef("%q is neither on nor off", args[1])
			}
			return change(ctx, e, c, http.MethodPut, "/faults/"+neturl.PathEscape(args[0]), object{"failing": args[1] == "on"}, said)
		}
	}),
}
