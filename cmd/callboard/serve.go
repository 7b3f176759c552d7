package main

import (
	"context"
	"flag"
	"fmt"
	"sync"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

var serveCommand = command{
	name: "serve", args: "[flags]", short: "run an empty instance with its board and its proxy",
	details: "With --data, what is added and changed is kept in that folder and is there\n" +
		"again after the next start, however the program ended.",
	prepare: func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		var board boardFlags
		board.define(flags)
		instance := flags.String("instance", "main", "`name` of the instance")
		data := flags.String("data", "", "`folder` that keeps the instance; made if it is not there")
		return func(ctx context.Context, e env, args []string) error {
			if len(args) > 0 {
				return usagef("%q is not expected", args[0])
			}
			return serve(ctx, e, board, *instance, *data)
		}
	},
}

func serve(ctx context.Context, e env, board boardFlags, instance, data string) error {
	l, err := board.listen()
	if err != nil {
		return err
	}
	rt := director.New(director.Options{Name: instance})
	kept, err := keep(e, rt, data, board.outside.maker())
	if err != nil {
		l.close()
		_ = rt.Close(ctx) // nothing uses it
		return err
	}
	defer kept()
	return board.serve(ctx, e, l, shown{rt: rt, beforeClose: kept})
}

// keep fills the instance: with what the folder has kept, or else with an empty
// VCL. From then on the folder keeps it, until the function that is returned is
// called, which may be done twice.
func keep(e env, rt *director.Runtime, folder string, maker server.Maker) (end func(), err error) {
	if folder == "" {
		_, err := rt.AddVCL("boot")
		return func() {}, err
	}
	log := e.logger()
	j, err := journal.Open(folder, journal.Options{Instance: rt.Name(), Make: maker.Make, Conceal: server.Conceal, Logger: log})
	if err != nil {
		return nil, err
	}
	end = sync.OnceFunc(func() {
		if err := j.Close(); err != nil {
			log.Error("the end was not kept", "error", err)
		}
	})
	tell(e, j.Restore(rt))
	if len(rt.Tree().VCLs()) == 0 {
		_, err = rt.AddVCL("boot")
	}
	if err == nil {
		err = j.Start(rt)
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}

// tell says what was restored, and what was not.
func tell(e env, r *journal.Report) {
	if r.File == "" {
		return
	}
	fmt.Fprintln(e.stderr, r)
	for _, line := range r.Gone {
		fmt.Fprintln(e.stderr, "gone:", line)
	}
	for _, line := range r.Problems {
		fmt.Fprintln(e.stderr, "not restored:", line)
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(e.stderr, "what was not restored is still in %s\n", r.Spared())
	}
}
