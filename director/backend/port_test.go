package backend_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/callboard/callboard/director/backend"
)

// VCL's .port is a text: a number or a service.
func TestPortIsANumberOrAService(t *testing.T) {
	for text, want := range map[string]int{
		`8080`: 8080, `"8080"`: 8080, `"http"`: 80, `"https"`: 443, `null`: 0,
	} {
		var c backend.Config
		if err := json.Unmarshal([]byte(`{"host":"h","port":`+text+`}`), &c); err != nil || c.Port != want || c.Host != "h" {
			t.Errorf("%s: got %+v, %v; want port %d", text, c, err, want)
		}
	}
	for _, text := range []string{`"eighty"`, `""`, `"80 "`, `true`, `8.5`} {
		var body struct{ Backend *backend.Config }
		err := json.Unmarshal([]byte(`{"Backend":{"host":"h","port":`+text+`}}`), &body)
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok || wrong.Field != "Backend.port" {
			t.Errorf("%s: got %v, want an error about Backend.port", text, err)
		}
	}
	var c backend.Config
	if err := json.Unmarshal([]byte(`{"host":"h","prot":80}`), &c); err == nil {
		t.Errorf("got %+v, want a misspelt field to be refused", c)
	}
}
