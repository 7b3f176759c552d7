package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"
)

var stepCommand = command{
	name: "step", args: "on|off|next|list [DIRECTOR] [flags]", short: "end directors step by step, to watch how they do",
	details: "callboard step on               from now on, what is deleted waits before each step\n" +
		"callboard step next             the step goes on that has waited longest\n" +
		"callboard step next DIRECTOR    the step of this director goes on\n" +
		"callboard step list             what waits, and for what\n" +
		"callboard step off              all that waits goes on",
	prepare: remote(1, 2, func(*flag.FlagSet) func(context.Context, env, *client, []string) error { return changeStep }),
}

func changeStep(ctx context.Context, e env, c *client, args []string) error {
	what, args := args[0], args[1:]
	if what != "next" && len(args) > 0 {
		return usagef("step %s takes no arguments", what)
	}
	switch what {
	case "on":
		return change(ctx, e, c, http.MethodPut, "/step", object{"on": true}, "step mode is on")
	case "off":
		return change(ctx, e, c, http.MethodPut, "/step", object{"on": false}, "step mode is off")
	case "next":
		return nextStep(ctx, e, c, args)
	case "list":
		return listSteps(ctx, e, c)
	}
	return usagef("step %s: there is no such command", what)
}

// A heldStep is one that waits.
type heldStep struct {
	Director string    `json:"director"`
	VCL      string    `json:"vcl"`
	ID       uint64    `json:"id"`
	Before   string    `json:"before"`
	Last     *holder   `json:"last"`
	Since    time.Time `json:"since"`
}

func (s heldStep) String() string {
	text := fmt.Sprintf("%s.%s\tbefore %s", s.VCL, s.Director, s.Before)
	if s.Last != nil {
		text += fmt.Sprintf(" (%s)", *s.Last)
	}
	return text
}

func nextStep(ctx context.Context, e env, c *client, args []string) error {
	body := object{}
	if len(args) > 0 {
		body["director"] = args[0]
	}
	var answer object
	if err := c.call(ctx, http.MethodPost, "/step/next", body, &answer); err != nil {
		return err
	}
	var next struct {
		Seq   uint64   `json:"seq"`
		Taken heldStep `json:"taken"`
	}
	if err := convert(answer, &next); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		fmt.Fprintf(w, "%s.%s went on: %s (event %d)\n", next.Taken.VCL, next.Taken.Director, next.Taken.Before, next.Seq)
	})
}

func listSteps(ctx context.Context, e env, c *client) error {
	var answer object
	if err := c.call(ctx, http.MethodGet, "/step", nil, &answer); err != nil {
		return err
	}
	var state struct {
		On   bool       `json:"on"`
		Held []heldStep `json:"held"`
	}
	if err := convert(answer, &state); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		word := "off"
		if state.On {
			word = "on"
		}
		fmt.Fprintf(w, "step mode is %s\n", word)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, held := range state.Held {
			fmt.Fprintf(table, "%s\tsince %s\n", held, held.Since.Local().Format(time.TimeOnly))
		}
		table.Flush()
	})
}
