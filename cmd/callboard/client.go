package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"strings"
	"time"
)

// An unreachableError reports that there is no board to talk to.
type unreachableError struct{ err error }

func (e *unreachableError) Error() string { return e.err.Error() }
func (e *unreachableError) Unwrap() error { return e.err }

// A refusal is what a board says when it does not do what it was asked.
type refusal struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	} `json:"errors"`
}

func (r *refusal) Error() string {
	text := cmp.Or(r.Detail, r.Title)
	for _, e := range r.Errors {
		if !strings.Contains(text, e.Detail) {
			text += fmt.Sprintf(" %s: %s.", e.Field, e.Detail)
		}
	}
	return text
}

// A client talks to the API of a board.
type client struct {
	url, instance string
	json          bool
	// quick is for commands; streams have no time limit.
	quick time.Duration
}

// define adds the flags that all commands have that talk to a board.
func (c *client) define(flags *flag.FlagSet) {
	c.quick = 30 * time.Second
	usual := cmp.Or(os.Getenv("CALLBOARD_URL"), "http://127.0.0.1:8080/")
	flags.StringVar(&c.url, "url", usual, "`address` of the board; CALLBOARD_URL sets the default")
	flags.StringVar(&c.instance, "instance", "", "`name` of the instance; the only one if not given")
	flags.BoolVar(&c.json, "json", false, "print what the API answers, as JSON")
}

// base returns the URL of the instance's API.
func (c *client) base(ctx context.Context) (string, error) {
	u, err := neturl.Parse(c.url)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", usagef("--url %q: give something like http://127.0.0.1:8080/", c.url)
	}
	api := strings.TrimRight(c.url, "/") + "/api/v1/instances"
	if c.instance == "" {
		var known struct {
			Instances []struct {
				Name string `json:"name"`
			} `json:"instances"`
		}
		if err := c.exchange(ctx, http.MethodGet, api, nil, &known); err != nil {
			return "", err
		}
		if len(known.Instances) != 1 {
			return "", usagef("the board has %d instances: choose one with --instance", len(known.Instances))
		}
		c.instance = known.Instances[0].Name
	}
	return api + "/" + neturl.PathEscape(c.instance), nil
}

// call sends a command about the instance and decodes the answer into v.
func (c *client) call(ctx context.Context, method, path string, body, v any) error {
	base, err := c.base(ctx)
	if err != nil {
		return err
	}
	return c.exchange(ctx, method, base+path, body, v)
}

func (c *client) exchange(ctx context.Context, method, url string, body, v any) error {
	ctx, cancel := context.WithTimeout(ctx, c.quick)
	defer cancel()
	resp, err := c.send(ctx, method, url, "application/json", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		return &unreachableError{fmt.Errorf("the answer of %s cannot be read: %w", url, err)}
	}
	return nil
}

// copy copies a text about the instance, or as JSON if that is wanted.
func (c *client) copy(ctx context.Context, path string, to io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, c.quick)
	defer cancel()
	base, err := c.base(ctx)
	if err != nil {
		return err
	}
	accept := "text/plain"
	if c.json {
		accept = "application/json"
	}
	resp, err := c.send(ctx, http.MethodGet, base+path, accept, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return &unreachableError{fmt.Errorf("the answer of %s ends too early: %w", base+path, err)}
	}
	_, err = to.Write(text)
	return err
}

// send returns the answer of a request that was not refused.
func (c *client) send(ctx context.Context, method, url, accept string, body any) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var inner *neturl.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, &unreachableError{fmt.Errorf("no board at %s: %w", c.url, err)}
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusalOf(resp)
}

func refusalOf(resp *http.Response) error {
	var r refusal
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") ||
		json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&r) != nil {
		return &unreachableError{fmt.Errorf("%s is no Callboard: it answers %s", resp.Request.URL, resp.Status)}
	}
	return &r
}

// answer prints v as JSON if that is wanted, and otherwise as human does.
func (c *client) answer(e env, v any, human func(w io.Writer)) error {
	if c.json {
		encoder := json.NewEncoder(e.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(v)
	}
	human(e.stdout)
	return nil
}

// directorPath is the path of a director, whatever its name is made of.
func directorPath(name string) string { return "/directors/" + neturl.PathEscape(name) }

// remote makes a command of a function that talks to a board and takes between
// least and most arguments.
func remote(least, most int, define func(*flag.FlagSet) func(context.Context, env, *client, []string) error) func(*flag.FlagSet) func(context.Context, env, []string) error {
	return func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		c := new(client)
		do := define(flags)
		c.define(flags)
		return func(ctx context.Context, e env, args []string) error {
			switch {
			case len(args) < least:
				return usagef("something is missing")
			case len(args) > most:
				return usagef("%q is not expected", args[most])
			}
			return do(ctx, e, c, args)
		}
	}
}
