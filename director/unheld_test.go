package director_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
)

// A counting leaf has a place taken from RoundTrip to Finish.
type counting struct {
	taken  int
	status int
	body   io.ReadCloser
}

func (*counting) Type() string            { return "counting" }
func (c *counting) Finish(*director.Task) { c.taken-- }
func (c *counting) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	c.taken++
	return &http.Response{StatusCode: c.status, Body: c.body}, nil
}

type explosive struct{ io.Reader }

func (explosive) Close() error { panic("boom") }

// An answer that is none of HTTP is an error to the client, but for its leaf the
// request was answered: Finish is called.
func TestFinishAfterAnAnswerThatIsNone(t *testing.T) {
	for what, body := range map[string]io.ReadCloser{"closes": http.NoBody, "panics": explosive{strings.NewReader("")}} {
		v := newVCL(t)
		leaf := &counting{status: 1000, body: body}
		a := add(t, v, "a", leaf)
		if got := sent(t, &director.Transport{Director: a}, newRequest(t, "POST", nil)); !strings.Contains(got, "a: ") {
			t.Errorf("%s: got %q, want an error of a", what, got)
		}
		if leaf.taken != 0 {
			t.Errorf("%s: got %d places taken afterwards, want 0", what, leaf.taken)
		}
	}
}

// When code of the caller panics, the caller gets the panic, and nothing stays
// held.
func TestNothingIsHeldAfterAPanicOfTheCaller(t *testing.T) {
	for what, test := range map[string]struct {
		panicsAt int // the call of Walked that does
		getBody  func() (io.ReadCloser, error)
	}{
		"Walked":                 {panicsAt: 1},
		"Walked of another leaf": {panicsAt: 2},
		"GetBody":                {getBody: func() (io.ReadCloser, error) { panic("boom") }},
	} {
		t.Run(what, func(t *testing.T) {
			v := newVCL(t)
			a, b := add(t, v, "a", &server{name: "a", err: refused{}}), add(t, v, "b", &server{name: "b"})
			p := pool(t, v, "p", a, b)
			calls := 0
			transport := &director.Transport{Director: p, Walked: func(*http.Request, []*director.Director, error) {
				if calls++; calls == test.panicsAt {
					panic("boom")
				}
			}}
			req := newRequest(t, "GET", once("text"))
			req.GetBody = test.getBody
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was lost")
					}
				}()
				_, _ = transport.RoundTrip(req)
			}()
			for d, want := range map[*director.Director]int64{a: 2, b: 2, p: 1} {
				if got := refcount(t, d); got != want {
					t.Errorf("%s: got %d references, want %d", d.Name(), got, want)
				}
			}
			if list := v.Runtime().ListVCLs(); list[0].Busy != 0 {
				t.Errorf("got %d requests in the VCL, want 0", list[0].Busy)
			}
		})
	}
}
