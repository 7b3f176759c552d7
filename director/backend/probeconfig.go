package backend

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A ProbeConfig says how to find out whether a backend is healthy. The zero
// value has Varnish's defaults (PROBE-1).
type ProbeConfig struct {
	// URL to ask for; "/" if empty.
	URL string `json:"url,omitempty" form:"url"`
	// Request is a whole request instead, line by line, without the line ends
	// and the empty line that closes it. Nothing is added to it: without
	// "Connection: close" most servers keep the connection, and the poke fails.
	Request []string `json:"request,omitempty" form:"request"`
	// Interval between the end of a poke and the next; 5 s if 0.
	Interval Duration `json:"interval,omitempty" form:"interval"`
	// Timeout of a whole poke; 2 s if 0.
	Timeout Duration `json:"timeout,omitempty" form:"timeout"`
	// Of the newest Window pokes, 1 to 64, Threshold must be good. 8 and 3 if
	// both are 0; a Threshold alone gives a Window of one more. A Window needs a
	// Threshold, but for that of 8.
	Window    int `json:"window,omitempty" form:"window"`
	Threshold int `json:"threshold,omitempty" form:"threshold"`
	// Initial is the number of good pokes that a fresh backend is credited
	// with; nil is one below the threshold, so that one more makes it healthy.
	Initial *int `json:"initial,omitempty" form:"initial"`
	// ExpectedResponse is the status that counts as good; 200 if 0.
	ExpectedResponse int `json:"expected_response,omitempty" form:"expected_response"`
	// ExpectClose makes a connection that the backend leaves open a failed poke;
	// nil is true. If it is false, an answer is taken to be over at the timeout.
	// The words of a poke that failed for nothing else say so, where Varnish's
	// only tell of a timeout.
	ExpectClose *bool `json:"expect_close,omitempty" form:"expect_close"`
}

const (
	defaultProbeInterval = 5 * time.Second
	defaultProbeTimeout  = 2 * time.Second
	defaultWindow        = 8
	defaultThreshold     = 3
	// maxWindow is the number of bits in a map.
	maxWindow = 64
)

func (p ProbeConfig) complete() (ProbeConfig, error) {
	windowAlone := p.Window != 0 && p.Window != defaultWindow && p.Threshold == 0
	if p.Window == 0 && p.Threshold > 0 {
		p.Window = min(p.Threshold+1, maxWindow)
	}
	p.Window = cmp.Or(p.Window, defaultWindow)
	p.Threshold = cmp.Or(p.Threshold, min(defaultThreshold, p.Window))
	p.ExpectedResponse = cmp.Or(p.ExpectedResponse, 200)
	p.Interval = cmp.Or(p.Interval, Duration(defaultProbeInterval))
	p.Timeout = cmp.Or(p.Timeout, Duration(defaultProbeTimeout))
	if err := p.checkRequest(); err != nil {
		return p, err
	}
	p.URL = cmp.Or(p.URL, "/")
	switch {
	case p.Window < 1 || p.Window > maxWindow:
		return p, &FieldError{"probe.window", "1 to 64 pokes"}
	case windowAlone:
		return p, &FieldError{"probe.threshold", "a window needs a threshold"}
	case p.Threshold < 1 || p.Threshold > p.Window:
		return p, &FieldError{"probe.threshold", fmt.Sprintf("it is 1 to the window, which is %d", p.Window)}
	case p.Initial != nil && (*p.Initial < 0 || *p.Initial > maxCount):
		return p, &FieldError{"probe.initial", "0 to " + strconv.Itoa(maxCount) + " good pokes"}
	case p.ExpectedResponse < 100 || p.ExpectedResponse > 999:
		return p, &FieldError{"probe.expected_response", "a status of three digits"}
	case p.Interval < 0:
		return p, &FieldError{"probe.interval", "a time is more than 0"}
	case p.Timeout < 0:
		return p, &FieldError{"probe.timeout", "a time is more than 0"}
	}
	return p, nil
}

func (p *ProbeConfig) checkRequest() error {
	if p.URL != "" && len(p.Request) > 0 {
		return &FieldError{"probe.request", "give a URL or a request, not both"}
	}
	if p.URL != "" && (p.URL[0] != '/' || strings.Contains(p.URL, " ") || hasControl(p.URL)) {
		return &FieldError{"probe.url", "a path that starts with /, without spaces"}
	}
	if strings.Contains(p.URL, Placeholder) {
		return &FieldError{"probe.url", placeholderLeft}
	}
	for i, line := range p.Request {
		if line == "" || strings.ContainsAny(line, "\r\n") {
			return &FieldError{"probe.request", fmt.Sprintf("line %d: one line, without its end", i+1)}
		}
		if strings.Contains(line, Placeholder) {
			return &FieldError{fmt.Sprintf("probe.request[%d]", i), placeholderLeft}
		}
	}
	return nil
}

// initial returns the number of good pokes that a fresh window is credited with.
func (p *ProbeConfig) initial() int {
	if p.Initial != nil {
		return min(*p.Initial, p.Threshold)
	}
	return p.Threshold - 1
}

// request returns the bytes of a poke (PROBE-2).
func (p *ProbeConfig) request(host string) string {
	if len(p.Request) > 0 {
		return strings.Join(p.Request, "\r\n") + "\r\n\r\n"
	}
	return "GET " + p.URL + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"
}

func (p *ProbeConfig) expectsClose() bool { return p.ExpectClose == nil || *p.ExpectClose }

// describe says it in a line.
func (p *ProbeConfig) describe() string {
	what := p.URL
	if len(p.Request) > 0 {
		what = p.Request[0]
	}
	text := fmt.Sprintf("%s every %s, timeout %s, %d of %d, initial %d, status %d",
		what, p.Interval, p.Timeout, p.Threshold, p.Window, p.initial(), p.ExpectedResponse)
	if !p.expectsClose() {
		text += ", may stay open"
	}
	return text
}
