package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"text/tabwriter"
	"time"
)

var undoCommand = command{
	name: "undo", args: "[ID] [flags]", short: "undo the delete of a director: make a new one with the same wiring",
	details: "Without ID, the newest delete. A delete can be undone for a short time; --list\n" +
		"says which, and until when.",
	prepare: remote(0, 1, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		list := flags.Bool("list", false, "only list what can be undone")
		return func(ctx context.Context, e env, c *client, args []string) error {
			switch {
			case *list && len(args) > 0:
				return usagef("--list takes no ID")
			case *list:
				return listUndo(ctx, e, c)
			case len(args) > 0:
				return undo(ctx, e, c, args[0])
			}
			return undoNewest(ctx, e, c)
		}
	}),
}

// An undoable is a delete that can be undone.
type undoable struct {
	ID       uint64    `json:"id"`
	Director string    `json:"director"`
	Type     string    `json:"type"`
	Until    time.Time `json:"until"`
}

// undoables returns what the API lists, newest first, and the whole answer.
func undoables(ctx context.Context, c *client) (list []undoable, answer object, err error) {
	if err := c.call(ctx, http.MethodGet, "/undo", nil, &answer); err != nil {
		return nil, nil, err
	}
	return list, answer, convert(answer["undo"], &list)
}

func listUndo(ctx context.Context, e env, c *client) error {
	list, answer, err := undoables(ctx, c)
	if err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "nothing can be undone")
			return
		}
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, u := range list {
			fmt.Fprintf(table, "%d\t%s\t%s\tuntil %s\n", u.ID, u.Director, u.Type, u.Until.Local().Format(time.TimeOnly))
		}
		table.Flush()
	})
}

func undoNewest(ctx context.Context, e env, c *client) error {
	list, _, err := undoables(ctx, c)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("nothing can be undone")
	}
	return undo(ctx, e, c, fmt.Sprint(list[0].ID))
}

func undo(ctx context.Context, e env, c *client, id string) error {
	var answer object
	if err := c.call(ctx, http.MethodPost, "/undo/"+neturl.PathEscape(id), nil, &answer); err != nil {
		return err
	}
	var done undone
	if err := convert(answer, &done); err != nil {
		return err
	}
	return c.answer(e, answer, done.print)
}

// An undone is what the API says of an undo.
type undone struct {
	Note    string `json:"note"`
	Rewired []struct {
		Kind     string `json:"kind"`
		Director string `json:"director"`
		Slot     int    `json:"slot"`
		Was      int    `json:"was"`
	} `json:"rewired"`
	LeftOut []struct {
		What     string `json:"what"`
		Director string `json:"director"`
		Slot     int    `json:"slot"`
		Reason   string `json:"reason"`
	} `json:"left_out"`
}

func (u *undone) print(w io.Writer) {
	fmt.Fprintln(w, u.Note)
	for _, r := range u.Rewired {
		switch {
		case r.Kind == "default":
			fmt.Fprintf(w, "default of VCL %s\n", r.Director)
		case r.Was != 0:
			fmt.Fprintf(w, "held by %s slot %d, instead of slot %d\n", r.Director, r.Slot, r.Was)
		default:
			fmt.Fprintf(w, "held by %s slot %d\n", r.Director, r.Slot)
		}
	}
	for _, l := range u.LeftOut {
		text := l.What + " " + l.Director
		if l.What == "slot" {
			text = fmt.Sprintf("slot %d of %s", l.Slot, l.Director)
		}
		fmt.Fprintf(w, "not put back: %s: %s\n", text, l.Reason)
	}
}
