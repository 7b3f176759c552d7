package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"strconv"
	"strings"
	"time"
)

var eventsCommand = command{
	name: "events", args: "[flags]", short: "print what happened, or what happens",
	details: "Each line is one event: its number, that of the command that made it, when, and\n" +
		"what it was. With --json each is one JSON object.",
	prepare: remote(0, 0, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		var q eventsQuery
		flags.BoolVar(&q.follow, "follow", false, "go on printing as things happen")
		flags.IntVar(&q.after, "after", -1, "only those after this `sequence number`")
		flags.IntVar(&q.limit, "limit", 0, "stop after this `number` of events")
		flags.Var(&q.kinds, "kind", "only those of this `kind`, such as director.destroyed; may be repeated")
		flags.StringVar(&q.director, "director", "", "only those about the director with this `name`")
		return func(ctx context.Context, e env, c *client, _ []string) error { return printEvents(ctx, e, c, q) }
	}),
}

type eventsQuery struct {
	follow       bool
	after, limit int
	kinds        many
	director     string
}

func (q eventsQuery) encode() string {
	values := neturl.Values{}
	if q.after >= 0 {
		values.Set("after", strconv.Itoa(q.after))
	}
	if q.limit > 0 {
		values.Set("limit", strconv.Itoa(q.limit))
	} else if !q.follow {
		values.Set("limit", "10000")
	}
	if len(q.kinds) > 0 {
		values.Set("kind", q.kinds.String())
	}
	if q.director != "" {
		values.Set("director", q.director)
	}
	return "/events?" + values.Encode()
}

// printEvents ends when the events do, and without complaint when ctx does:
// that is how a user ends it.
func printEvents(ctx context.Context, e env, c *client, q eventsQuery) error {
	if !q.follow {
		return printPast(ctx, e, c, q)
	}
	base, err := c.base(ctx)
	if err != nil {
		return err
	}
	resp, err := c.send(ctx, http.MethodGet, base+q.encode(), "application/x-ndjson", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for printed := 0; q.limit == 0 || printed < q.limit; {
		line, err := lines.ReadBytes('\n')
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, io.EOF):
			return &unreachableError{errors.New("the board has ended the stream: it shuts down, or this was read too slowly")}
		case err != nil:
			return &unreachableError{err}
		}
		if err := printEvent(e.stdout, c.json, line); err != nil {
			return err
		}
		if !bytes.HasPrefix(line, []byte(`{"gap":`)) {
			printed++
		}
	}
	return nil
}

func printPast(ctx context.Context, e env, c *client, q eventsQuery) error {
	var page struct {
		Events []json.RawMessage `json:"events"`
		Gap    bool              `json:"gap"`
	}
	if err := c.call(ctx, http.MethodGet, q.encode(), nil, &page); err != nil {
		return err
	}
	if page.Gap && q.after >= 0 {
		fmt.Fprintln(e.stderr, "callboard events: the oldest of these are no longer known")
	}
	for _, line := range page.Events {
		if err := printEvent(e.stdout, c.json, append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func printEvent(w io.Writer, asJSON bool, line []byte) error {
	if asJSON {
		_, err := w.Write(line)
		return err
	}
	var head struct {
		Seq      uint64    `json:"seq"`
		Time     time.Time `json:"time"`
		Kind     string    `json:"kind"`
		Command  uint64    `json:"command"`
		VCL      string    `json:"vcl"`
		Director string    `json:"director"`
		Gap      bool      `json:"gap"`
		Oldest   uint64    `json:"oldest"`
		eventDetails
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return &unreachableError{fmt.Errorf("an event cannot be read: %w", err)}
	}
	if head.Gap {
		_, err := fmt.Fprintf(w, "(events before %d are no longer known)\n", head.Oldest)
		return err
	}
	subject := strings.Trim(head.VCL+"."+head.Director, ".")
	command := "-" // it came by itself
	if head.Command != 0 {
		command = strconv.FormatUint(head.Command, 10)
	}
	_, err := fmt.Fprintf(w, "%6d %6s  %s  %-21s %s%s\n",
		head.Seq, command, head.Time.Local().Format("15:04:05.000"), head.Kind, subject, head.eventDetails)
	return err
}

// eventDetails are the parts of events that a line has room for.
type eventDetails struct {
	Holder   *holder  `json:"holder"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Type     string   `json:"type"`
	Healthy  *bool    `json:"healthy"`
	Reason   string   `json:"reason"`
	Event    string   `json:"event"`
	Released []string `json:"released"`
	Left     []string `json:"left"`
	Error    string   `json:"error"`
	Previous string   `json:"previous"`
	Now      string   `json:"temperature"`
	On       *bool    `json:"on"`
	Before   string   `json:"before"`
	LastRef  *holder  `json:"last_reference"`
}

func (d eventDetails) String() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format, args...) }
	if d.Holder != nil {
		say("%s: %s → %s", *d.Holder, orNothing(d.From), orNothing(d.To))
	}
	if d.Type != "" {
		say("%s", d.Type)
	}
	if d.Healthy != nil && *d.Healthy {
		say("healthy %s", d.Reason)
	} else if d.Healthy != nil {
		say("sick %s", d.Reason)
	}
	if d.Event != "" {
		say("%s", d.Event)
	}
	if len(d.Released) > 0 {
		say("let go of %s", strings.Join(d.Released, ", "))
	}
	if len(d.Left) > 0 {
		say("kept %s", strings.Join(d.Left, ", "))
	}
	if d.Error != "" {
		say("%s", d.Error)
	}
	if d.Now != "" {
		say("%s → %s", orNothing(d.Previous), d.Now)
	}
	d.sayStep(say)
	return strings.TrimRight(b.String(), " ")
}

// sayStep says what an event of step mode is about.
func (d eventDetails) sayStep(say func(format string, args ...any)) {
	switch {
	case d.On != nil && *d.On:
		say("on")
	case d.On != nil:
		say("off")
	case d.LastRef != nil:
		say("before %s, of %s", d.Before, *d.LastRef)
	case d.Before != "":
		say("before %s", d.Before)
	}
}

func orNothing(name string) string {
	if name == "" {
		return "nothing"
	}
	return name
}
