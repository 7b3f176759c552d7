package backend

import (
	"context"
	"errors"
	"net"
	"testing"
)

func TestTryProbeNeedsAProbe(t *testing.T) {
	_, err := TryProbe(t.Context(), Config{Host: "127.0.0.1", Port: 1})
	wrong, ok := errors.AsType[*FieldError](err)
	if !ok || wrong.Field != "probe" {
		t.Errorf("got %v, want the field probe", err)
	}
}

func TestTryProbeEndsWithItsContext(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := TryProbe(ctx, Config{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Probe: new(ProbeConfig)})
	if err != nil || got.Good || got.Status != 0 || got.Reason == "" {
		t.Errorf("got %+v, %v, want a poke that failed, and why", got, err)
	}
}
