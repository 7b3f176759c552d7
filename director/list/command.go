package list

import (
	"strings"

	"github.com/callboard/callboard/director"
)

// The codes of Varnish's CLI (include/vcli.h) that a command ends with.
const (
	StatusSyntax        = 100
	StatusUnknown       = 101
	StatusUnimplemented = 102
	StatusTooFew        = 104
	StatusTooMany       = 105
	StatusParam         = 106
	StatusOK            = 200
)

// A command is one of Varnish's, with the bounds of its number of arguments.
type command struct {
	name     string
	min, max int // max < 0 is none
	json     bool
	run      func(rt *director.Runtime, argv []string) (int, string)
}

// commands returns those that there are. It is a function because the package
// has no state.
func commands() []command {
	return []command{
		{"backend.list", 0, -1, true, runBackendList},
		{"backend.set_health", 2, 2, false, runSetHealth},
		{"vcl.list", 0, 0, true, runVCLList},
	}
}

// Run does what Varnish's CLI does for the words of a command: backend.list,
// backend.set_health and vcl.list. It returns the status and the body of the
// answer.
func Run(rt *director.Runtime, argv []string) (status int, body string) {
	if len(argv) == 0 {
		return StatusSyntax, "Empty CLI command.\n"
	}
	for _, c := range commands() {
		if c.name == argv[0] {
			return c.dispatch(rt, argv)
		}
	}
	return StatusUnknown, "Unknown request.\nType 'help' for more info.\n"
}

// RunLine is Run for a line as it is typed; see [Words].
func RunLine(rt *director.Runtime, line string) (status int, body string) {
	argv, err := Words(line)
	if err != nil {
		return StatusSyntax, err.Error() + "\n"
	}
	return Run(rt, argv)
}

// dispatch checks the number of arguments (vcli_serve.c, cls_dispatch).
func (c *command) dispatch(rt *director.Runtime, argv []string) (status int, body string) {
	most, least := c.max, c.min
	if len(argv) > 1 && argv[1] == "-j" {
		if !c.json {
			return StatusUnimplemented, "JSON unimplemented\n"
		}
		most, least = most+1, least+1
	}
	switch n := len(argv) - 1; {
	case n < least:
		return StatusTooFew, "Too few parameters\n"
	case c.max >= 0 && n > most:
		return StatusTooMany, "Too many parameters\n"
	}
	return c.run(rt, argv)
}

func runBackendList(rt *director.Runtime, argv []string) (int, string) {
	o, refused := parseOptions(argv[1:])
	if refused != "" {
		return StatusParam, refused
	}
	return StatusOK, string(backends(rt, o, argv))
}

// parseOptions reads options and a pattern as cache_director.c
// (cli_backend_list) does: p twice is no p (CLI-4). It returns what is wrong
// with them, if anything.
func parseOptions(args []string) (o Options, refused string) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		for _, flag := range args[0][1:] {
			switch flag {
			case 'j':
				o.JSON = true
			case 'p':
				o.Probe = !o.Probe
			default:
				return o, "Invalid flag " + string(flag)
			}
		}
		args = args[1:]
	}
	if len(args) > 1 {
		return o, "Too many arguments"
	}
	if len(args) == 1 {
		o.Pattern = args[0]
	}
	return o, ""
}

func runSetHealth(rt *director.Runtime, argv []string) (int, string) {
	// A state that is none of Varnish's is one that SetHealth refuses.
	matched, err := rt.SetHealth(argv[1], director.AdminHealth(strings.ToLower(argv[2])))
	switch {
	case err != nil:
		return StatusParam, "Invalid state " + argv[2]
	case matched == 0:
		return StatusParam, "No Backends matches"
	}
	return StatusOK, ""
}

func runVCLList(rt *director.Runtime, argv []string) (int, string) {
	return StatusOK, string(vcls(rt, len(argv) > 1, argv))
}
