package server

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/web/view"
)

// What a client names is not opened: not a file, but for those in a folder that
// the operator has set aside for authorities, and not a Unix socket outside of
// the folders for that. Otherwise the API could be used to read what its client
// may not read, to learn what files there are, and to talk to daemons that take
// orders from this program's user.

// maxAuthorities bounds a file of authorities.
const maxAuthorities = 1 << 20

// maxPattern bounds a pattern of names: no name is longer, and matching takes the
// product of both lengths, for each director.
const maxPattern = 256

// maker makes directors with what the operator allows.
func (s *Server) maker() Maker { return Maker{CADir: s.options.CADir} }

// implement makes what is to become a director, as a client wants it.
func (s *Server) implement(body *newDirector) (impl director.Implementation, err error) {
	if body.Backend != nil {
		err = s.admit(body.Backend)
	} else {
		err = s.admitOptions(body)
	}
	if err != nil {
		return nil, err
	}
	return s.maker().implement(body)
}

// admit checks what a client may not say of a backend, though a program may.
func (s *Server) admit(b *backend.Config) error {
	if b.Path != "" && !s.socketAllowed(b.Path) {
		return refuse("backend.path", "not in a folder for sockets; callboard serve --socket-dir names one")
	}
	if b.Probe != nil {
		return s.leastInterval("backend.probe.interval", time.Duration(b.Probe.Interval))
	}
	return nil
}

// quickOptions are the options of director types that say how often something is
// asked for.
var quickOptions = []string{"probe_interval", "ttl", "ttl_min", "retry_after"}

func (s *Server) admitOptions(body *newDirector) error {
	for _, o := range optionsOf(body.Type) {
		if !slices.Contains(quickOptions, o.Name) {
			continue
		}
		if d, err := backend.ParseDuration(body.Options[o.Name]); err == nil { // others are refused by the type
			if err := s.leastInterval("options."+o.Name, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// leastInterval refuses what would be a flood. 0 stands for a default.
func (s *Server) leastInterval(field string, d time.Duration) error {
	if d > 0 && d < s.options.LeastInterval {
		return refuse(field, fmt.Sprintf("at least %s; callboard serve --least-interval sets another limit", s.options.LeastInterval))
	}
	return nil
}

// socketAllowed reports whether a path, without following links, is below one of
// the operator's folders.
func (s *Server) socketAllowed(path string) bool {
	if strings.HasPrefix(path, "@") {
		return true // no file: everybody on this machine may connect to it
	}
	for _, dir := range s.options.SocketDirs {
		inside, err := filepath.Rel(dir, path)
		if err == nil && filepath.IsAbs(path) && filepath.IsLocal(inside) && inside != "." {
			return true
		}
	}
	return false
}

// withAuthorities returns c with the file of authorities that it names read: the
// backend itself opens nothing.
func (m Maker) withAuthorities(c backend.Config) (backend.Config, error) {
	if c.TLS == nil || c.TLS.CAFile == "" {
		return c, nil
	}
	const field = "backend.tls.ca_file"
	switch {
	case m.CADir == "":
		return c, refuse(field, "there is no folder for authorities: give them in ca, as PEM, or start callboard with --ca-dir")
	case !filepath.IsLocal(c.TLS.CAFile):
		return c, refuse(field, "a name below the folder for authorities")
	}
	text, err := readAuthorities(m.CADir, c.TLS.CAFile)
	if err != nil {
		return c, refuse(field, err.Error())
	}
	t := *c.TLS
	t.CA, t.CAFile = text, ""
	c.TLS = &t
	return c, nil
}

// readAuthorities reads a file below a folder. Links that lead out of it are not
// followed, and nothing is opened that could block or has no end. Errors do not
// say what is there instead.
func readAuthorities(dir, name string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", errors.New("the folder for authorities cannot be opened")
	}
	defer root.Close()
	none := errors.New("there is no such file of authorities, or it is larger than 1 MiB")
	info, err := root.Stat(name)
	if err != nil || !usable(info) {
		return "", none
	}
	f, err := root.Open(name)
	if err != nil {
		return "", none
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxAuthorities+1))
	if err != nil || len(text) > maxAuthorities {
		return "", none
	}
	if block, _ := pem.Decode(text); block == nil {
		return "", errors.New("there is no certificate in it")
	}
	return string(text), nil
}

func usable(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() <= maxAuthorities
}

// maxFilter bounds a filter, whose every word is looked for in each director. A
// page's is bounded by [view.ParseQuery].
const maxFilter = 1000

// parseFilter reads the filter of a request for data.
func parseFilter(text string) (view.Filter, error) {
	if len(text) > maxFilter {
		return view.Filter{}, refuse("q", fmt.Sprintf("at most %d bytes", maxFilter))
	}
	filter, err := view.ParseFilter(text)
	if err != nil {
		return filter, refuse("q", err.Error())
	}
	return filter, nil
}

// maxRecipe bounds what is recorded of a director: the log keeps it in memory for
// as many events as it has room for, also when the director is long gone.
const maxRecipe = 32 << 10

func checkRecipe(body *newDirector, recipe []byte) error {
	if len(recipe) <= maxRecipe {
		return nil
	}
	field, detail := "options", fmt.Sprintf("more than %d bytes in all", maxRecipe)
	if body.Backend != nil {
		field, detail = "backend", detail+"; large sets of authorities can be files, in tls.ca_file"
	}
	return refuse(field, detail)
}

// checkPattern refuses a pattern that would take long to match.
func checkPattern(pattern string) error {
	if len(pattern) > maxPattern {
		return refuse("pattern", fmt.Sprintf("at most %d bytes, as no name is longer", maxPattern))
	}
	return nil
}
