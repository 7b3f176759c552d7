package backend_test

import (
	"encoding/json"
	"errors"
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
		{backend.Config{Host: "x", MaxConnections: -1}, "max_connections"},
		{backend.Config{Host: "x", ConnectTimeout: -1}, "connect_timeout"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{URL: "health"}}, "probe.url"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Window: 65}}, "probe.window"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Window: 2, Threshold: 3}}, "probe.threshold"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{Initial: &minus}}, "probe.initial"},
		{backend.Config{Host: "x", Probe: &backend.ProbeConfig{ExpectedResponse: 20}}, "probe.expected_response"},
	} {
		_, err := backend.New(c.config)
		var field *backend.FieldError
		if !errors.As(err, &field) || field.Field != c.want || !errors.Is(err, director.ErrInvalid) {
			t.Errorf("%+v: got %v, want a FieldError for %s", c.config, err, c.want)
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
