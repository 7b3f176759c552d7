package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
)

var setHealthCommand = command{
	name: "set-health", args: "PATTERN auto|healthy|sick [flags]", short: "set the admin health of all directors that match",
	details: "A pattern without a dot is of the active VCL; * and ? match any text and any byte:\ncallboard set-health 'a*' sick",
	prepare: remote(2, 2, func(*flag.FlagSet) func(context.Context, env, *client, []string) error {
		return func(ctx context.Context, e env, c *client, args []string) error {
			var answer object
			body := object{"pattern": args[0], "admin": args[1]}
			if err := c.call(ctx, http.MethodPut, "/health", body, &answer); err != nil {
				return err
			}
			return c.answer(e, answer, func(w io.Writer) {
				fmt.Fprintf(w, "set %v to %s (event %v)\n", answer["matched"], args[1], answer["seq"])
			})
		}
	}),
}

var pinCommand = command{
	name: "pin", args: "DIRECTOR [flags]", short: "take a reference by hand, which keeps a director from being destroyed",
	prepare: remote(1, 1, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		note := flags.String("note", "", "what for, a `text`")
		return func(ctx context.Context, e env, c *client, args []string) error {
			var answer object
			if err := c.call(ctx, http.MethodPost, directorPath(args[0])+"/pins", object{"note": *note}, &answer); err != nil {
				return err
			}
			return c.answer(e, answer, func(w io.Writer) {
				fmt.Fprintf(w, "pin %v holds %s (event %v)\n", number(answer["id"]), args[0], answer["seq"])
			})
		}
	}),
}

// number prints a JSON number that is an integer as one.
func number(v any) string {
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprint(v)
}

var unpinCommand = command{
	name: "unpin", args: "ID [flags]", short: "drop the reference of a pin",
	prepare: remote(1, 1, func(*flag.FlagSet) func(context.Context, env, *client, []string) error {
		return func(ctx context.Context, e env, c *client, args []string) error {
			return change(ctx, e, c, http.MethodDelete, "/pins/"+neturl.PathEscape(args[0]), nil, "dropped pin "+args[0])
		}
	}),
}
