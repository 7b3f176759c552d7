package server

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

// BenchmarkMetrics measures a scrape of 20,000 directors.
func BenchmarkMetrics(b *testing.B) {
	rt := director.New(director.Options{Name: "large"})
	defer rt.Close(context.Background())
	v, err := rt.AddVCL("boot")
	if err != nil {
		b.Fatal(err)
	}
	for i := range 20_000 {
		if _, err := v.Add(fmt.Sprintf("backend-%d", i), directortest.NewBackend("x")); err != nil {
			b.Fatal(err)
		}
	}
	snapshot := rt.Sample()
	var size countingWriter
	for b.Loop() {
		size = 0
		writeMetrics(&size, snapshot, 0, 0)
	}
	b.ReportMetric(float64(size), "bytes")
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}

var _ io.Writer = (*countingWriter)(nil)
