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
		"again after the next start, however the program ended: what was answered is kept.\n" +
		"With --durable that is so too when the machine loses its power.",
	prepare: func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		var board boardFlags
		board.define(flags)
		instance := flags.String("instance", "main", "`name` of the instance")
		data := flags.String("data", "", "`folder` that keeps the instance; made if it is not there")
		durable := flags.Bool("durable", false, "answer commands when the disk itself has them, not the system alone")
		return func(ctx context.Context, e env, args []string) error {
			if len(args) > 0 {
				return usagef("%q is not expected", args[0])
			}
			if *durable && *data == "" {
				return usagef("--durable needs --data")
			}
			return serve(ctx, e, board, *instance, keeping{*data, *durable})
		}
	},
}

// keeping is where an instance is kept, and how surely.
type keeping struct {
	folder  string // "" keeps nothing
	durable bool
}

func serve(ctx context.Context, e env, board boardFlags, instance string, data keeping) error {
	l, err := board.listen()
	if err != nil {
		return err
	}
	rt := director.New(director.Options{Name: instance})
	j, err := keep(e, rt, data, board.outside.maker())
	if err != nil {
		l.close()
		_ = rt.Close(ctx) // nothing uses it
		return err
	}
	if j == nil {
		return board.serve(ctx, e, l, shown{rt: rt})
	}
	end := sync.OnceFunc(func() { endKeeping(e, j) })
	defer end()
	return board.serve(ctx, e, l, shown{rt: rt, beforeClose: end, durability: j})
}

// keep fills the instance: with what the folder has kept, or else with an empty
// VCL. From then on the folder keeps it, until the journal that is returned is
// closed; it is nil if there is no folder.
func keep(e env, rt *director.Runtime, data keeping, maker server.Maker) (*journal.Journal, error) {
	if data.folder == "" {
		_, err := rt.AddVCL("boot")
		return nil, err
	}
	j, err := journal.Open(data.folder, journal.Options{
		Instance: rt.Name(), Make: maker.Make, Conceal: server.Conceal, Logger: e.logger(), Durable: data.durable,
	})
	if err != nil {
		return nil, err
	}
	tell(e, j.Restore(rt))
	if len(rt.Tree().VCLs()) == 0 {
		_, err = rt.AddVCL("boot")
	}
	if err == nil {
		err = j.Start(rt)
	}
	if err != nil {
		endKeeping(e, j)
		return nil, err
	}
	return j, nil
}

func endKeeping(e env, j *journal.Journal) {
	if err := j.Close(); err != nil {
		e.logger().Error("the end was not kept", "error", err)
	}
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
