package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
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

var addCommand = command{
	name: "add", args: "NAME --type TYPE [flags]", short: "add a director",
	details: "A backend needs --backend or --socket, others take any number of --member:\n" +
		"callboard add a4 --type backend --backend 127.0.0.1:9001 --probe /health\n" +
		"callboard add pool --type random --member a1=2 --member a4",
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
	kind, vcl, backend, socket, probe string
	members, options                  many
	most                              int
}

func (a *adding) define(flags *flag.FlagSet) {
	flags.StringVar(&a.kind, "type", "", "`type`: backend, round-robin, fallback, random, …")
	flags.StringVar(&a.vcl, "vcl", "", "`name` of the VCL; the active one if not given")
	flags.StringVar(&a.backend, "backend", "", "`host:port` of a backend")
	flags.StringVar(&a.socket, "socket", "", "`path` of a backend's Unix socket")
	flags.StringVar(&a.probe, "probe", "", "`path` that a backend is probed with; no probe if not given")
	flags.IntVar(&a.most, "max-connections", 0, "most requests at a backend at one time, a `number`")
	flags.Var(&a.members, "member", "`director[=weight]`; may be repeated")
	flags.Var(&a.options, "option", "`name=value` of the type; may be repeated")
}

func (a *adding) body(name string) (object, error) {
	body := object{"name": name, "type": a.kind}
	if a.vcl != "" {
		body["vcl"] = a.vcl
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
	backend, err := a.backendBody()
	if err == nil && len(backend) > 0 {
		body["backend"] = backend
	}
	return body, err
}

func (a *adding) memberBodies() ([]object, error) {
	var members []object
	for _, text := range a.members {
		director, weight, weighted := strings.Cut(text, "=")
		member := object{"director": director}
		if weighted {
			w, err := strconv.ParseFloat(weight, 64)
			if err != nil {
				return nil, usagef("--member %s: the weight is no number", text)
			}
			member["weight"] = w
		}
		members = append(members, member)
	}
	return members, nil
}

func (a *adding) backendBody() (object, error) {
	backend := object{}
	if a.backend != "" {
		host, port, err := net.SplitHostPort(a.backend)
		if err != nil {
			return nil, usagef("--backend %s: give host:port", a.backend)
		}
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, usagef("--backend %s: the port is no number", a.backend)
		}
		backend["host"], backend["port"] = host, n
	}
	if a.socket != "" {
		backend["path"] = a.socket
	}
	if a.probe != "" {
		backend["probe"] = object{"url": a.probe}
	}
	if a.most != 0 {
		backend["max_connections"] = a.most
	}
	return backend, nil
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
