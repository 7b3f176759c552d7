package backend

import (
	"context"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestConnectFails(t *testing.T) {
	stage := func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) *stageSet {
		s := setStage(t, Config{}, nil)
		s.dial = dial
		return s
	}
	t.Run("BE-6 connect timeout", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
			})
			failed := s.fails(t, t.Context(), KindConnect, defaultConnectTimeout)
			if failed.Errno != syscall.ETIMEDOUT || !failed.Timeout() {
				t.Errorf("got errno %d, want ETIMEDOUT", failed.Errno)
			}
			s.fails(t, WithTimeouts(t.Context(), Timeouts{Connect: time.Second}), KindConnect, time.Second)
			if got := s.Counters(); got.FailETIMEDOUT != 2 || got.HeldDown != 0 {
				t.Errorf("got %+v, want two timeouts, which hold nothing down", got)
			}
		})
	})
	for _, c := range []struct {
		errno syscall.Errno
		hold  time.Duration
		text  string
		count func(Counters) uint64
	}{
		{syscall.EACCES, 10 * time.Second, "fail errno 13 (Permission denied)", func(c Counters) uint64 { return c.FailEACCES }},
		{syscall.EPERM, 10 * time.Second, "fail errno 1 (Operation not permitted)", func(c Counters) uint64 { return c.FailEACCES }},
		{syscall.EADDRNOTAVAIL, 10 * time.Second, "fail errno 99 (Cannot assign requested address)", func(c Counters) uint64 { return c.FailEADDRNOTAVAIL }},
		{syscall.ECONNREFUSED, 250 * time.Millisecond, "fail errno 111 (Connection refused)", func(c Counters) uint64 { return c.FailECONNREFUSED }},
		{syscall.ENETUNREACH, 250 * time.Millisecond, "fail errno 101 (Network is unreachable)", func(c Counters) uint64 { return c.FailENETUNREACH }},
		{syscall.EHOSTUNREACH, 0, "fail errno 113 (No route to host)", func(c Counters) uint64 { return c.FailOther }},
		{0, 0, "fail: lookup shop.test: no such host", func(c Counters) uint64 { return c.FailOther }},
	} {
		t.Run("BE-7 BE-9 BE-11 "+c.text, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var cause error = &net.OpError{Op: "dial", Err: c.errno}
				if c.errno == 0 {
					cause = &net.DNSError{Name: "shop.test", Err: "no such host", IsNotFound: true}
				}
				s := stage(t, func(context.Context, string, string) (net.Conn, error) { return nil, cause })
				failed := s.fails(t, t.Context(), KindConnect, 0)
				if failed.Error() != c.text || failed.Errno != c.errno {
					t.Errorf("got %q, want %q", failed, c.text)
				}
				if c.hold > 0 {
					time.Sleep(c.hold - 1)
					held := s.fails(t, t.Context(), KindHeldDown, 0)
					if want := "fail errno 0 (Success): held down after " + c.text; held.Error() != want {
						t.Errorf("got %q, want %q", held, want)
					}
					time.Sleep(time.Nanosecond)
				}
				s.fails(t, t.Context(), KindConnect, 0)
				if got := s.Counters(); c.count(got) != 2 || (got.HeldDown == 1) != (c.hold > 0) {
					t.Errorf("got %+v, want two failures", got)
				}
			})
		})
	}
}
