package proxy

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// A noted body knows whether it was closed.
type noted struct {
	io.Reader
	closed atomic.Bool
}

func (n *noted) Close() error { n.closed.Store(true); return nil }

// A late body is a client's that is read when another one should be closed.
type late struct {
	t     *testing.T
	other *noted
	read  bool
}

func (l *late) Read([]byte) (int, error) {
	l.read = true
	if !l.other.closed.Load() {
		l.t.Error("the client is waited for while the backend is held")
	}
	return 0, io.EOF
}
func (*late) Close() error { return nil }

// deadlines is a writer of a server: it can set deadlines.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetReadDeadline(time.Time) error { return nil }

// A client that is still sending when an upgrade comes to nothing holds nothing
// of the backend.
func TestBackendIsLetGoBeforeTheClientIsWaitedFor(t *testing.T) {
	for protocol, status := range map[string]int{"echo": http.StatusInternalServerError, "other": http.StatusBadGateway} {
		answer := &noted{Reader: http.NoBody}
		h := New(Options{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 101, Header: http.Header{"Upgrade": {protocol}},
				Body: struct {
					io.ReadCloser
					io.Writer
				}{answer, io.Discard}}, nil
		})})
		body := &late{t: t, other: answer}
		r := httptest.NewRequest("POST", "/", body)
		r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"echo"}}
		w := deadlines{httptest.NewRecorder()}
		h.ServeHTTP(w, r)
		if w.Code != status || !body.read {
			t.Errorf("%s: got %d and body read %t, want %d and true", protocol, w.Code, body.read, status)
		}
	}
}
