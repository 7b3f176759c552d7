package proxy

import (
	"maps"
	"net/http"
	"sync"
)

// An interim is the time before the final answer, in which informational ones
// may be written.
type interim struct {
	w http.ResponseWriter
	// understands: a client of HTTP/1.0 does not know informational answers.
	// asks: the client waits to be told to send its body.
	understands, asks bool

	mu   sync.Mutex // guards the field below, and writing
	over bool
	told bool // to send the body
}

func (i *interim) begin(w http.ResponseWriter, in *http.Request) {
	i.w = w
	i.understands = in.ProtoAtLeast(1, 1)
	// With HTTP/2 the server says it by itself.
	i.asks = in.ProtoMajor == 1 && i.understands && in.ContentLength != 0 && hasToken(in.Header["Expect"], "100-continue")
}

// end returns when nothing informational is being written; nothing will be
// afterwards.
func (i *interim) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.over = true
}

// Inform implements [backend.Informer]: it passes an informational answer on. 100 is for this proxy alone: the
// client's own is due when its body is about to be read.
func (i *interim) Inform(status int, header http.Header) {
	if status == http.StatusContinue || !i.understands {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.over {
		return
	}
	h := i.w.Header()
	kept := maps.Clone(h) // for the final answer
	clear(h)
	pass(h, header)
	i.w.WriteHeader(status)
	clear(h)
	maps.Copy(h, kept)
}

// goOn tells a client that asks for it to send its body.
func (i *interim) goOn() {
	if !i.asks {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.over && !i.told {
		i.told = true
		i.w.WriteHeader(http.StatusContinue)
	}
}

// unheard reports whether the client asked and was not told to send its body.
func (i *interim) unheard() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asks && !i.told
}
