package backend

import (
	"sync/atomic"
	"syscall"

	"github.com/callboard/callboard/director/event"
)

// Counters are the numbers of one backend since it was made (BE-9). The names
// are those of Varnish's VBE counters where it has the same one.
type Counters struct {
	// Conn is how many requests and pipes have a place now, Waiting how many
	// wait for one.
	Conn    int64 `json:"conn"`
	Waiting int64 `json:"waiting"`
	// Req counts the requests sent, Reuse those of them on a connection that
	// had served before, Retry those sent again because it had gone stale,
	// Recycle the connections that went back to the pool.
	Req     uint64 `json:"req"`
	Reuse   uint64 `json:"reuse"`
	Retry   uint64 `json:"retry"`
	Recycle uint64 `json:"recycle"`
	// Requests not sent. Wait counts those that had to wait for a place, and
	// WaitFail those of them that did not get one.
	Unhealthy uint64 `json:"unhealthy"`
	Busy      uint64 `json:"busy"`
	Wait      uint64 `json:"wait"`
	WaitFail  uint64 `json:"wait_fail"`
	// Connections that failed, by reason, and that were not tried (BE-11). Those
	// of the probe count as well.
	FailEACCES        uint64 `json:"fail_eacces"` // and EPERM
	FailEADDRNOTAVAIL uint64 `json:"fail_eaddrnotavail"`
	FailECONNREFUSED  uint64 `json:"fail_econnrefused"`
	FailENETUNREACH   uint64 `json:"fail_enetunreach"`
	FailETIMEDOUT     uint64 `json:"fail_etimedout"`
	FailOther         uint64 `json:"fail_other"`
	HeldDown          uint64 `json:"helddown"`
	// Answers that did not come, or not whole.
	FirstByteTimeouts    uint64 `json:"first_byte_timeouts"`
	BetweenBytesTimeouts uint64 `json:"between_bytes_timeouts"`
	FailAnswer           uint64 `json:"fail_answer"` // closed, broken or not HTTP
	// Bytes of requests and answers, headers and chunking included, without
	// PROXY header and TLS.
	BytesOut uint64 `json:"bytes_out"`
	BytesIn  uint64 `json:"bytes_in"`
	// Bytes of pipes, also counted above.
	PipeOut uint64 `json:"pipe_out"`
	PipeIn  uint64 `json:"pipe_in"`
	// Happy is the newest 64 pokes, bit 0 the newest; all ones without a probe
	// (PROBE-15).
	Happy event.Bits `json:"happy"`
}

// tallies are the numbers of Counters that only grow.
type tallies struct {
	req, reuse, retry, recycle              atomic.Uint64
	unhealthy, busy, wait, waitFail         atomic.Uint64
	eacces, eaddrnotavail, econnrefused     atomic.Uint64
	enetunreach, etimedout, other, heldDown atomic.Uint64
	firstByte, betweenBytes, answer         atomic.Uint64
	bytesOut, bytesIn, pipeOut, pipeIn      atomic.Uint64
}

// Counters returns the numbers of now. They are read one after the other, so
// they fit each other only as well as that allows.
func (b *Backend) Counters() Counters {
	t := &b.tallies
	c := Counters{
		Req: t.req.Load(), Reuse: t.reuse.Load(), Retry: t.retry.Load(), Recycle: t.recycle.Load(),
		Unhealthy: t.unhealthy.Load(), Busy: t.busy.Load(), Wait: t.wait.Load(), WaitFail: t.waitFail.Load(),
		FailEACCES: t.eacces.Load(), FailEADDRNOTAVAIL: t.eaddrnotavail.Load(),
		FailECONNREFUSED: t.econnrefused.Load(), FailENETUNREACH: t.enetunreach.Load(),
		FailETIMEDOUT: t.etimedout.Load(), FailOther: t.other.Load(), HeldDown: t.heldDown.Load(),
		FirstByteTimeouts: t.firstByte.Load(), BetweenBytesTimeouts: t.betweenBytes.Load(), FailAnswer: t.answer.Load(),
		BytesOut: t.bytesOut.Load(), BytesIn: t.bytesIn.Load(), PipeOut: t.pipeOut.Load(), PipeIn: t.pipeIn.Load(),
		Happy: ^event.Bits(0),
	}
	c.Conn, c.Waiting = b.places.count()
	if status, ok := b.ProbeStatus(); ok {
		c.Happy = event.Bits(status.Happy)
	}
	return c
}

// countConnect counts a connect that failed, as Varnish's VBE_Connect_Error.
func (t *tallies) countConnect(errno syscall.Errno) {
	switch errno {
	case syscall.EACCES, syscall.EPERM:
		t.eacces.Add(1)
	case syscall.EADDRNOTAVAIL:
		t.eaddrnotavail.Add(1)
	case syscall.ECONNREFUSED:
		t.econnrefused.Add(1)
	case syscall.ENETUNREACH:
		t.enetunreach.Add(1)
	case syscall.ETIMEDOUT:
		t.etimedout.Add(1)
	default:
		t.other.Add(1)
	}
}

// countError counts how a request failed. What failed to connect was counted
// where it did.
func (t *tallies) countError(e *Error) {
	switch e.Kind {
	case KindUnhealthy:
		t.unhealthy.Add(1)
	case KindBusy:
		t.busy.Add(1)
	case KindFirstByteTimeout:
		t.firstByte.Add(1)
	case KindBetweenBytesTimeout:
		t.betweenBytes.Add(1)
	case KindEOF, KindReset, KindProtocol, KindOther:
		t.answer.Add(1)
	case KindHeldDown, KindConnect, KindCanceled, KindRequestBody:
	}
}
