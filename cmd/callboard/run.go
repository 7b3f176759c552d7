package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Exit codes. Scripts rely on them.
const (
	exitOK          = 0
	exitRefused     = 1
	exitUsage       = 2
	exitUnreachable = 3
)

// An env is what a command works with.
type env struct {
	stdout, stderr io.Writer
}

// A command is one of callboard's commands.
type command struct {
	name, args, short string
	// details are printed below the summary by --help.
	details string
	// prepare defines the command's flags and returns what runs it with the
	// arguments that are none.
	prepare func(flags *flag.FlagSet) func(ctx context.Context, e env, args []string) error
}

// commands lists all commands in the order of the help.
func commands() []command {
	return []command{
		demoCommand, serveCommand,
		listCommand, addCommand, assignCommand, deleteCommand, undoCommand,
		setHealthCommand, pinCommand, unpinCommand, eventsCommand, vclCommand,
		stepCommand, tryCommand, probeCommand, faultCommand, dumpCommand, benchCommand,
	}
}

// errFailed is the error of a command that was done, and whose answer says that
// what it tried failed. There is nothing to add to what it has printed.
var errFailed = errors.New("what was tried failed")

// A usageError is a mistake in the arguments.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// run runs the command that args name and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		printHelp(stderr)
		return exitUsage
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		if len(args) > 1 {
			return run(ctx, []string{args[1], "--help"}, stdout, stderr)
		}
		printHelp(stdout)
		return exitOK
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		fmt.Fprintf(stderr, "callboard: there is no command %q; see callboard help\n", args[0])
		return exitUsage
	}
	return all[i].run(ctx, env{stdout, stderr}, args[1:])
}

func (c command) run(ctx context.Context, e env, args []string) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	do := c.prepare(flags)
	positional, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		c.help(e.stdout, flags)
		return exitOK
	}
	if err == nil {
		err = do(ctx, e, positional)
	}
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errFailed) {
		return exitRefused
	}
	fmt.Fprintf(e.stderr, "callboard %s: %v\n", c.name, err)
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(e.stderr, "usage: callboard %s\nsee callboard %s --help\n", strings.TrimSpace(c.name+" "+c.args), c.name)
		return exitUsage
	}
	if _, ok := errors.AsType[*unreachableError](err); ok {
		return exitUnreachable
	}
	return exitRefused
}

// parse lets flags stand before, between and after the arguments.
func parse(flags *flag.FlagSet, args []string) (positional []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err.Error()}
		}
		rest := flags.Args()
		if ended := len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"; ended {
			return append(positional, rest...), nil
		}
		if len(rest) == 0 {
			break
		}
		positional, args = append(positional, rest[0]), rest[1:]
	}
	return positional, nil
}

func printHelp(w io.Writer) {
	fmt.Fprint(w, "Callboard shows a tree of directors, live, and lets it be changed.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  callboard %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.short)
	}
	table.Flush()
	fmt.Fprint(w, "\nEach command has --help. Exit codes: 0 done, 1 refused or tried in vain, 2 wrong usage, 3 not reachable.\n")
}

func (c command) help(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "callboard %s: %s.\n", strings.TrimSpace(c.name+" "+c.args), c.short)
	if c.details != "" {
		fmt.Fprintf(w, "\n%s\n", c.details)
	}
	fmt.Fprint(w, "\nflags:\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	flags.VisitAll(func(f *flag.Flag) {
		kind, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(table, "  --%s\t%s\n", strings.TrimSpace(f.Name+" "+strings.ToUpper(kind)), usage)
	})
	table.Flush()
}

// A many is a flag that can be given several times.
type many []string

func (l *many) String() string { return strings.Join(*l, ",") }

// Set implements [flag.Value].
func (l *many) Set(value string) error {
	*l = append(*l, value)
	return nil
}
