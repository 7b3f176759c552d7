package server

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

// A takenWriter takes some writes and then none, as a client that has gone.
type takenWriter struct {
	left, writes, largest int
	text                  strings.Builder
}

func (w *takenWriter) Write(p []byte) (int, error) {
	w.writes++
	w.largest = max(w.largest, len(p))
	if w.writes > w.left {
		return 0, errors.New("gone")
	}
	return w.text.Write(p)
}

// A scrape is sent while it is written: it is never in memory as a whole, and
// ends with the one who asked for it.
func TestMetricsAreStreamed(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		if _, err := v.Add(fmt.Sprint("backend-", i), directortest.NewBackend("x")); err != nil {
			t.Fatal(err)
		}
	}
	all := takenWriter{left: 1 << 20}
	writeMetrics(&all, rt.Sample(), 0, 0)
	if lines := strings.Count(all.text.String(), "\n"); lines != 4*3+len(directorMetrics)*(2+2000) || all.writes < 5 || all.largest > 1<<16 {
		t.Errorf("got %d lines in %d writes of at most %d bytes", lines, all.writes, all.largest)
	}
	gone := takenWriter{left: 1}
	writeMetrics(&gone, rt.Sample(), 0, 0)
	if gone.writes != 2 {
		t.Errorf("a client that has gone was written to %d times, want 2", gone.writes)
	}
	if err := rt.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
