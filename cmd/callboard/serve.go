package main

import (
	"context"
	"flag"

	"github.com/callboard/callboard/director"
)

var serveCommand = command{
	name: "serve", args: "[flags]", short: "run an empty instance with its board and its proxy",
	prepare: func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		var board boardFlags
		board.define(flags)
		instance := flags.String("instance", "main", "`name` of the instance")
		return func(ctx context.Context, e env, args []string) error {
			if len(args) > 0 {
				return usagef("%q is not expected", args[0])
			}
			return serve(ctx, e, board, *instance)
		}
	},
}

func serve(ctx context.Context, e env, board boardFlags, instance string) error {
	l, err := board.listen()
	if err != nil {
		return err
	}
	rt := director.New(director.Options{Name: instance})
	if _, err := rt.AddVCL("boot"); err != nil {
		l.close()
		return err
	}
	return board.serve(ctx, e, rt, l, nil)
}
