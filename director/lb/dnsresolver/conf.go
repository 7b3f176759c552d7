package dnsresolver

import (
	"bufio"
	"cmp"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

// A config is what resolv.conf(5) says.
type config struct {
	servers  []string // with port
	search   []string
	ndots    int
	timeout  time.Duration
	attempts int
}

// systemConf is where the system's is.
const systemConf = "/etc/resolv.conf"

// The numbers of resolv.conf(5).
const (
	defaultTimeout  = 5 * time.Second
	defaultAttempts = 2
	maxTimeout      = 30 * time.Second
	maxAttempts     = 5
	maxServers      = 3
	maxNdots        = 15
)

// config returns what to do for one lookup.
func (r *Resolver) config() (config, error) {
	c := config{ndots: 1}
	if len(r.Servers) == 0 || r.Conf != "" {
		text, err := os.ReadFile(cmp.Or(r.Conf, systemConf))
		if err != nil {
			return c, err
		}
		c.read(string(text))
	}
	if len(r.Servers) > 0 {
		c.servers = nil
		for _, server := range r.Servers {
			c.servers = append(c.servers, withPort(server))
		}
	}
	if len(r.Search) > 0 {
		c.search = r.Search
	}
	c.timeout = cmp.Or(r.Timeout, c.timeout, defaultTimeout)
	c.attempts = cmp.Or(r.Attempts, c.attempts, defaultAttempts)
	if len(c.servers) == 0 {
		c.servers = []string{"127.0.0.1:53"} // resolv.conf(5)
	}
	return c, nil
}

func (c *config) read(text string) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line, _, _ = strings.Cut(line, ";")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "nameserver":
			if _, err := netip.ParseAddr(fields[1]); err == nil && len(c.servers) < maxServers {
				c.servers = append(c.servers, withPort(fields[1]))
			}
		case "domain":
			c.search = fields[1:2]
		case "search":
			c.search = fields[1:]
		case "options":
			for _, option := range fields[1:] {
				c.option(option)
			}
		}
	}
}

func (c *config) option(text string) {
	name, value, _ := strings.Cut(text, ":")
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return
	}
	switch name {
	case "ndots":
		c.ndots = min(n, maxNdots)
	case "timeout":
		c.timeout = min(time.Duration(n)*time.Second, maxTimeout)
	case "attempts":
		c.attempts = min(n, maxAttempts)
	}
}

// candidates are the whole names that a name may stand for, in the order in
// which to try them. One with a dot at its end is whole.
func (c config) candidates(name string) []string {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	var names []string
	for _, domain := range c.search {
		if domain = strings.Trim(domain, "."); domain != "" {
			names = append(names, name+"."+domain+".")
		}
	}
	if strings.Count(name, ".") >= c.ndots {
		return append([]string{name + "."}, names...)
	}
	return append(names, name+".")
}

func withPort(server string) string {
	if _, _, err := net.SplitHostPort(server); err == nil {
		return server
	}
	return net.JoinHostPort(strings.Trim(server, "[]"), "53")
}
