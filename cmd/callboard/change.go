package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// object is a JSON object that is being put together.
type object = map[string]any

// convert turns JSON values that were decoded already into a struct.
func convert(from, to any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

var assignCommand = command{
	name: "assign", args: "DIRECTOR [MEMBER] [flags]", short: "give a director a member, or point one of its slots elsewhere",
	details: "callboard assign pool a4              a new slot\n" +
		"callboard assign pool a4 --slot 2     slot 2 lets go of what it has and takes a4\n" +
		"callboard assign pool --slot 2 --remove",
	prepare: remote(1, 2, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		slot := flags.Int("slot", 0, "`number` of the slot to point elsewhere; a new one if not given")
		weight := flags.Float64("weight", -1, "weight, a `number`, for types that have them")
		remove := flags.Bool("remove", false, "empty the slot for good")
		return func(ctx context.Context, e env, c *client, args []string) error {
			path := directorPath(args[0]) + "/members"
			if *remove {
				if *slot < 1 || len(args) > 1 {
					return usagef("--remove needs --slot and no member")
				}
				return change(ctx, e, c, http.MethodDelete, fmt.Sprintf("%s/%d", path, *slot), nil, fmt.Sprintf("removed slot %d of %s", *slot, args[0]))
			}
			body := object{}
			if len(args) > 1 {
				body["director"] = args[1]
			}
			if *weight >= 0 {
				body["weight"] = *weight
			}
			if *slot > 0 {
				return change(ctx, e, c, http.MethodPut, fmt.Sprintf("%s/%d", path, *slot), body, fmt.Sprintf("assigned slot %d of %s", *slot, args[0]))
			}
			if len(args) < 2 {
				return usagef("which member?")
			}
			return change(ctx, e, c, http.MethodPost, path, body, args[0]+" holds "+args[1])
		}
	}),
}

// change sends a command and says that it was done.
func change(ctx context.Context, e env, c *client, method, path string, body any, said string) error {
	var answer object
	if err := c.call(ctx, method, path, body, &answer); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		if slot, ok := answer["slot"]; ok {
			said += fmt.Sprintf(" in slot %v", slot)
		}
		fmt.Fprintf(w, "%s (event %v)\n", said, answer["seq"])
	})
}

var deleteCommand = command{
	name: "delete", args: "DIRECTOR [flags]", short: "delete a director; it lingers while others hold it",
	prepare: remote(1, 1, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		preview := flags.Bool("preview", false, "only say what would happen")
		return func(ctx context.Context, e env, c *client, args []string) error {
			if *preview {
				return previewDelete(ctx, e, c, args[0])
			}
			return deleteDirector(ctx, e, c, args[0])
		}
	}),
}

func deleteDirector(ctx context.Context, e env, c *client, name string) error {
	var answer object
	if err := c.call(ctx, http.MethodDelete, directorPath(name), nil, &answer); err != nil {
		return err
	}
	var left struct {
		Phase    string   `json:"phase"`
		Refcount int64    `json:"refcount"`
		HeldBy   []holder `json:"held_by"`
		Undo     *struct {
			ID    uint64    `json:"id"`
			Until time.Time `json:"until"`
		} `json:"undo"`
	}
	if err := convert(answer, &left); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		held := ""
		if left.Refcount > 0 {
			held = ", held by " + holders(left.HeldBy)
		}
		fmt.Fprintf(w, "deleted %s: %s%s\n", name, left.Phase, held)
		if left.Undo != nil {
			fmt.Fprintf(w, "until %s: callboard undo %d\n", left.Undo.Until.Local().Format(time.TimeOnly), left.Undo.ID)
		}
	})
}

func previewDelete(ctx context.Context, e env, c *client, name string) error {
	var answer object
	if err := c.call(ctx, http.MethodGet, directorPath(name)+"/delete-preview", nil, &answer); err != nil {
		return err
	}
	var p struct {
		Releases []string `json:"releases"`
		Destroys []string `json:"destroys"`
		Lingers  []struct {
			Director string   `json:"director"`
			HeldBy   []holder `json:"held_by"`
		} `json:"lingers"`
	}
	if err := convert(answer, &p); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		fmt.Fprintf(w, "releases  %s\ndestroys  %s\n", strings.Join(p.Releases, ", "), strings.Join(p.Destroys, ", "))
		for _, l := range p.Lingers {
			fmt.Fprintf(w, "lingers   %s, held by %s\n", l.Director, holders(l.HeldBy))
		}
	})
}
