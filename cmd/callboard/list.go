package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A holder is who holds a reference.
type holder struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	ID   uint64 `json:"id,omitempty"`
	Slot int    `json:"slot,omitempty"`
}

func (h holder) String() string {
	switch {
	case h.Slot > 0:
		return fmt.Sprintf("%s slot %d", h.Name, h.Slot)
	case h.Kind == "owner":
		return "owner"
	case h.Kind == "default":
		return "default of " + h.Name
	case h.Kind == "pin":
		return strings.TrimSpace(fmt.Sprintf("pin %d %s", h.ID, h.Name))
	}
	return h.Kind
}

// holders prints who holds something, equal ones counted.
func holders(all []holder) string {
	var words []string
	count := make(map[string]int)
	for _, h := range all {
		word := h.String()
		if count[word]++; count[word] == 1 {
			words = append(words, word)
		}
	}
	for i, word := range words {
		if n := count[word]; n > 1 {
			words[i] = fmt.Sprintf("%d %ss", n, word)
		}
	}
	return strings.Join(words, ", ")
}

// A listed is what the list shows of a director.
type listed struct {
	ID       uint64   `json:"id"`
	Name     string   `json:"name"`
	VCL      string   `json:"vcl"`
	FullName string   `json:"full_name"`
	Type     string   `json:"type"`
	Phase    string   `json:"phase"`
	Refcount int64    `json:"refcount"`
	HeldBy   []holder `json:"held_by"`
	Health   struct {
		Healthy bool   `json:"healthy"`
		Admin   string `json:"admin"`
		Reason  string `json:"reason"`
	} `json:"health"`
	Members []struct {
		Slot     int     `json:"slot"`
		Director string  `json:"director"`
		ID       uint64  `json:"id"`
		Weight   float64 `json:"weight"`
		Healthy  bool    `json:"healthy"`
	} `json:"members"`
}

var listCommand = command{
	name: "list", args: "[TEXT...] [flags]", short: "list the directors, and who holds them",
	details: "With TEXT, only those are listed in whose name, type or state every word occurs:\ncallboard list sick random\n" +
		"Where several have one name, each has its number beside it (@17), by which commands take it.",
	prepare: remote(0, 100, func(flags *flag.FlagSet) func(context.Context, env, *client, []string) error {
		vcl := flags.String("vcl", "", "only those of the VCL with this `name`")
		varnish := flags.Bool("varnish", false, "print what varnishadm backend.list would; TEXT is its pattern")
		probe := flags.Bool("p", false, "with --varnish: members and probes, too")
		return func(ctx context.Context, e env, c *client, args []string) error {
			if *varnish {
				return listAsVarnish(ctx, e, c, *probe, strings.Join(args, " "))
			}
			return listDirectors(ctx, e, c, *vcl, strings.Join(args, " "))
		}
	}),
}

func listDirectors(ctx context.Context, e env, c *client, vcl, text string) error {
	raw, directors, err := fetchDirectors(ctx, c, vcl, text)
	if err != nil {
		return err
	}
	if c.json {
		return c.answer(e, map[string]any{"total": len(raw), "directors": raw}, nil)
	}
	all := directors
	if text != "" && slices.ContainsFunc(directors, func(d listed) bool { return d.Phase != "live" }) {
		// The one that has the name of a lingering one now need not be listed.
		if _, all, err = fetchDirectors(ctx, c, vcl, ""); err != nil {
			return err
		}
	}
	printDirectors(e.stdout, directors, namesOf(all))
	return nil
}

// fetchDirectors returns the directors that match, as they came and decoded.
func fetchDirectors(ctx context.Context, c *client, vcl, text string) (raw []map[string]any, directors []listed, err error) {
	query := neturl.Values{"limit": {"1000"}, "vcl": {vcl}, "q": {text}}
	raw = []map[string]any{} // in JSON, none are a list as well
	for {
		var page struct {
			Next      string           `json:"next"`
			Directors []map[string]any `json:"directors"`
		}
		if err := c.call(ctx, http.MethodGet, "/directors?"+query.Encode(), nil, &page); err != nil {
			return nil, nil, err
		}
		raw = append(raw, page.Directors...)
		if page.Next == "" {
			err := convert(raw, &directors)
			return raw, directors, err
		}
		query.Set("cursor", page.Next)
	}
}

// listAsVarnish prints what the board makes of Varnish's backend.list.
func listAsVarnish(ctx context.Context, e env, c *client, probe bool, pattern string) error {
	query := neturl.Values{"pattern": {pattern}, "p": {strconv.FormatBool(probe)}}
	return c.copy(ctx, "/backend.list?"+query.Encode(), e.stdout)
}

func printDirectors(w io.Writer, directors []listed, n names) {
	if len(directors) == 0 {
		fmt.Fprintln(w, "no directors")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DIRECTOR\tTYPE\tPHASE\tHEALTH\tREFS\tHELD BY\tMEMBERS")
	for _, d := range directors {
		health := "sick"
		if d.Health.Healthy {
			health = "healthy"
		}
		if d.Health.Admin != "auto" {
			health += " (by hand)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n",
			n.of(d), d.Type, d.Phase, health, d.Refcount, n.holders(d), n.members(d))
	}
	table.Flush()
}
