package load

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestPercentileIsOneThatWasMeasured(t *testing.T) {
	var durations []time.Duration
	for i := 100; i > 0; i-- {
		durations = append(durations, time.Duration(i))
	}
	s := NewSample(durations)
	for p, want := range map[float64]time.Duration{0: 1, 1: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		if got := s.Percentile(p); got != want {
			t.Errorf("percentile %v: got %d, want %d", p, got, want)
		}
	}
	if got := NewSample(nil).Percentile(50); got != 0 {
		t.Errorf("of nothing: got %v, want 0", got)
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]float64{9, 1, 5}); got != 5 {
		t.Errorf("got %v, want 5", got)
	}
	if got := Median([]float64{4, 1, 2, 9}); got != 3 {
		t.Errorf("got %v, want 3", got)
	}
}

// Frames are the same however the network cuts them.
func TestFramesAreCutFromAnyPieces(t *testing.T) {
	wire := []byte("\x81\x02hi\x89\x00\x81\x7e\x00\x80" + strings.Repeat("x", 128))
	for size := 1; size <= len(wire); size++ {
		var r frameReader
		var got []string
		for part := range chunks(wire, size) {
			if err := r.push(part, func(f frame) { got = append(got, string(f.payload)) }); err != nil {
				t.Fatal(err)
			}
		}
		if len(got) != 3 || got[0] != "hi" || got[1] != "" || len(got[2]) != 128 {
			t.Fatalf("in pieces of %d: got %d frames", size, len(got))
		}
	}
}

func chunks(data []byte, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(size, len(data))
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

func TestCallsAreAnswered(t *testing.T) {
	var out bytes.Buffer
	err := Answer(strings.NewReader("1\n2\n"), &out, func(request []byte) (any, error) {
		if request[0] == '2' {
			return nil, io.ErrUnexpectedEOF
		}
		return "one", nil
	})
	want := `{"result":"one"}` + "\n" + `{"error":"unexpected EOF"}` + "\n"
	if err != nil || out.String() != want {
		t.Errorf("got %q, %v; want %q", out.String(), err, want)
	}
}

// A server that leaves a message out for one of two clients is found out.
func TestACrowdMissesWhatDoesNotCome(t *testing.T) {
	conns := make(chan *websocket.Conn, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"t":"hello","seq":1}`)) // the crowd would say so
		conns <- conn
		_, _, _ = conn.NextReader()
	}))
	defer server.Close()
	crowd, err := Open(CrowdOptions{URLs: []string{server.URL}, Clients: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer crowd.Close()
	crowd.Begin()
	first, second := <-conns, <-conns
	at := time.Now().UnixNano()
	for _, text := range []string{`{"t":"patch","seq":2}`, `{"t":"patch","seq":3}`} {
		if err := first.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.WriteMessage(websocket.TextMessage, []byte(`{"t":"patch","seq":2}`)); err != nil {
		t.Fatal(err)
	}
	for late := 2; late != 1; { // the second will never have as much as the first
		late = crowd.Wait(2, 10*time.Millisecond)
	}
	r := crowd.End([]Change{{At: at, Seq: 2}, {At: at, Seq: 3}})
	if r.Missing != 1 || r.Faults != 0 || r.Deliveries != 3 || r.Latency.Len() != 3 {
		t.Errorf("got %d missing, %d faults, %d deliveries, %d latencies; want 1, 0, 3, 3", r.Missing, r.Faults, r.Deliveries, r.Latency.Len())
	}
}
