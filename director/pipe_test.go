package director_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/callboard/callboard/director"
)

// A hose answers a pipe with what it is given, and says how often it was held.
type hose struct {
	self *director.Director
	held int64
	err  error
}

func (*hose) Type() string                   { return "hose" }
func (h *hose) Bind(self *director.Director) { h.self = self }
func (h *hose) Pipe(_ *director.Task, req *http.Request, client io.ReadWriteCloser) error {
	known, _ := h.self.VCL().Runtime().Sample().Director(h.self.ID())
	h.held = known.Tasks
	if h.err != nil {
		return h.err
	}
	_, _ = io.WriteString(client, req.URL.Path)
	return client.Close()
}

func pipe(t *testing.T, d *director.Director) (answer string, err error) {
	t.Helper()
	near, far := net.Pipe()
	read := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(near)
		read <- string(text)
	}()
	req, _ := http.NewRequest("GET", "http://example.test/chat", nil)
	err = (&director.Transport{Director: d}).Pipe(req, far)
	far.Close()
	return <-read, err
}

func TestPipeHoldsHintAndLeaf(t *testing.T) {
	v := newVCL(t)
	h := &hose{}
	p := pool(t, v, "p", add(t, v, "h", h))
	if answer, err := pipe(t, p); err != nil || answer != "/chat" || h.held != 1 {
		t.Errorf("got %q, %v, held %d times, want /chat, held once", answer, err, h.held)
	}
	h.err = errors.New("broken")
	if answer, err := pipe(t, p); !errors.Is(err, h.err) || answer != "" {
		t.Errorf("a failing one: got %q, %v", answer, err)
	}
	if got := refcount(t, p); got != 1 {
		t.Errorf("references afterwards: got %d, want 1", got)
	}
}

// A pipe goes to another leaf as long as nothing was sent.
func TestPipeGoesToAnotherLeaf(t *testing.T) {
	v := newVCL(t)
	bad, good := &hose{err: refused{}}, &hose{}
	a := add(t, v, "a", bad)
	p := pool(t, v, "p", a, add(t, v, "b", good))
	if answer, err := pipe(t, p); err != nil || answer != "/chat" || good.held != 1 {
		t.Errorf("not sent: got %q, %v, want the other's answer", answer, err)
	}
	bad.err = errReset
	for range 2 { // also in the turn of the one that fails
		if _, err := pipe(t, p); err != nil && !errors.Is(err, errReset) {
			t.Errorf("perhaps sent: got %v, want the failure", err)
		}
	}
	known, _ := v.Runtime().Sample().Director(a.ID())
	if known.Requests != 2 || known.Failures != 2 || known.Retried != 1 || known.Tasks != 0 {
		t.Errorf("got %d requests, %d failures, %d retried, %d held, want 2, 2, 1, 0", known.Requests, known.Failures, known.Retried, known.Tasks)
	}
}

func TestPipeWhereThereIsNone(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	if _, err := pipe(t, a); !errors.Is(err, director.ErrNoPipe) {
		t.Errorf("REQ-11: a leaf without http1pipe: got %v, want ErrNoPipe", err)
	}
	var none *director.NoBackendError
	if _, err := pipe(t, pool(t, v, "p")); !errors.As(err, &none) {
		t.Errorf("REQ-11: nothing to pipe to: got %v, want a NoBackendError", err)
	}
}
