package backend_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// What a backend costs beside its director: one that nobody has asked yet, one
// with a probe between two pokes, and one that has been asked and keeps a
// connection, both ends of which are here.
func BenchmarkMemory(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	for _, c := range []struct {
		name  string
		probe *backend.ProbeConfig
		asked bool
	}{{"unasked", nil, false}, {"probed", &backend.ProbeConfig{Interval: never}, false}, {"asked", nil, true}} {
		b.Run(c.name, func(b *testing.B) {
			config := at(server.Listener.Addr())
			config.Probe = c.probe
			for b.Loop() {
				b.ReportMetric(bytesPerBackend(b, config, c.asked), "B/backend")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func bytesPerBackend(b *testing.B, config backend.Config, asked bool) float64 {
	const n = 400
	rt := director.New(director.Options{})
	defer rt.Close(b.Context())
	v, err := rt.AddVCL("boot")
	if err != nil {
		b.Fatal(err)
	}
	implementations := make([]*backend.Backend, n)
	before := memory()
	for i := range implementations {
		if implementations[i], err = backend.New(config); err != nil {
			b.Fatal(err)
		}
	}
	size := memory() - before
	for i, made := range implementations {
		d, err := v.Add("b"+strconv.Itoa(i), made)
		if err != nil {
			b.Fatal(err)
		}
		if asked {
			defer d.Delete()
		}
	}
	if !asked {
		return float64(size) / n
	}
	before = memory()
	client := http.Client{}
	for i := range implementations {
		d, err := rt.Find("b" + strconv.Itoa(i))
		if err != nil {
			b.Fatal(err)
		}
		client.Transport = &director.Transport{Director: d}
		resp, err := client.Get("http://shop.test/")
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return float64(size+memory()-before) / n
}

// memory returns the bytes of the heap and of stacks that are in use.
func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
