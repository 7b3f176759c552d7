package main

import (
	"net/http"
	"strings"
	"testing"
)

// Half of the turns are those of a backend that refuses: by default clients do
// not see it, and with --no-retry they do, and so does a try.
func TestServeRetriesUnlessToldNotTo(t *testing.T) {
	for _, test := range []struct {
		flags []string
		want  map[int]int // statuses of four requests
		tried string
	}{
		{nil, map[int]int{200: 4}, "2 went to another backend"},
		{[]string{"--no-retry"}, map[int]int{200: 2, 502: 2}, "failed, "},
	} {
		r := start(t, append([]string{"serve"}, test.flags...)...)
		do(t, r.board, "add dead --type backend --backend 127.0.0.1:"+closedPort(t)+
			"\nadd live --type backend --backend 127.0.0.1:"+newOrigin(t, "live")+
			"\nadd pair --type round-robin --member dead --member live\nvcl default boot pair")
		got := map[int]int{}
		for range 4 {
			resp, err := http.Get(r.proxy)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			got[resp.StatusCode]++
		}
		if len(got) != len(test.want) || got[200] != test.want[200] || got[502] != test.want[502] {
			t.Errorf("serve %v: got %v, want %v", test.flags, got, test.want)
		}
		_, stdout, _ := call(t.Context(), "try", "pair", "-n", "4", "--url", r.board)
		if !strings.Contains(stdout, test.tried) {
			t.Errorf("try with %v: got %q, want %q", test.flags, stdout, test.tried)
		}
		r.stop()
	}
}
