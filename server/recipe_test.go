package server

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
)

// Whatever the API can make, MakeDirector makes again of what was recorded.
func TestWhatTheAPIMakesCanBeMadeAgain(t *testing.T) {
	g := newRig(t, func(o *Options) { o.SocketDirs = []string{"/run"} })
	for name, body := range map[string]string{
		"r1": `"type":"round-robin","members":[{"director":"a1"}]`,
		"r2": `"type":"fallback","options":{"sticky":true}`,
		"r3": `"type":"shard","options":{"replicas":10,"by":"url"}`,
		"r4": `"backend":{"host":"192.0.2.1","port":81,"max_connections":3,"wait_timeout":0.25,"probe":{"url":"/<&>","interval":"1h","expect_close":false}}`,
		"r5": `"type":"backend","backend":{"path":"/run/x.sock","tls":{"insecure_skip_verify":true}}`,
		"r7": `"backend":{"host":"192.0.2.1","probe":{"request":["GET /?k=abcdef HTTP/1.1","Cookie: a","Host: b"]}}`,
		"r8": `"type":"dns","options":{"host":"localhost","probe":"/?k=abcdef"}`,
		"r6": `"type":"dns","options":{"host":"localhost","probe":"/","ttl":"1h"}`,
	} {
		a := g.send("POST", api+"directors", `{"vcl":"boot","name":"`+name+`",`+body+`}`)
		if a.status != http.StatusCreated {
			t.Fatalf("%s: got %d %s", body, a.status, a.body)
		}
		known, _ := g.rt.Tree().Lookup("boot", name)
		whole, err := g.board.reveal(known)
		if err != nil {
			t.Fatal(err)
		}
		again, err := MakeDirector(whole)
		if err != nil {
			t.Errorf("%s: %v", known.Config, err)
			continue
		}
		if strings.Contains(string(known.Config), "a1") {
			t.Errorf("%s has members, which change", known.Config)
		}
		was, _ := g.rt.Find("boot." + name)
		if got, want := describe(again), describe(was.Implementation()); again.Type() != known.Type || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", known.Config, got, want)
		}
	}
}

func describe(impl director.Implementation) any {
	if d, ok := impl.(director.Describer); ok {
		return d.Describe()
	}
	return nil
}

func TestWhatIsNotKnownIsNotMade(t *testing.T) {
	for _, config := range []string{
		``, `{`, `null`, `{}`, `{"type":"tarot"}`, `{"type":"random","options":{"cards":"78"}}`, `{"type":"backend"}`,
		`{"type":"backend","backend":{"host":"a","quic":true}}`, `{"type":"random","members":[]}`,
	} {
		if impl, err := MakeDirector(json.RawMessage(config)); err == nil {
			t.Errorf("%s: made a %s", config, impl.Type())
		}
	}
}
