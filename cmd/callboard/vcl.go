package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"strings"
	"text/tabwriter"
)

var vclCommand = command{
	name: "vcl", args: "list|add|use|default|temperature|label|unlabel|discard [ARGS] [flags]", short: "list and change the VCLs",
	details: "callboard vcl list\n" +
		"callboard vcl add NAME\n" +
		"callboard vcl use NAME                    new requests go to it\n" +
		"callboard vcl default NAME DIRECTOR       where its requests go\n" +
		"callboard vcl temperature NAME auto|warm|cold\n" +
		"callboard vcl label LABEL NAME            another name for it, to be moved at once\n" +
		"callboard vcl unlabel LABEL\n" +
		"callboard vcl discard NAME",
	prepare: remote(1, 3, func(*flag.FlagSet) func(context.Context, env, *client, []string) error { return changeVCL }),
}

// vclArgs is the number of arguments that each of the commands on VCLs takes.
var vclArgs = map[string]int{"list": 0, "add": 1, "use": 1, "default": 2, "temperature": 2, "label": 2, "unlabel": 1, "discard": 1}

func changeVCL(ctx context.Context, e env, c *client, args []string) error {
	what, args := args[0], args[1:]
	wanted, known := vclArgs[what]
	switch {
	case !known:
		return usagef("vcl %s: there is no such command", what)
	case len(args) != wanted:
		return usagef("vcl %s takes %d arguments, not %d", what, wanted, len(args))
	case what == "list":
		return listVCLs(ctx, e, c)
	}
	name := args[0]
	path := "/vcls/" + neturl.PathEscape(name)
	switch what {
	case "add":
		return change(ctx, e, c, http.MethodPost, "/vcls", object{"name": name}, "added VCL "+name)
	case "use":
		return change(ctx, e, c, http.MethodPut, "/active", object{"vcl": name}, "VCL "+name+" is active")
	case "default":
		return change(ctx, e, c, http.MethodPut, path+"/default", object{"director": args[1]}, "the default of "+name+" is "+args[1])
	case "temperature":
		return change(ctx, e, c, http.MethodPut, path+"/temperature", object{"temperature": args[1]}, "VCL "+name+" is to be "+args[1])
	case "label":
		return change(ctx, e, c, http.MethodPut, labelPath(name), object{"vcl": args[1]}, "label "+name+" is VCL "+args[1])
	case "unlabel":
		return change(ctx, e, c, http.MethodDelete, labelPath(name), nil, "removed label "+name)
	}
	return change(ctx, e, c, http.MethodDelete, path, nil, "discarded VCL "+name)
}

func labelPath(label string) string { return "/labels/" + neturl.PathEscape(label) }

func listVCLs(ctx context.Context, e env, c *client) error {
	var answer object
	if err := c.call(ctx, http.MethodGet, "", nil, &answer); err != nil {
		return err
	}
	var instance struct {
		Active string `json:"active"`
		VCLs   []struct {
			Name        string   `json:"name"`
			Temperature string   `json:"temperature"`
			Default     string   `json:"default"`
			Labels      []string `json:"labels"`
		} `json:"vcls"`
	}
	if err := convert(answer, &instance); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, v := range instance.VCLs {
			use := ""
			if v.Name == instance.Active {
				use = "active"
			}
			labels := ""
			if len(v.Labels) > 0 {
				labels = "label " + strings.Join(v.Labels, ", ")
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", v.Name, use, v.Temperature, v.Default, labels)
		}
		table.Flush()
	})
}
