package server

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server/journal"
)

// mark stands for a secret in every field that can hold one.
const mark = "m4rk-of-a-secret"

// newEcho is a server that answers with what it was sent, and counts who knew
// the mark.
func newEcho(t *testing.T) (port int, told func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	known := 0
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			text := make([]byte, 4096)
			n, _ := conn.Read(text)
			mu.Lock()
			if bytes.Contains(text[:n], []byte(mark)) {
				known++
			}
			mu.Unlock()
			_, _ = conn.Write(text[:n])
			conn.Close()
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port, func() int {
		mu.Lock()
		defer mu.Unlock()
		return known
	}
}

// secretBackends are bodies with a mark wherever one can be.
func secretBackends(port int) map[string]string {
	request := fmt.Sprintf(`["GET http://user:%[1]s@h/x?token=%[1]s HTTP/1.1","Authorization: Basic %[1]s","Cookie: a=%[1]s",`+
		`"Proxy-Authorization: %[1]s","X-Api-Key:%[1]s","X-Vault-Token: %[1]s","Host: %[1]s@h"," folded %[1]s","Connection: close"]`, mark)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte(mark), Headers: map[string]string{"Mark": mark}})
	return map[string]string{
		"request": fmt.Sprintf(`"backend":{"host":"127.0.0.1","port":%d,"probe":{"interval":"100ms","request":%s}}`, port, request),
		"auth":    fmt.Sprintf(`"backend":{"host":"127.0.0.1","port":%d,"probe":{"interval":"100ms","request":["AUTH %s"]}}`, port, mark),
		"url":     fmt.Sprintf(`"backend":{"host":"127.0.0.1","port":%d,"probe":{"interval":"100ms","url":"/h;s=%s?%s&k=%s"}}`, port, mark, mark, mark),
		"dns":     fmt.Sprintf(`"type":"dns","options":{"host":"localhost","port":%d,"network":"ip4","probe":"/h?k=%s"}`, port, mark),
		// These are refused, without a word of what was refused.
		"host":   fmt.Sprintf(`"backend":{"host":"user:%s@h"}`, mark),
		"header": fmt.Sprintf(`"backend":{"host":"h","host_header":"user:%s@h"}`, mark),
		"key":    fmt.Sprintf(`"backend":{"host":"h","tls":{"ca":%q}}`, key),
		"name":   fmt.Sprintf(`"backend":{"host":"h","tls":{"ca_file":%q}}`, mark),
		"probe":  fmt.Sprintf(`"backend":{"host":"h","probe":{"url":"h?k=%s"}}`, mark),
		"lines":  fmt.Sprintf(`"backend":{"host":"h","probe":{"request":["GET / HTTP/1.1\r\nCookie: %s"]}}`, mark),
	}
}

// outputs collects what clients are shown.
type outputs struct {
	mu  sync.Mutex // guards the field below
	all map[string]*strings.Builder
}

func (o *outputs) add(where, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all[where] == nil {
		o.all[where] = new(strings.Builder)
	}
	o.all[where].WriteString(text)
}

// texts are what was collected so far; more may come.
func (o *outputs) texts() map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	texts := make(map[string]string, len(o.all))
	for where, told := range o.all {
		texts[where] = told.String()
	}
	return texts
}

// Write collects the log.
func (o *outputs) Write(p []byte) (int, error) {
	o.add("log", string(p))
	return len(p), nil
}

// overhear collects what a websocket is sent until the board closes.
func (g *rig) overhear(o *outputs, path string) {
	g.t.Helper()
	conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(g.url, "http")+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	resp.Body.Close()
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			_, message, err := conn.ReadMessage()
			if err != nil {
				return
			}
			o.add("websocket", string(message))
		}
	})
	g.t.Cleanup(func() {
		conn.Close()
		reading.Wait()
	})
}

// readAll collects the answers to GET on all routes, for these directors.
func (g *rig) readAll(o *outputs, names ...string) {
	g.t.Helper()
	for i, name := range names {
		g.readAllOf(o, name, i == 0)
	}
	for _, accept := range []string{"text/event-stream", "application/x-ndjson"} {
		limit := g.rt.Log().Last()
		o.add(accept, g.send("GET", fmt.Sprintf("%sevents?after=0&limit=%d", api, limit), "", "Accept", accept).body)
	}
}

// readAllOf does so for one of them; common says whether routes that name no
// director are among them.
func (g *rig) readAllOf(o *outputs, name string, common bool) {
	g.t.Helper()
	fill := strings.NewReplacer("{instance}", "test", "{d}", "boot."+name, "{v}", "boot", "*", "css/app.css")
	err := chi.Walk(g.board.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path := strings.TrimPrefix(fill.Replace(route), "/")
		if method != http.MethodGet || strings.HasPrefix(path, "static/") {
			return nil
		}
		if !common && !strings.Contains(route, "{d}") && !strings.HasPrefix(route, "/i/") {
			return nil
		}
		queries := []string{"", "?select=boot." + name, "?select=boot." + name + "&face=outline&panel=delete", "?p=1", "?after=0", "?q=" + name}
		for _, query := range queries {
			for _, accept := range []string{"text/html", "application/json"} {
				a := g.send(method, path+query, "", "Accept", accept)
				o.add(method+" "+path+query, a.body)
			}
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

func TestASecretIsInNoOutput(t *testing.T) {
	port, told := newEcho(t)
	o := &outputs{all: map[string]*strings.Builder{}}
	log := slog.New(slog.NewTextHandler(o, &slog.HandlerOptions{Level: slog.LevelDebug}))
	g := newRig(t, func(options *Options) { options.Logger, options.CADir = log, t.TempDir() })
	dir := t.TempDir()
	j, err := journal.Open(dir, journal.Options{Instance: "test", Make: MakeDirector, Conceal: Conceal, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(g.rt); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	g.overhear(o, "i/test/live?select=boot.request")
	g.overhear(o, "i/test/live?face=outline&epoch=epoch&seq=0")
	made := 0
	for name, body := range secretBackends(port) {
		for _, path := range []string{"directors", "probe-test"} {
			a := g.send("POST", api+path, `{"vcl":"boot","name":"`+name+`",`+body+`}`)
			o.add("POST "+path+" "+name, a.body)
			if a.status == http.StatusCreated {
				made++
			}
		}
		form := "vcl=boot&type=backend&name=f" + name + "&backend.host=127.0.0.1&backend.port=9&backend.probe.interval=100ms&backend.probe.url=/?" + mark
		o.add("form "+name, g.form(api+"directors", form, "Accept", "text/html").body)
	}
	if made != 4 {
		t.Fatalf("%d directors were made, want 4", made)
	}
	eventually(t, "the probes have asked with the secret", func() bool { return told() > 8 })
	eventually(t, "the answers of probes are known", func() bool {
		d, _ := g.rt.Sample().Lookup("boot", "url")
		return d.Probe != nil && strings.HasPrefix(d.Probe.Response, "GET /h;s=")
	})
	names := []string{"request", "auth", "url", "dns", "furl"}
	g.readAll(o, names...)
	for _, name := range names {
		gone := into[deletion](g.send("DELETE", api+"directors/boot."+name, "").is(202))
		o.add("undo", g.send("POST", fmt.Sprintf("%sundo/%d", api, gone.Undo.ID), "").is(201).body)
	}
	g.readAll(o, names...)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	o.addFiles(t, dir)
	texts := o.texts()
	for where, text := range texts {
		if i := strings.Index(text, mark[:8]); i >= 0 {
			t.Errorf("%s: …%s…", where, text[max(0, i-200):min(len(text), i+100)])
		}
	}
	if texts["websocket"] == "" || !strings.Contains(texts["GET "+api+"events?after=0"], "{secret}") {
		t.Error("nothing was collected where something should be")
	}
}

// addFiles collects the journal's files, but for that of secrets, which only
// their owner may read.
func (o *outputs) addFiles(t *testing.T, dir string) {
	t.Helper()
	kept := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if entry.Name() != "secrets.ndjson" {
			o.add(path, string(text))
			return err
		}
		info, _ := entry.Info()
		kept = bytes.Contains(text, []byte(mark)) && info.Mode().Perm() == 0o600
		return err
	})
	if err != nil || !kept {
		t.Errorf("secrets.ndjson: %v, want the secrets in it, with mode 0600", err)
	}
}

// A director that is made again has the secret, not its placeholder.
func TestUndoKnowsTheSecrets(t *testing.T) {
	port, told := newEcho(t)
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"vcl":"boot","name":"request",`+secretBackends(port)["request"]+`}`).is(201)
	before := g.rt.Secrets().All()
	g.undo(g.delete("request"))
	eventually(t, "the old one is destroyed", func() bool { return len(g.rt.Secrets().All()) == len(before) })
	asked := told()
	eventually(t, "the new one asks with the secret", func() bool { return told() > asked+1 })
}

// A secret goes when the delete of its director cannot be undone any more.
func TestSecretsGoWithTheLastUseOfThem(t *testing.T) { synctest.Test(t, secretsGo) }

func secretsGo(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	board, err := New(Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Recipe("dns", nil, map[string]string{"probe": "/?" + mark})
	if err != nil {
		t.Fatal(err)
	}
	_, secrets, err := Conceal(whole)
	if err != nil || len(secrets) != 1 || secrets[0].Field != "options.probe" {
		t.Fatalf("got %v, %v, want the field options.probe", secrets, err)
	}
	d, err := v.AddRecorded("a", newStub(), whole, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	before := rt.Tree()
	letGo := board.holdSecrets(before, d)
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
	undo := board.remember(d, before, letGo)
	if n := len(rt.Secrets().All()); n != 1 || undo == nil {
		t.Errorf("deleted: got %d secrets, want 1 for the undo", n)
	}
	time.Sleep(time.Until(undo.Until) + time.Second)
	synctest.Wait()
	if n := len(rt.Secrets().All()); n != 0 {
		t.Errorf("too late to undo: got %d secrets, want none", n)
	}
	_ = board.Close(t.Context())
	_ = rt.Close(t.Context())
}

func newStub() director.Implementation { return stub{} }

type stub struct{}

func (stub) Type() string { return "stub" }

// An export says what is missing in it, and is refused until that is filled in.
func TestAnExportHasPlaceholdersAndNamesTheirFields(t *testing.T) {
	port, _ := newEcho(t)
	g := newRig(t, nil)
	body := secretBackends(port)["auth"]
	g.send("POST", api+"directors", `{"vcl":"boot","name":"x",`+body+`}`).is(201)
	d, _ := g.rt.Tree().Lookup("boot", "x")
	if len(d.Secrets) != 1 || d.Secrets[0].Field != "backend.probe.request[0]" {
		t.Fatalf("got %v, want the one field that is concealed", d.Secrets)
	}
	if got := into[directorJSON](g.send("GET", api+"directors/boot.x", "").is(200)).Secrets; len(got) != 1 || got[0] != d.Secrets[0] {
		t.Errorf("the API shows %v, want %v", got, d.Secrets)
	}
	export := strings.TrimSuffix(string(d.Config), "}") + `,"vcl":"boot","name":"y"}`
	a := g.send("POST", api+"directors", export).is(422)
	if p := into[problem](a); len(p.Errors) != 1 || p.Errors[0].Field != d.Secrets[0].Field {
		t.Errorf("got %s, want that field refused", a.body)
	}
	g.send("POST", api+"directors", strings.Replace(export, "{secret}", mark, 1)).is(201)
}
