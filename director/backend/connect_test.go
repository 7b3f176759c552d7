package backend_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/pires/go-proxyproto"
)

// An announced server tells what PROXY header each connection began with. It
// answers the first request and then leaves the connection open, so that one
// that were used again would be noticed: the second request gets no answer.
func announced(t *testing.T) (addr net.Addr, headers <-chan *proxyproto.Header) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got := make(chan *proxyproto.Header, 16)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			header, err := proxyproto.Read(r)
			if err != nil {
				t.Error(err)
			}
			if _, err := http.ReadRequest(r); err != nil {
				t.Error(err)
			}
			got <- header
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			go func() {
				defer conn.Close()
				if n, _ := io.Copy(io.Discard, r); n > 0 {
					t.Errorf("BE-12: %d more bytes on a connection with a PROXY header", n)
				}
			}()
		}
	}()
	return l.Addr(), got
}

func TestProxyHeader(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}
	for _, version := range []int{1, 2} {
		t.Run(fmt.Sprintf("BE-12 version %d", version), func(t *testing.T) {
			addr, headers := announced(t)
			c := at(addr)
			c.ProxyHeader = version
			d := add(t, newVCL(t), "a", c)
			for _, client := range []string{"198.51.100.7:4711", "198.51.100.8:4712"} {
				ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, local)
				req, _ := http.NewRequestWithContext(ctx, "GET", "http://shop.test/", nil)
				req.RemoteAddr = client
				roundTrip(t, d, req)
				h := <-headers
				if int(h.Version) != version || h.SourceAddr.String() != client || h.DestinationAddr.String() != local.String() {
					t.Errorf("got %+v, want a header from %s to %s", h, client, local)
				}
			}
			if counters := of(d).Counters(); counters.Req != 2 || counters.Reuse != 0 {
				t.Errorf("BE-8: got %+v, want no connection used twice", counters)
			}
			if status, _, err := get(t, d); status != 200 || err != nil {
				t.Errorf("got %d, %v", status, err)
			}
			if h := <-headers; h.Command != proxyproto.LOCAL {
				t.Errorf("request that came by no connection: got %+v, want LOCAL", h)
			}
		})
	}
}

func TestProbeProxyHeader(t *testing.T) {
	for version, command := range map[int]proxyproto.ProtocolVersionAndCommand{1: proxyproto.PROXY, 2: proxyproto.LOCAL} {
		t.Run(fmt.Sprintf("PROBE-6 version %d", version), func(t *testing.T) {
			addr, headers := announced(t)
			c := at(addr)
			c.ProxyHeader, c.Probe = version, &backend.ProbeConfig{Interval: backend.Duration(1 << 40)}
			add(t, newVCL(t), "a", c)
			h := <-headers
			if h.Command != command || version == 1 && h.SourceAddr.String() != h.DestinationAddr.String() {
				t.Errorf("got %+v, want %v, the same address on both sides", h, command)
			}
		})
	}
}

// roundTrip makes a request that has to succeed.
func roundTrip(t *testing.T, d *director.Director, req *http.Request) string {
	t.Helper()
	resp, err := (&director.Transport{Director: d}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func of(d *director.Director) *backend.Backend { return d.Implementation().(*backend.Backend) }

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS.ServerName, " ", r.TLS.NegotiatedProtocol, " ", r.Proto, " ", r.Host)
	}))
	server.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	server.Config.ErrorLog = quiet
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	v := newVCL(t)
	for _, c := range []struct {
		name string
		tls  backend.TLSConfig
		want string
	}{
		{"authority and name", backend.TLSConfig{ServerName: "example.com", CAFile: ca}, "example.com http/1.1 HTTP/1.1 shop.test"},
		{"inline", backend.TLSConfig{CA: string(certificate)}, " http/1.1 HTTP/1.1 shop.test"},
		{"address as name", backend.TLSConfig{CAFile: ca}, " http/1.1 HTTP/1.1 shop.test"},
		{"not verified", backend.TLSConfig{ServerName: "other.test", InsecureSkipVerify: true}, "other.test http/1.1 HTTP/1.1 shop.test"},
		{"unknown authority", backend.TLSConfig{ServerName: "example.com"}, ""},
		{"another name", backend.TLSConfig{ServerName: "other.test", CAFile: ca}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := at(server.Listener.Addr())
			config.TLS = &c.tls
			d := add(t, v, strings.ReplaceAll(c.name, " ", "-"), config)
			_, body, err := get(t, d)
			failed, refused := errors.AsType[*backend.Error](err)
			if body != c.want || refused != (c.want == "") || refused && failed.Kind != backend.KindConnect {
				t.Errorf("got %q, %v, want %q", body, err, c.want)
			}
			if counters := of(d).Counters(); refused && (counters.FailOther != 1 || counters.Req != 0) {
				t.Errorf("got %+v, want one failed connect", counters)
			}
		})
	}
}

func TestProbeSpeaksTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	v := newVCL(t)
	sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
	c := at(server.Listener.Addr())
	c.TLS = &backend.TLSConfig{InsecureSkipVerify: true}
	c.Probe = &backend.ProbeConfig{}
	d := add(t, v, "a", c)
	if got := nextHealth(t, sub); !got.Healthy {
		t.Errorf("got %+v, want healthy", got)
	}
	if s, _ := of(d).ProbeStatus(); s.Bits() != "4---X-RH" {
		t.Errorf("got %+v", s)
	}
}

func TestTLSConfigIsChecked(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.pem")
	key := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("x")}))
	for _, c := range []struct {
		config backend.Config
		want   string
	}{
		{backend.Config{Path: "/s", TLS: &backend.TLSConfig{}}, "tls.server_name"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: none}}, "tls.ca_file"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: os.DevNull}}, "tls.ca_file"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: "/dev/zero"}}, "tls.ca_file"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: t.TempDir()}}, "tls.ca_file"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: none, CA: "x"}}, "tls.ca_file"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CA: "x"}}, "tls.ca"},
		{backend.Config{Host: "h", TLS: &backend.TLSConfig{CA: key}}, "tls.ca"},
		{backend.Config{Host: "x", HostHeader: "user:password@x"}, "host_header"},
	} {
		_, err := backend.New(c.config)
		if field, ok := errors.AsType[*backend.FieldError](err); !ok || field.Field != c.want {
			t.Errorf("%+v: got %v, want a FieldError for %s", c.config, err, c.want)
		}
	}
}
