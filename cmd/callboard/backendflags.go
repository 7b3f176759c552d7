package main

import (
	"encoding/json"
	"flag"
	"net"
	"strings"
)

// backendFlags say where a backend is, and how to treat it.
type backendFlags struct {
	address, socket, probe string
	most                   int
	fields                 many
}

func (b *backendFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&b.address, "backend", "", "`host:port` of a backend")
	flags.StringVar(&b.socket, "socket", "", "`path` of a backend's Unix socket, below a --socket-dir of the board")
	flags.StringVar(&b.probe, "probe", "", "`path` that a backend is probed with; no probe if not given")
	flags.IntVar(&b.most, "max-connections", 0, "most requests at a backend at one time, a `number`")
	flags.Var(&b.fields, "set", "`field=value` of a backend, as the API calls it: probe.interval=1s; may be repeated, and so may "+
		"probe.request, once for each line")
}

// body is the backend as the API wants it, empty if no flag was given.
func (b *backendFlags) body() (object, error) {
	body := object{}
	if b.address != "" {
		host, port, err := net.SplitHostPort(b.address)
		if err != nil {
			return nil, usagef("--backend %s: give host:port", b.address)
		}
		if port == "" {
			return nil, usagef("--backend %s: give host:port", b.address)
		}
		body["host"], body["port"] = host, jsonValue(port) // the board knows the names of services
	}
	if b.socket != "" {
		body["path"] = b.socket
	}
	if b.probe != "" {
		body["probe"] = object{"url": b.probe}
	}
	if b.most != 0 {
		body["max_connections"] = b.most
	}
	for _, text := range b.fields {
		field, value, ok := strings.Cut(text, "=")
		if !ok || !put(body, strings.Split(field, "."), fieldValue(field, value)) {
			return nil, usagef("--set %s: give field=value, as in probe.interval=1s", text)
		}
	}
	return body, nil
}

// put sets a field of an object, or of one within it; it reports whether there
// can be such a field.
func put(in object, path []string, value any) bool {
	name := path[0]
	switch {
	case name == "":
		return false
	case len(path) == 1:
		before, isList := in[name].([]any)
		if more, ok := value.([]any); ok && isList {
			value = append(before, more...)
		}
		in[name] = value
		return true
	}
	inner, ok := in[name].(object)
	if !ok {
		if in[name] != nil {
			return false
		}
		inner = object{}
		in[name] = inner
	}
	return put(inner, path[1:], value)
}

// fieldValue is the value of a field. That of a list is a list in JSON, or text
// with an item on each line; repeated, it is added to.
func fieldValue(field, text string) any {
	if field != "probe.request" {
		return jsonValue(text)
	}
	var list []any
	if json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	for line := range strings.Lines(text) {
		list = append(list, strings.TrimRight(line, "\r\n"))
	}
	return list
}

// jsonValue is what a text says in JSON if it does, and the text itself if not.
func jsonValue(text string) any {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}
