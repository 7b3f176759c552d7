package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

var addCommand = command{
	name: "add", args: "NAME --type TYPE [flags]", short: "add a director",
	details: "A backend needs --backend or --socket, others take any number of --member:\n" +
		"callboard add a4 --type backend --backend 127.0.0.1:9001 --probe /health --into pool\n" +
		"callboard add a5 --type backend --backend 127.0.0.1:9002 --set probe.interval=1s --set host_header=shop\n" +
		"callboard add pool --type random --member a1=2 --member a4\n" +
		"A socket has to be below a folder that the board was given by --socket-dir.",
	prepare: remote(1, 1, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		var a adding
		a.define(flags)
		return func(ctx context.Context, e env, c *client, args []string) error {
			body, err := a.body(args[0])
			if err != nil {
				return err
			}
			return addDirector(ctx, e, c, body)
		}
	}),
}

// adding are the flags of the add command.
type adding struct {
	kind, vcl, into  string
	backend          backendFlags
	members, options many
}

func (a *adding) define(flags *flag.FlagSet) {
	flags.StringVar(&a.kind, "type", "", "`type`: backend, round-robin, fallback, random, …")
	flags.StringVar(&a.vcl, "vcl", "", "`name` of the VCL; the active one if not given")
	a.backend.define(flags)
	flags.Var(&a.members, "member", "`director[=weight]`; may be repeated")
	flags.Var(&a.options, "option", "`name=value` of the type; may be repeated")
	flags.StringVar(&a.into, "into", "", "`director` that the new one becomes a member of")
}

func (a *adding) body(name string) (object, error) {
	body := object{"name": name, "type": a.kind}
	if a.vcl != "" {
		body["vcl"] = a.vcl
	}
	if a.into != "" {
		body["into"] = a.into
	}
	members, err := a.memberBodies()
	if err != nil {
		return nil, err
	}
	if len(members) > 0 {
		body["members"] = members
	}
	options := object{}
	for _, text := range a.options {
		option, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--option %s: give name=value", text)
		}
		options[option] = value
	}
	if len(options) > 0 {
		body["options"] = options
	}
	backend, err := a.backend.body()
	if err == nil && len(backend) > 0 {
		body["backend"] = backend
	}
	return body, err
}

func (a *adding) memberBodies() ([]object, error) {
	var members []object
	for _, text := range a.members {
		member := object{"director": text}
		if i := strings.LastIndexByte(text, '='); i >= 0 { // a name may have one, too
			w, err := strconv.ParseFloat(text[i+1:], 64)
			if err != nil {
				return nil, usagef("--member %s: the weight is no number; a name with = in it needs one", text)
			}
			member["director"], member["weight"] = text[:i], w
		}
		members = append(members, member)
	}
	return members, nil
}

func addDirector(ctx context.Context, e env, c *client, body object) error {
	var answer object
	if err := c.call(ctx, http.MethodPost, "/directors", body, &answer); err != nil {
		return err
	}
	return c.answer(e, answer, func(w io.Writer) {
		fmt.Fprintf(w, "added %v, a director of type %v\n", answer["full_name"], answer["type"])
	})
}
