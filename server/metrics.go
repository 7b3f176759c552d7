package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// A metric is a line of numbers for each director, in the text format of
// Prometheus.
type metric struct {
	name, kind, help string
	value            func(*tree.Director) float64
}

var directorMetrics = []metric{
	{"callboard_director_healthy", "gauge", "Whether the director answers that it is healthy.", func(d *tree.Director) float64 { return flag(d.Healthy) }},
	{"callboard_director_lingering", "gauge", "Whether the director was deleted and is still held.", func(d *tree.Director) float64 { return flag(d.Phase == tree.Lingering) }},
	{"callboard_director_references", "gauge", "References held on the director.", func(d *tree.Director) float64 { return float64(d.Refcount()) }},
	{"callboard_director_tasks", "gauge", "References held by requests in flight.", func(d *tree.Director) float64 { return float64(d.Tasks) }},
	{"callboard_director_members", "gauge", "Filled member slots.", func(d *tree.Director) float64 { return float64(d.TotalMembers()) }},
	{"callboard_director_healthy_members", "gauge", "Member slots that point at a healthy director.", func(d *tree.Director) float64 { return float64(d.HealthyMembers()) }},
	{"callboard_director_requests_total", "counter", "Requests that the backend was given.", func(d *tree.Director) float64 { return float64(d.Requests) }},
	{"callboard_director_failures_total", "counter", "Requests that the backend did not answer.", func(d *tree.Director) float64 { return float64(d.Failures) }},
	{"callboard_director_retried_total", "counter", "Requests that the backend did not answer and that went to another one.", func(d *tree.Director) float64 { return float64(d.Retried) }},
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	snapshot := s.rt.Sample()
	streams := int(s.streams.Load())
	writeMetrics(w, snapshot, s.seats.count()-streams, streams)
	_, _ = io.WriteString(w, s.keptMetric(`instance="`+escapeLabel(snapshot.Instance)+`"`)) // the client has gone
	return nil
}

// writeMetrics writes while it goes through the directors: what it takes does
// not grow with their number. It ends early when the client has gone.
func writeMetrics(to io.Writer, snapshot *tree.Snapshot, clients, streams int) {
	w := bufio.NewWriterSize(to, 1<<16)
	defer w.Flush() // the client has gone
	instance := `instance="` + escapeLabel(snapshot.Instance) + `"`
	single := func(name, kind, help string, value float64) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s{%s} %g\n", name, help, name, kind, name, instance, value)
	}
	single("callboard_events_total", "counter", "Events of this run.", float64(snapshot.Seq))
	single("callboard_directors", "gauge", "Directors that are not destroyed.", float64(snapshot.Len()))
	single("callboard_websocket_clients", "gauge", "Websockets open.", float64(clients))
	single("callboard_event_streams", "gauge", "Streams of events open.", float64(streams))
	for _, m := range directorMetrics {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", m.name, m.help, m.name, m.kind)
		for d := range snapshot.Directors() {
			if _, err := w.Write(m.line(w.AvailableBuffer(), instance, d)); err != nil {
				return
			}
		}
	}
}

// line appends the line of a director.
func (m *metric) line(b []byte, instance string, d *tree.Director) []byte {
	b = append(append(append(b, m.name...), '{'), instance...)
	b = appendLabel(b, "vcl", d.VCL)
	b = appendLabel(b, "director", d.Name)
	b = append(b, `,id="`...) // keeps two directors of one name apart
	b = append(strconv.AppendUint(b, d.ID, 10), '"')
	b = appendLabel(b, "type", d.Type)
	b = append(b, "} "...)
	return append(strconv.AppendFloat(b, m.value(d), 'g', -1, 64), '\n')
}

func appendLabel(b []byte, name, value string) []byte {
	b = append(append(append(b, ','), name...), `="`...)
	return append(append(b, escapeLabel(value)...), '"')
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// escapeLabel escapes what the text format says: backslash, quote, line feed.
func escapeLabel(text string) string { return labelEscapes.Replace(text) }
