package server

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestTryAProbe(t *testing.T) {
	g := newRig(t, nil)
	before := g.rt.Tree().Seq
	var pokes atomic.Int32
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pokes.Add(1)
		if r.URL.Path != "/health" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	port := backend.Listener.Addr().(*net.TCPAddr).Port
	ask := func(probe string) probeTrial {
		return into[probeTrial](g.send("POST", api+"probe-test",
			fmt.Sprintf(`{"backend":{"host":"127.0.0.1","port":%d,"probe":%s}}`, port, probe)).is(200))
	}
	if got := ask(`{"url":"/health"}`); !got.Good || got.Status != 200 || got.MS <= 0 || got.Reason != "HTTP/1.1 200 OK" {
		t.Errorf("got %+v, want good", got)
	}
	if got := ask(`{"url":"/"}`); got.Good || got.Status != 503 || !strings.HasSuffix(got.Reason, "where 200 is expected") {
		t.Errorf("got %+v, want 503 not to be good", got)
	}
	if got := ask(`{"url":"/","expected_response":503}`); !got.Good {
		t.Errorf("got %+v, want 503 to be good where it is expected", got)
	}
	if n := pokes.Load(); n != 3 {
		t.Errorf("got %d pokes, want one each", n)
	}
	a := g.form(api+"probe-test", "type=backend&name=&backend.host=127.0.0.1&backend.port="+strconv.Itoa(port)+"&backend.probe.url=/health", "Accept", "text/html").is(200)
	if !strings.Contains(a.body, "Good: 200 in ") {
		t.Errorf("got %s, want a page that says good", a.body)
	}
	backend.Close()
	if got := ask(`{"url":"/health"}`); got.Good || got.Status != 0 || !strings.Contains(got.Reason, "refused") {
		t.Errorf("got %+v, want a refused connection", got)
	}
	if now := g.rt.Tree().Seq; now != before {
		t.Errorf("got events to %d, want none after %d", now, before)
	}
}

func TestTryAProbeRefuses(t *testing.T) {
	g := newRig(t, nil)
	for body, field := range map[string]string{
		`{}`: "backend",
		`{"backend":{"host":"127.0.0.1","port":1}}`:                          "backend.probe.url",
		`{"backend":{"port":1,"probe":{}}}`:                                  "backend.host",
		`{"backend":{"host":"127.0.0.1","port":1,"probe":{"url":"x"}}}`:      "backend.probe.url",
		`{"backend":{"host":"127.0.0.1","port":99999,"probe":{"url":"/x"}}}`: "backend.port",
	} {
		p := g.send("POST", api+"probe-test", body).problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: got %+v, want the field %s", body, p.Errors, field)
		}
	}
}
