package backend

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// Describe implements [director.Describer]. What is as usual is left out, but
// for the timeouts.
func (b *Backend) Describe() []event.Option {
	c := &b.shown
	options := []event.Option{{Name: "address", Value: b.address}}
	add := func(name, value string) { options = append(options, event.Option{Name: name, Value: value}) }
	if c.HostHeader != bracketed(c.Host) {
		add("host header", c.HostHeader)
	}
	if c.TLS != nil {
		add("tls", c.TLS.describe())
	}
	if c.ProxyHeader > 0 {
		add("proxy header", fmt.Sprintf("version %d", c.ProxyHeader))
	}
	if c.MaxConnections > 0 {
		add("max connections", strconv.Itoa(c.MaxConnections))
	}
	if c.MaxConnections > 0 && c.WaitLimit > 0 && c.WaitTimeout > 0 {
		add("wait queue", fmt.Sprintf("%d for %s", c.WaitLimit, c.WaitTimeout))
	}
	add("connect timeout", c.ConnectTimeout.String())
	add("first byte timeout", c.FirstByteTimeout.String())
	add("between bytes timeout", c.BetweenBytesTimeout.String())
	if c.PipeTimeout != Duration(defaultPipeTimeout) {
		add("pipe timeout", c.PipeTimeout.String())
	}
	if len(b.concealed) > 0 {
		add("secrets", concealedFields(b.concealed))
	}
	if c.Probe != nil {
		add("probe", c.Probe.describe())
	}
	return options
}

// concealedFields says what was left out, field by field.
func concealedFields(secrets []director.Secret) string {
	var fields []string
	for _, s := range secrets {
		fields = append(fields, s.Field)
	}
	return strings.Join(fields, ", ")
}

func (c *TLSConfig) describe() string {
	text := "server name " + c.ServerName
	if c.InsecureSkipVerify {
		return text + ", not verified"
	}
	if c.CAFile != "" {
		text += ", authorities " + c.CAFile
	}
	if authorities, err := parseAuthorities(c.CA); err == nil {
		text += ", authorities " + subject(authorities[0])
		if len(authorities) > 1 {
			text += fmt.Sprintf(" and %d more", len(authorities)-1)
		}
	}
	return text
}

// subject names an authority.
func subject(a *x509.Certificate) string {
	return cmp.Or(a.Subject.CommonName, a.Subject.String(), "without a name")
}

// Dump implements [director.Dumper]: settings, counters that have counted, and
// where the probe stands.
func (b *Backend) Dump(w io.Writer) {
	for _, option := range b.Describe() {
		fmt.Fprintf(w, "  %s: %s\n", option.Name, option.Value)
	}
	counters := reflect.ValueOf(b.Counters())
	for field, value := range counters.Fields() {
		if field.Name != "Happy" && !value.IsZero() || field.Name == "Conn" {
			fmt.Fprintf(w, "  %s: %v\n", field.Tag.Get("json"), value)
		}
	}
	if err := b.held.check(); err != nil {
		fmt.Fprintf(w, "  held down after: %v\n", err.Err)
	}
	if status, ok := b.ProbeStatus(); ok {
		fmt.Fprintf(w, "  probe: %s, %s\n", status.State, status.Record(b.self.Name()))
	}
}
