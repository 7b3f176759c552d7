//go:build unix

package server

import (
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callboard/callboard/director/backend"
)

// newCAs makes a folder of authorities with what an API must not open beside it
// and in it, and a TLS server that its shop.pem knows.
func newCAs(t *testing.T) (dir, certificate string, server *httptest.Server) {
	t.Helper()
	server = httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	parent := t.TempDir()
	dir = filepath.Join(parent, "cas")
	for _, err := range []error{
		os.Mkdir(dir, 0o700),
		os.Mkdir(filepath.Join(dir, "sub"), 0o700),
		os.WriteFile(filepath.Join(parent, "outside.pem"), []byte(certificate), 0o600),
		os.WriteFile(filepath.Join(dir, "sub", "shop.pem"), []byte(certificate), 0o600),
		os.WriteFile(filepath.Join(dir, "empty.pem"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, "large.pem"), []byte(certificate+strings.Repeat("\n", 1<<20)), 0o600),
		os.Symlink("../outside.pem", filepath.Join(dir, "link.pem")),
		os.Symlink("/dev/zero", filepath.Join(dir, "zero.pem")),
		syscall.Mkfifo(filepath.Join(dir, "fifo.pem"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, certificate, server
}

func TestAuthoritiesComeAsPEMOrFromTheOperatorsFolder(t *testing.T) {
	dir, certificate, server := newCAs(t)
	g := newRig(t, func(o *Options) { o.CADir = dir })
	port := server.Listener.Addr().(*net.TCPAddr).Port
	probe := func(tls string) answer {
		return g.send("POST", api+"probe-test", `{"backend":{"host":"127.0.0.1","port":`+strconv.Itoa(port)+`,"tls":{`+tls+`},"probe":{}}}`)
	}
	for _, tls := range []string{`"ca_file":"sub/shop.pem"`, `"ca":` + strconv.Quote("# a shop\n"+certificate)} {
		if got := into[probeTrial](probe(tls).is(200)); !got.Good {
			t.Errorf("%.40s: got %+v, want a good poke", tls, got)
		}
	}
	// Neither tells what there is instead, nor waits for it, nor reads on for ever.
	var words string
	for _, name := range []string{
		"none.pem", "/dev/zero", filepath.Join(dir, "sub/shop.pem"), "../outside.pem", "sub/../../outside.pem",
		"link.pem", "zero.pem", "fifo.pem", "large.pem", "sub", ".", "sub/shop.pem/", "\x00",
	} {
		quoted, _ := json.Marshal(name)
		a := probe(`"ca_file":` + string(quoted)).is(422)
		p := into[problem](a)
		if len(p.Errors) != 1 || p.Errors[0].Field != "backend.tls.ca_file" {
			t.Errorf("%s: got %s", name, a.body)
		}
		if local := filepath.IsLocal(name) && name != "sub/shop.pem/"; local && words != "" && p.Errors[0].Detail != words {
			t.Errorf("%s: got %q, want %q as for all others", name, p.Errors[0].Detail, words)
		} else if local {
			words = p.Errors[0].Detail
		}
	}
	g.send("POST", api+"directors", `{"vcl":"boot","name":"x","backend":{"host":"h","tls":{"ca_file":"fifo.pem"}}}`).is(422)
	g.send("POST", api+"directors", `{"vcl":"boot","name":"x","backend":{"host":"h","tls":{"ca_file":"sub/shop.pem"}}}`).is(201)
	g.undo(g.delete("x"))
	g.send("POST", api+"directors", `{"vcl":"boot","name":"y","backend":{"host":"h","tls":{"ca":"x"}}}`).is(422)
}

func TestWithoutAFolderThereAreNoFilesOfAuthorities(t *testing.T) {
	_, certificate, _ := newCAs(t)
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"vcl":"boot","name":"x","backend":{"host":"h","tls":{"ca_file":"shop.pem"}}}`).is(422)
	g.send("POST", api+"directors", `{"vcl":"boot","name":"x","backend":{"host":"h","tls":{"ca":`+strconv.Quote(certificate)+`}}}`).is(201)
	form := url.Values{
		"vcl": {"boot"}, "type": {"backend"}, "name": {"y"}, "backend.host": {"h"},
		"backend.tls.ca": {strings.ReplaceAll(certificate, "\n", "\r\n")}, // as browsers send it
	}
	g.form(api+"directors", form.Encode()).is(201)
}

func TestSocketsAreBelowTheOperatorsFolders(t *testing.T) {
	g := newRig(t, func(o *Options) { o.SocketDirs = []string{"/srv/shop", "/run/app"} })
	for path, want := range map[string]int{
		"/srv/shop/a.sock": 201, "/run/app/x/b.sock": 201, "@abstract": 201,
		"/run/docker.sock": 422, "/srv/shop": 422, "/srv/shop/../../run/docker.sock": 422, "/srv/shopping/a": 422, "srv/shop/a": 422,
	} {
		g.send("POST", api+"directors", `{"vcl":"boot","name":"x`+strconv.Itoa(len(path))+`","backend":{"path":"`+path+`"}}`).is(want)
		status := g.send("POST", api+"probe-test", `{"backend":{"path":"`+path+`","probe":{}}}`).status
		if (status == 422) != (want == 422) {
			t.Errorf("%s: probe-test answers %d, want %d", path, status, want)
		}
	}
}

func TestProbesAndLookupsAreNoFlood(t *testing.T) {
	g := newRig(t, nil)
	for body, want := range map[string]int{
		`"backend":{"host":"h","probe":{"interval":"1us"}}`:                                422,
		`"backend":{"host":"h","probe":{"interval":"99ms"}}`:                               422,
		`"backend":{"host":"h","probe":{"interval":0.1}}`:                                  201,
		`"type":"dns","options":{"host":"localhost","probe":"/","probe_interval":"1ns"}`:   422,
		`"type":"dns","options":{"host":"localhost","probe":"/","probe_interval":0.001}`:   422, // seconds
		`"type":"dns","options":{"host":"localhost","ttl":"1 ms"}`:                         422, // as VCL writes it
		`"type":"dns","options":{"host":"localhost","retry_after":"1ns"}`:                  422,
		`"type":"dns","options":{"host":"localhost","ttl":"1us","ttl_min":"1us"}`:          422,
		`"type":"dns","options":{"host":"localhost","probe":"/","probe_interval":"100ms"}`: 201,
	} {
		g.send("POST", api+"directors", `{"vcl":"boot","name":"x`+strconv.Itoa(len(body))+`",`+body+`}`).is(want)
	}
	g.send("POST", api+"probe-test", `{"backend":{"host":"h","probe":{"interval":"1us"}}}`).is(422)
	quick := newRig(t, func(o *Options) { o.LeastInterval = time.Millisecond })
	quick.send("POST", api+"directors", `{"vcl":"boot","name":"x","backend":{"host":"127.0.0.1","port":9,"probe":{"interval":"1ms"}}}`).is(201)
}

// What was recorded of a director stays in the log, also when it is deleted at once.
func TestWhatIsRecordedOfADirectorHasABound(t *testing.T) {
	g := newRig(t, nil)
	long := strings.Repeat("x", 40<<10)
	for _, body := range []string{
		`"backend":{"host":"h","probe":{"request":["GET / HTTP/1.1","X: ` + long + `"]}}`,
		`"backend":{"host":"h","host_header":"` + long + `"}`,
		`"type":"dns","options":{"host":"localhost","probe":"/` + long + `"}`,
	} {
		g.send("POST", api+"directors", `{"vcl":"boot","name":"x",`+body+`}`).is(422)
	}
}

// A set that is never closed is searched to its end at each place.
func TestPatternsAreShort(t *testing.T) {
	g := newRig(t, nil)
	pattern := "*" + strings.Repeat("[", 100_000)
	g.send("PUT", api+"health", `{"admin":"auto","pattern":"`+pattern+`"}`).is(422)
	g.send("GET", api+"backend.list?pattern="+pattern, "").is(422)
	g.send("GET", api+"directors?q="+strings.Repeat("a+", 100_000), "").is(422)
	g.send("PUT", api+"health", `{"admin":"auto","pattern":"boot.`+strings.Repeat("*", 200)+`a1"}`).is(200)
}

// A program that adds directors itself has the same: undo, restore, secrets
// apart, authorities from its folder.
func TestAddDirectorKeepsSecretsApart(t *testing.T) {
	dir, _, _ := newCAs(t)
	g := newRig(t, func(o *Options) { o.CADir = dir })
	v, err := g.rt.VCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	c := backend.Config{Host: "h", TLS: &backend.TLSConfig{CAFile: "sub/shop.pem"}, Probe: &backend.ProbeConfig{URL: "/?" + mark}}
	if _, err := AddDirector(v, "x", backendType, &c, nil); err == nil {
		t.Error("without a folder: got no error")
	}
	d, err := Maker{CADir: dir}.AddDirector(v, "x", backendType, &c, nil)
	if err != nil {
		t.Fatal(err)
	}
	known, _ := g.rt.Tree().Director(d.ID())
	if strings.Contains(string(known.Config), mark) || len(known.Secrets) != 1 || !strings.Contains(string(known.Config), "sub/shop.pem") {
		t.Errorf("recorded %s, %v", known.Config, known.Secrets)
	}
	g.undo(g.delete("x"))
}
