package backend

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// A Config says where a backend is and how to treat it. Either Host and Port or
// Path is needed.
type Config struct {
	// Host is a name or an address. With several addresses, IPv6 and IPv4 race
	// as in RFC 8305.
	Host string `json:"host,omitempty" form:"host"`
	// Port is 80 if 0, and 443 with TLS.
	Port int `json:"port,omitempty" form:"port"`
	// Path of a Unix socket.
	Path string `json:"path,omitempty" form:"path"`
	// HostHeader is sent by probes, and with requests that have none. The host
	// if empty, and 0.0.0.0 for a Unix socket (BE-10).
	HostHeader string `json:"host_header,omitempty" form:"host_header"`
	// TLS is nil for a backend that is spoken to in the clear.
	TLS *TLSConfig `json:"tls,omitempty" form:"tls"`
	// ProxyHeader is the version, 1 or 2, of the PROXY protocol header that
	// starts each connection and tells whom the request came from. It makes
	// every request take a connection of its own (BE-12). 0 is no header.
	ProxyHeader int `json:"proxy_header,omitempty" form:"proxy_header"`
	// MaxConnections bounds the requests at the backend at one time; one more
	// waits, or fails as busy. 0 is no limit. Probes do not count.
	MaxConnections int `json:"max_connections,omitempty" form:"max_connections"`
	// WaitLimit (Varnish: backend_wait_limit) is how many requests may wait for a
	// place, in the order in which
	// they came, and WaitTimeout (backend_wait_timeout) for how long. 0 in
	// either means that none does.
	WaitLimit   int      `json:"wait_limit,omitempty" form:"wait_limit"`
	WaitTimeout Duration `json:"wait_timeout,omitempty" form:"wait_timeout"`
	// ConnectTimeout is 3.5 s if 0, as in Varnish; FirstByteTimeout, from the
	// end of the request to the first byte of the answer, and
	// BetweenBytesTimeout, for the rest of its header and for each read of its
	// body, 60 s. [WithTimeouts] sets others for one request.
	ConnectTimeout      Duration `json:"connect_timeout,omitempty" form:"connect_timeout"`
	FirstByteTimeout    Duration `json:"first_byte_timeout,omitempty" form:"first_byte_timeout"`
	BetweenBytesTimeout Duration `json:"between_bytes_timeout,omitempty" form:"between_bytes_timeout"`
	// PipeTimeout ends a pipe, or a connection whose protocol was switched, in
	// which neither side says anything; 60 s if 0.
	PipeTimeout Duration `json:"pipe_timeout,omitempty" form:"pipe_timeout"`
	// Probe is nil for a backend that is healthy unless somebody says not.
	Probe *ProbeConfig `json:"probe,omitempty" form:"probe"`
}

// Varnish's defaults.
const (
	defaultConnectTimeout      = 3500 * time.Millisecond
	defaultFirstByteTimeout    = 60 * time.Second
	defaultBetweenBytesTimeout = 60 * time.Second
	defaultPipeTimeout         = 60 * time.Second
)

// maxCount bounds the numbers of a Config that have no bound of their own, so
// that each of them is the same number on every platform and in JSON.
const maxCount = math.MaxInt32

// A FieldError says which field of a Config is wrong, by its JSON name.
type FieldError struct {
	Field  string
	Detail string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Detail }

// Unwrap makes a FieldError a [director.ErrInvalid].
func (e *FieldError) Unwrap() error { return director.ErrInvalid }

// complete returns the configuration with its defaults, or what is wrong.
func (c Config) complete() (Config, error) {
	if err := c.checkPlace(); err != nil {
		return c, err
	}
	if err := c.checkLimits(); err != nil {
		return c, err
	}
	if c.Path == "" {
		c.Port = cmp.Or(c.Port, c.defaultPort())
	}
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, Duration(defaultConnectTimeout))
	c.FirstByteTimeout = cmp.Or(c.FirstByteTimeout, Duration(defaultFirstByteTimeout))
	c.BetweenBytesTimeout = cmp.Or(c.BetweenBytesTimeout, Duration(defaultBetweenBytesTimeout))
	c.PipeTimeout = cmp.Or(c.PipeTimeout, Duration(defaultPipeTimeout))
	if c.TLS != nil {
		t := *c.TLS
		t.ServerName = cmp.Or(t.ServerName, hostOf(c.HostHeader), c.Host)
		if t.ServerName == "" && !t.InsecureSkipVerify {
			return c, &FieldError{"tls.server_name", "a Unix socket has no name to check the certificate against"}
		}
		c.TLS = &t
	}
	c.HostHeader = cmp.Or(c.HostHeader, bracketed(c.Host), "0.0.0.0")
	if c.Probe == nil {
		return c, nil
	}
	probe, err := c.Probe.complete()
	c.Probe = &probe
	return c, err
}

// checkPlace checks what says where the backend is.
func (c *Config) checkPlace() error {
	switch {
	case c.Path == "" && c.Host == "":
		return &FieldError{"host", "give a host, or the path of a Unix socket"}
	case c.Path != "" && (c.Host != "" || c.Port != 0):
		return &FieldError{"path", "give a host and port or a path, not both"}
	case c.Path != "" && c.Path[0] != '/' && c.Path[0] != '@':
		return &FieldError{"path", "a socket's path starts with / or, without a file, with @"}
	case strings.ContainsAny(c.Host, " /?#@") || hasControl(c.Host):
		return &FieldError{"host", "a name or an address, without scheme or path"}
	case c.Port < 0 || c.Port > 65535:
		return &FieldError{"port", "a port is 1 to 65535"}
	case strings.ContainsAny(c.HostHeader, " @") || hasControl(c.HostHeader):
		return &FieldError{"host_header", "a name and perhaps a port, without spaces, user or password"}
	case c.ProxyHeader < 0 || c.ProxyHeader > 2:
		return &FieldError{"proxy_header", "version 1 or 2, or 0 for none"}
	}
	return nil
}

func (c *Config) checkLimits() error {
	switch {
	case c.MaxConnections < 0 || c.MaxConnections > maxCount:
		return &FieldError{"max_connections", "0, for no limit, to " + strconv.Itoa(maxCount)}
	case c.WaitLimit < 0 || c.WaitLimit > maxCount:
		return &FieldError{"wait_limit", "0, for no waiting, to " + strconv.Itoa(maxCount)}
	}
	for _, d := range []struct {
		field string
		value Duration
	}{
		{"wait_timeout", c.WaitTimeout},
		{"connect_timeout", c.ConnectTimeout},
		{"first_byte_timeout", c.FirstByteTimeout},
		{"between_bytes_timeout", c.BetweenBytesTimeout},
		{"pipe_timeout", c.PipeTimeout},
	} {
		if d.value < 0 {
			return &FieldError{d.field, "a time is more than 0"}
		}
	}
	return nil
}

func (c *Config) defaultPort() int {
	if c.TLS != nil {
		return 443
	}
	return 80
}

// hasControl reports whether text that goes into a header could end its line.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// bracketed returns a host as a Host header has it.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
