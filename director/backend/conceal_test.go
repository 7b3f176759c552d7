package backend_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/backend"
)

func TestConcealShowsWhatIsKnownToBeHarmless(t *testing.T) {
	for given, want := range map[string]string{
		"/health":                              "/health",
		"/":                                    "/",
		"/h?deep=1&verbose":                    "/h?deep=1&verbose",
		"/h?token=abc":                         "/h?token={secret}",
		"/h?a=12345":                           "/h?a={secret}",
		"/h?abcdef;key=x#y=z":                  "/h?{secret};key={secret}#y={secret}",
		"/h;jsessionid=A1?x=":                  "/h;jsessionid={secret}?x=",
		"http://user:pass@h/x?full":            "http://{secret}@h/x?full",
		"/a/user:p@ss@host/b":                  "/a/{secret}@host/b",
		"/h?next=http://user:pass@h/&ok=true":  "/h?next={secret}&ok=true",
		"/h?q=1?2&sig=https://a/b?c=d&x=%C3%A": "/h?q=1?2&sig={secret}?c={secret}&x={secret}",
	} {
		if got := backend.ConcealURL(given); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

func TestConcealNamesTheFieldsOfSecrets(t *testing.T) {
	request := []string{
		"GET /h?token=m4rk HTTP/1.1", "Host: shop", "Authorization: Basic m4rk", "cookie:a=m4rk", "X-Api-Key: m4rk",
		"User-Agent: probe", "folded m4rk", "Host: m4rk@shop", "Connection: close",
	}
	shown, secrets := backend.Config{Host: "h", Probe: &backend.ProbeConfig{Request: request}}.Conceal()
	want := []string{
		"GET /h?token={secret} HTTP/1.1", "Host: shop", "Authorization: {secret}", "cookie: {secret}", "X-Api-Key: {secret}",
		"User-Agent: probe", "{secret}", "Host: {secret}", "Connection: close",
	}
	if !slices.Equal(shown.Probe.Request, want) {
		t.Errorf("got %q, want %q", shown.Probe.Request, want)
	}
	var fields []string
	for _, s := range secrets {
		fields = append(fields, s.Field+"="+s.Value)
	}
	wanted := []string{
		"probe.request[0]=" + request[0], "probe.request[2]=" + request[2], "probe.request[3]=" + request[3],
		"probe.request[4]=" + request[4], "probe.request[6]=" + request[6], "probe.request[7]=" + request[7],
	}
	if !slices.Equal(fields, wanted) {
		t.Errorf("got %q, want %q", fields, wanted)
	}
	if text := fmt.Sprintf("%v %+v %#v", secrets, secrets, secrets); strings.Contains(text, "m4rk") {
		t.Errorf("a secret prints as %s", text)
	}
	if request[2] != "Authorization: Basic m4rk" {
		t.Error("the configuration itself was changed")
	}
}

func TestConcealOfARequestThatIsNotHTTP(t *testing.T) {
	shown, secrets := backend.Config{Probe: &backend.ProbeConfig{Request: []string{"AUTH m4rk"}}}.Conceal()
	if got := shown.Probe.Request[0]; got != "AUTH {secret}" || len(secrets) != 1 {
		t.Errorf("got %q, %v", got, secrets)
	}
	shown, secrets = backend.Config{Probe: &backend.ProbeConfig{Request: []string{"PING"}}}.Conceal()
	if got := shown.Probe.Request[0]; got != "PING" || len(secrets) != 0 {
		t.Errorf("got %q, %v", got, secrets)
	}
}

// What was exported has placeholders: taken as it is, a probe would be refused
// by its server, or would pass where it should not.
func TestAPlaceholderIsRefused(t *testing.T) {
	for field, probe := range map[string]backend.ProbeConfig{
		"probe.url":        {URL: "/h?token=" + backend.Placeholder},
		"probe.request[1]": {Request: []string{"GET / HTTP/1.1", "Cookie: " + backend.Placeholder}},
	} {
		_, err := backend.New(backend.Config{Host: "h", Probe: &probe})
		if wrong, ok := errors.AsType[*backend.FieldError](err); !ok || wrong.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

// A server that answers with what it was sent does not show the secret, also
// where the answer is cut off within it.
func TestProbeDoesNotRepeatASecret(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			line := make([]byte, 4096)
			n, _ := conn.Read(line)
			_, _ = conn.Write(line[:n])
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	for _, url := range []string{"/h?token=m4rk-of-a-secret", "/" + strings.Repeat("x", 104) + "?token=m4rk-of-a-secret"} {
		c := at(l.Addr())
		c.Probe = &backend.ProbeConfig{URL: url}
		trial, err := backend.TryProbe(t.Context(), c)
		if err != nil || strings.Contains(trial.Reason, "m4rk") || !strings.HasPrefix(trial.Reason, "GET /") {
			t.Errorf("%s: got %+v, %v", url, trial, err)
		}
		b, err := backend.New(c)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(b.Describe()); strings.Contains(text, "m4rk") || !strings.Contains(text, "{secrets probe.url}") {
			t.Errorf("got %s", text)
		}
	}
}
