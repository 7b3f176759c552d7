package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// bodyTime is how long the body of a command may take to arrive: at most 1 MiB,
// and usually some hundred bytes.
const bodyTime = 30 * time.Second

// A timedBody is a body that has to arrive in time. When it has, the connection
// has no deadline any more: what follows may be an answer that takes its time.
// http.Server.ReadTimeout would cut streams, which read nothing.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// timeBody gives the request's body, if it has one, its time.
func timeBody(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	control := http.NewResponseController(w)
	// Not every writer has deadlines; those of the standard library do.
	if control.SetReadDeadline(time.Now().Add(bodyTime)) == nil {
		r.Body = &timedBody{r.Body, control}
	}
}

// Read implements [io.Reader].
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		_ = b.control.SetReadDeadline(time.Time{}) // it could be set
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errSlowBody
	}
	return n, err
}

var errSlowBody = &problem{
	Title: "Request timeout", Status: http.StatusRequestTimeout,
	Detail: "The body did not arrive in time.",
}
