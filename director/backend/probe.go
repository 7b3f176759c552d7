package backend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// probe pokes the backend until ctx ends: at once, and then an interval after
// each poke has ended, so that at most one is under way.
func (b *Backend) probe(ctx context.Context) {
	config := b.config.Probe
	w := newWindow(*config)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		p := b.poke(ctx)
		if ctx.Err() != nil {
			return // the poke was cut short: it says nothing of the backend
		}
		w.add(p)
		b.report(w)
		timer.Reset(time.Duration(config.Interval))
	}
}

func (b *Backend) report(w window) {
	b.self.ReportProbe(w.report())
	b.self.ReportHealth(w.healthy(), fmt.Sprintf("probe: %d of %d good, %d needed; last: %s", w.good(), w.size, w.threshold, w.text))
}

// poke makes one probe request on a connection of its own, and all of it has to
// happen within the probe's timeout (PROBE-6).
func (b *Backend) poke(ctx context.Context) poke {
	config := b.config.Probe
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(config.Timeout))
	defer cancel()
	conn, err := b.dial(ctx)
	if err != nil {
		return poke{text: "connect: " + reason(err)}
	}
	defer conn.Close()
	// An ending context cuts the reads and writes below.
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	request := "GET " + config.URL + " HTTP/1.1\r\nHost: " + b.config.HostHeader + "\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		return poke{text: "send: " + reason(err)}
	}
	line, err := readAnswer(conn)
	if err != nil {
		return poke{text: reason(err)}
	}
	return poke{happy: statusOf(line) == config.ExpectedResponse, took: time.Since(start), text: line}
}

// maxStatusLine is how much of the first line a probe looks at, as in Varnish.
const maxStatusLine = 128

// readAnswer returns the first line of an answer that it reads to its end: a
// server that does not close after "Connection: close" is not well.
func readAnswer(r io.Reader) (string, error) {
	buffered := bufio.NewReaderSize(r, maxStatusLine)
	line, err := buffered.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		err = nil
	}
	switch {
	case len(line) == 0 && errors.Is(err, io.EOF):
		return "", errors.New("empty response")
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("receive: %w", err)
	}
	first := strings.TrimRight(string(line), "\r\n")
	if _, err := io.Copy(io.Discard, buffered); err != nil {
		return "", fmt.Errorf("receive: %w", err)
	}
	return first, nil
}

// statusOf returns the status of a line "HTTP/1.1 200 OK", 0 if it is none.
func statusOf(line string) int {
	version, rest, ok := strings.Cut(line, " ")
	number, isHTTP := strings.CutPrefix(version, "HTTP/")
	if _, err := strconv.ParseFloat(number, 64); !ok || !isHTTP || err != nil {
		return 0
	}
	digits, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return status
}

// reason shortens an error to what is new to somebody who sees it beside the
// backend's address.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		return "timeout"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
