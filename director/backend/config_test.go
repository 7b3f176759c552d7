package backend_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

func TestNewNamesTheFieldThatIsWrong(t *testing.T) {
	minus := -1
	for _, c := range []struct {
		config backend.Config
		want   string
	}{
		{backend.Config{}, "host"},
		{backend.Config{Host: "http://x"}, "host"},
		{backend.Config{Host: "x", Port: 70000}, "port"},
		{backend.Config{Host: "x", Path: "/s"}, "path"},
		{backend.Config{Path: "s"}, "path"},
		{backend.Config{Host: "x\n"}, "host"},
		{backend.Config{Host: "x", HostHeader: "a\r\nb: c"}, "host_header"},
		{backend.Config{Host: "x", ProxyHeader: 3}, "proxy_header"},
		{backend.Config{Host: "x", MaxConnections: -1}, "max_connections"},
		{backend.Config{Host: "x", WaitLimit: -1}, "wait_limit"},
		{backend.Config{Host: "x", MaxConnections: math.MaxInt32 + 1}, "max_connections"},
		{backend.Config{Host: "x", WaitLimit: math.MaxInt32 + 1}, "wait_limit"},
		{backend.Config{Host: "x", WaitTimeout: -1}, "wait_timeout"},
		{backend.Config{Host: "x", PipeTimeout: -1}, "pipe_timeout"},
		{backend.Config{Host: "x", ConnectTimeout: -1}, "connect_timeout"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{URL: "health"}}, "probe.url"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{URL: "/", Request: []string{"GET / HTTP/1.1"}}}, "probe.request"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Request: []string{"GET / HTTP/1.1\r\nA: b"}}}, "probe.request"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Request: []string{""}}}, "probe.request"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Window: 5}}, "probe.threshold"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Threshold: 65}}, "probe.threshold"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Interval: -1}}, "probe.interval"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Timeout: -1}}, "probe.timeout"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Window: 65}}, "probe.window"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Window: 2, Threshold: 3}}, "probe.threshold"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Initial: &minus}}, "probe.initial"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{ExpectedResponse: 20}}, "probe.expected_response"},
	} {
		_, err := backend.New(c.config)
		var field *backend.FieldError
		if !errors.As(err, &field) || field.Field != c.want || !errors.Is(err, director.ErrInvalid) {
			t.Errorf("PROBE-1 %+v: got %v, want a FieldError for %s", c.config, err, c.want)
		}
	}
	if _, err := backend.New(backend.Config{Host: "::1", Probe: &backend.ProbeConfig{}}); err != nil {
		t.Errorf("the least that is needed: %v", err)
	}
}

func TestDurationReadsSecondsAndUnits(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`2`: 2 * time.Second, `0.25`: 250 * time.Millisecond, `"3.5s"`: 3500 * time.Millisecond,
		`"100ms"`: 100 * time.Millisecond, `"5"`: 5 * time.Second,
	} {
		var got backend.Duration
		if err := json.Unmarshal([]byte(text), &got); err != nil || time.Duration(got) != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`"soon"`, `1e300`, `"NaN"`, `true`, `""`} {
		var got backend.Duration
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %s, want an error", text, got)
		}
	}
}

func TestProbeDefaults(t *testing.T) {
	two, nine := 2, 9
	for _, c := range []struct {
		rule  string
		probe backend.ProbeConfig
		want  string
	}{
		{"PROBE-1 nothing given", backend.ProbeConfig{}, "/ every 5s, timeout 2s, 3 of 8, initial 2, status 200"},
		{"PROBE-1 threshold alone", backend.ProbeConfig{Threshold: 5}, "/ every 5s, timeout 2s, 5 of 6, initial 4, status 200"},
		{"PROBE-1 threshold of all bits", backend.ProbeConfig{Threshold: 64}, "/ every 5s, timeout 2s, 64 of 64, initial 63, status 200"},
		{"PROBE-1 the usual window alone", backend.ProbeConfig{Window: 8}, "/ every 5s, timeout 2s, 3 of 8, initial 2, status 200"},
		{"PROBE-1 initial", backend.ProbeConfig{Window: 4, Threshold: 3, Initial: &two}, "/ every 5s, timeout 2s, 3 of 4, initial 2, status 200"},
		{"PROBE-1 initial capped", backend.ProbeConfig{Window: 4, Threshold: 3, Initial: &nine}, "/ every 5s, timeout 2s, 3 of 4, initial 3, status 200"},
		{"PROBE-7 expect_close", backend.ProbeConfig{URL: "/h", ExpectClose: new(bool)}, "/h every 5s, timeout 2s, 3 of 8, initial 2, status 200, may stay open"},
		{"PROBE-2 request", backend.ProbeConfig{Request: []string{"HEAD /x HTTP/1.0", "A: b"}}, "HEAD /x HTTP/1.0 every 5s, timeout 2s, 3 of 8, initial 2, status 200"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			b, err := backend.New(backend.Config{Host: "h", Probe: &c.probe})
			if err != nil {
				t.Fatal(err)
			}
			options := b.Describe()
			if got := options[len(options)-1].Value; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	const s = backend.Duration(time.Second)
	for _, c := range []struct {
		config backend.Config
		want   string
	}{
		{
			backend.Config{Host: "h"},
			"[{address h:80} {connect timeout 3.5s} {first byte timeout 1m0s} {between bytes timeout 1m0s}]",
		},
		{
			backend.Config{Host: "::1", TLS: &backend.TLSConfig{}},
			"[{address [::1]:443} {tls server name ::1} {connect timeout 3.5s} {first byte timeout 1m0s} {between bytes timeout 1m0s}]",
		},
		{
			backend.Config{
				Host: "h", Port: 81, HostHeader: "w:8", ProxyHeader: 2, MaxConnections: 3, WaitLimit: 4, WaitTimeout: s,
				ConnectTimeout: s, FirstByteTimeout: 2 * s, BetweenBytesTimeout: 3 * s, PipeTimeout: 4 * s,
				TLS: &backend.TLSConfig{InsecureSkipVerify: true},
			},
			"[{address h:81} {host header w:8} {tls server name w, not verified} {proxy header version 2} {max connections 3}" +
				" {wait queue 4 for 1s} {connect timeout 1s} {first byte timeout 2s} {between bytes timeout 3s} {pipe timeout 4s}]",
		},
	} {
		b, err := backend.New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(b.Describe()); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
