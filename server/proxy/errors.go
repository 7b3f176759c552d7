package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// A fault is why a request has no answer: the status and the words that the
// client gets, and the error type of RFC 9211. The words say what the backend did
// and nothing of where it is.
type fault struct {
	status int
	kind   string
	words  string
}

// The faults of backends.
var (
	refused      = fault{http.StatusBadGateway, "connection_refused", "refused the connection"}
	terminated   = fault{http.StatusBadGateway, "connection_terminated", "ended the connection without a whole answer"}
	garbled      = fault{http.StatusBadGateway, "http_protocol_error", "answered with what is not HTTP, or not what was asked for"}
	heldDown     = fault{http.StatusBadGateway, "destination_unavailable", "could not be reached a moment ago and is not tried again yet"}
	unroutable   = fault{http.StatusBadGateway, "destination_ip_unroutable", "cannot be reached"}
	unnamed      = fault{http.StatusBadGateway, "dns_error", "has a name without an address"}
	uncertified  = fault{http.StatusBadGateway, "tls_certificate_error", "has a certificate that is not accepted"}
	insecure     = fault{http.StatusBadGateway, "tls_protocol_error", "does not speak TLS as it should"}
	broken       = fault{http.StatusBadGateway, "destination_unavailable", "failed"}
	slowConnect  = fault{http.StatusGatewayTimeout, "connection_timeout", "did not take the connection in time"}
	slowAnswer   = fault{http.StatusGatewayTimeout, "http_response_timeout", "did not answer in time"}
	slowBody     = fault{http.StatusGatewayTimeout, "connection_read_timeout", "fell silent within its answer"}
	badBody      = fault{http.StatusBadRequest, "http_request_error", "the body of the request ended early, or is not what its header says"}
	slowRequest  = fault{http.StatusRequestTimeout, "http_request_error", "the body of the request did not come in time"}
	cannotHijack = fault{http.StatusInternalServerError, "proxy_internal_error", "this connection cannot switch to another protocol"}
)

// fail answers a request that no backend has answered.
func (x *exchange) fail(err error) {
	f := faultOf(err)
	if f.kind != badBody.kind && x.in.Context().Err() != nil {
		x.abort() // the client has gone, or is told to; an answer would be a lie
		return
	}
	x.handler.log.Debug("proxy", "method", x.in.Method, "path", x.in.URL.Path, "status", f.status, "error", err)
	f.kind += retriedError(err)
	x.refuse(f)
	x.drain()
}

// refuse answers with a text instead of a backend's answer.
func (x *exchange) refuse(f fault) {
	h := x.w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	switch f.status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusBadRequest, http.StatusRequestTimeout:
		h.Set("Connection", "close") // the next request would begin anywhere
	}
	tellError(h, f.kind)
	x.w.WriteHeader(f.status)
	_, _ = fmt.Fprintf(x.w, "%s.\n", f.words) // a client that has gone is not told
}

// faultOf says what an error of the tree means for the client.
func faultOf(err error) fault {
	if none, ok := errors.AsType[*director.NoBackendError](err); ok {
		return fault{http.StatusServiceUnavailable, "destination_unavailable", "No backend: " + why(none)}
	}
	name := "the backend"
	if failed, ok := errors.AsType[*director.LeafError](err); ok {
		name = "backend " + failed.Director
	}
	switch {
	case errors.Is(err, backend.ErrBusy):
		return fault{http.StatusServiceUnavailable, "connection_limit_reached", "No backend: " + name + ": busy"}
	case errors.Is(err, director.ErrUnhealthy):
		return fault{http.StatusServiceUnavailable, "destination_unavailable", "No backend: " + name + ": unhealthy"}
	}
	f := faultOfLeaf(err)
	switch f.status {
	case http.StatusBadGateway:
		f.words = "Bad gateway: " + name + " " + f.words
	case http.StatusGatewayTimeout:
		f.words = "Gateway timeout: " + name + " " + f.words
	case http.StatusBadRequest, http.StatusRequestTimeout:
		f.words = "Bad request: " + f.words
	}
	return f
}

// why says which director had nothing to offer.
func why(none *director.NoBackendError) string {
	switch {
	case none.Director == "" && none.Err == nil:
		return "no VCL is active, or the active one has no default director"
	case none.Err == nil:
		return fmt.Sprintf("director %s has none that is healthy", none.Director)
	case none.Director == "":
		return none.Err.Error()
	}
	return none.Error()
}

// faultOfLeaf says what a leaf that was asked has done.
func faultOfLeaf(err error) fault {
	failed, ok := errors.AsType[*backend.Error](err)
	if !ok {
		return faultOfOther(err)
	}
	switch failed.Kind {
	case backend.KindConnect:
		return faultOfConnect(failed)
	case backend.KindHeldDown:
		return heldDown
	case backend.KindFirstByteTimeout:
		return slowAnswer
	case backend.KindBetweenBytesTimeout:
		return slowBody
	case backend.KindEOF, backend.KindReset:
		return terminated
	case backend.KindProtocol:
		return garbled
	case backend.KindRequestBody:
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return slowRequest
		}
		return badBody
	case backend.KindOther, backend.KindUnhealthy, backend.KindBusy, backend.KindCanceled:
	}
	return faultOfOther(err)
}

// faultOfConnect says why there is no connection.
func faultOfConnect(err *backend.Error) fault {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return unnamed
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return uncertified
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return uncertified
	}
	switch err.Errno {
	case syscall.ETIMEDOUT:
		return slowConnect
	case syscall.ECONNREFUSED, syscall.ENOENT: // of a port, of a Unix socket
		return refused
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL:
		return unroutable
	case 0:
		return insecure // the address was found and the connection made
	}
	return broken
}

// faultOfOther is for errors of leaves of other types.
func faultOfOther(err error) fault {
	timeout, _ := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded) || timeout != nil && timeout.Timeout():
		return slowAnswer
	case errors.Is(err, errHijack):
		return cannotHijack
	case errors.Is(err, errSwitch) || errors.Is(err, director.ErrInvalid):
		return garbled
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
		return terminated
	}
	return broken
}
