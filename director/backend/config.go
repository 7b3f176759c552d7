package backend

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// A Config says where a backend is and how to treat it. Either Host and Port or
// Path is needed.
type Config struct {
	// Host is a name or an address.
	Host string `json:"host,omitempty" form:"host"`
	// Port is 80 if 0.
	Port int `json:"port,omitempty" form:"port"`
	// Path of a Unix socket.
	Path string `json:"path,omitempty" form:"path"`
	// HostHeader is sent by probes, and with requests that have none. The host
	// if empty, and 0.0.0.0 for a Unix socket.
	HostHeader string `json:"host_header,omitempty" form:"host_header"`
	// MaxConnections bounds the requests at the backend at one time; one more
	// fails as busy. 0 is no limit. Probes do not count.
	MaxConnections int `json:"max_connections,omitempty" form:"max_connections"`
	// ConnectTimeout is 3.5 s if 0, as in Varnish; FirstByteTimeout, from the
	// request to the header of the answer, and BetweenBytesTimeout, for each
	// read of its body, 60 s.
	ConnectTimeout      Duration `json:"connect_timeout,omitempty" form:"connect_timeout"`
	FirstByteTimeout    Duration `json:"first_byte_timeout,omitempty" form:"first_byte_timeout"`
	BetweenBytesTimeout Duration `json:"between_bytes_timeout,omitempty" form:"between_bytes_timeout"`
	// Probe is nil for a backend that is healthy unless somebody says not.
	Probe *ProbeConfig `json:"probe,omitempty" form:"probe"`
}

// A ProbeConfig says how to find out whether a backend is healthy. The zero
// value has Varnish's defaults (PROBE-1).
type ProbeConfig struct {
	// URL to ask for; "/" if empty.
	URL string `json:"url,omitempty" form:"url"`
	// Interval between the end of a poke and the next; 5 s if 0.
	Interval Duration `json:"interval,omitempty" form:"interval"`
	// Timeout of a whole poke; 2 s if 0.
	Timeout Duration `json:"timeout,omitempty" form:"timeout"`
	// Of the newest Window pokes, 1 to 64, Threshold must be good. 8 and 3 if
	// both are 0; a Threshold alone gives a Window of one more.
	Window    int `json:"window,omitempty" form:"window"`
	Threshold int `json:"threshold,omitempty" form:"threshold"`
	// Initial is the number of good pokes that a fresh backend is credited
	// with; nil is one below the threshold, so that one more makes it healthy.
	Initial *int `json:"initial,omitempty" form:"initial"`
	// ExpectedResponse is the status that counts as good; 200 if 0.
	ExpectedResponse int `json:"expected_response,omitempty" form:"expected_response"`
}

// Varnish's defaults.
const (
	defaultConnectTimeout      = 3500 * time.Millisecond
	defaultFirstByteTimeout    = 60 * time.Second
	defaultBetweenBytesTimeout = 60 * time.Second
	defaultProbeInterval       = 5 * time.Second
	defaultProbeTimeout        = 2 * time.Second
	defaultWindow              = 8
	defaultThreshold           = 3
	maxWindow                  = 64
)

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
	switch {
	case c.Path == "" && c.Host == "":
		return c, &FieldError{"host", "give a host, or the path of a Unix socket"}
	case c.Path != "" && (c.Host != "" || c.Port != 0):
		return c, &FieldError{"path", "give a host and port or a path, not both"}
	case c.Path != "" && c.Path[0] != '/' && c.Path[0] != '@':
		return c, &FieldError{"path", "a socket's path starts with / or, without a file, with @"}
	case strings.ContainsAny(c.Host, " /?#@"):
		return c, &FieldError{"host", "a name or an address, without scheme or path"}
	case c.Port < 0 || c.Port > 65535:
		return c, &FieldError{"port", "a port is 1 to 65535"}
	case c.MaxConnections < 0:
		return c, &FieldError{"max_connections", "0, for no limit, or more"}
	}
	for _, d := range []struct {
		field string
		value *Duration
		usual time.Duration
	}{
		{"connect_timeout", &c.ConnectTimeout, defaultConnectTimeout},
		{"first_byte_timeout", &c.FirstByteTimeout, defaultFirstByteTimeout},
		{"between_bytes_timeout", &c.BetweenBytesTimeout, defaultBetweenBytesTimeout},
	} {
		if *d.value < 0 {
			return c, &FieldError{d.field, "a time is more than 0"}
		}
		*d.value = cmp.Or(*d.value, Duration(d.usual))
	}
	if c.Path == "" {
		c.Port = cmp.Or(c.Port, 80)
	}
	c.HostHeader = cmp.Or(c.HostHeader, c.Host, "0.0.0.0")
	if c.Probe == nil {
		return c, nil
	}
	probe, err := c.Probe.complete()
	c.Probe = &probe
	return c, err
}

func (p ProbeConfig) complete() (ProbeConfig, error) {
	p.URL = cmp.Or(p.URL, "/")
	if p.Window == 0 && p.Threshold > 0 {
		p.Window = min(p.Threshold+1, maxWindow)
	}
	p.Window = cmp.Or(p.Window, defaultWindow)
	p.Threshold = cmp.Or(p.Threshold, min(defaultThreshold, p.Window))
	p.ExpectedResponse = cmp.Or(p.ExpectedResponse, 200)
	p.Interval = cmp.Or(p.Interval, Duration(defaultProbeInterval))
	p.Timeout = cmp.Or(p.Timeout, Duration(defaultProbeTimeout))
	switch {
	case p.URL[0] != '/' || strings.ContainsAny(p.URL, " \r\n\t"):
		return p, &FieldError{"probe.url", "a path that starts with /, without spaces"}
	case p.Window < 1 || p.Window > maxWindow:
		return p, &FieldError{"probe.window", "1 to 64 pokes"}
	case p.Threshold < 1 || p.Threshold > p.Window:
		return p, &FieldError{"probe.threshold", fmt.Sprintf("1 to the window, which is %d", p.Window)}
	case p.Initial != nil && *p.Initial < 0:
		return p, &FieldError{"probe.initial", "0 or more good pokes"}
	case p.ExpectedResponse < 100 || p.ExpectedResponse > 999:
		return p, &FieldError{"probe.expected_response", "a status of three digits"}
	case p.Interval < 0:
		return p, &FieldError{"probe.interval", "a time is more than 0"}
	case p.Timeout < 0:
		return p, &FieldError{"probe.timeout", "a time is more than 0"}
	}
	return p, nil
}

// A Duration is a [time.Duration] that is written "3.5s", and read from that or
// from a number of seconds.
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	if seconds, err := strconv.ParseFloat(string(text), 64); err == nil {
		return d.setSeconds(seconds)
	}
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time: write seconds, or a unit as in 250ms", text)
	}
	*d = Duration(parsed)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Duration) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		return d.UnmarshalText([]byte(text))
	}
	var seconds float64
	if err := json.Unmarshal(data, &seconds); err != nil {
		return err
	}
	return d.setSeconds(seconds)
}

func (d *Duration) setSeconds(seconds float64) error {
	// Beyond a year a time is a mistake, and beyond some centuries it overflows.
	const year = 365 * 24 * 3600
	if math.IsNaN(seconds) || math.Abs(seconds) > year {
		return fmt.Errorf("%g seconds are out of range", seconds)
	}
	*d = Duration(seconds * float64(time.Second))
	return nil
}
