package director_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

// Any Go client can send its requests through a tree.
func ExampleTransport() {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello from the backend")
	}))
	defer origin.Close()
	address := origin.Listener.Addr().String()

	rt := director.New(director.Options{Name: "example"})
	defer rt.Close(context.Background())
	boot, _ := rt.AddVCL("boot")
	b, _ := backend.New(backend.Config{Host: hostOf(address), Port: portOf(address)})
	a1, _ := boot.Add("a1", b)
	pool := lb.NewRoundRobin()
	site, _ := boot.Add("site", pool)
	_, _ = pool.AddMember(a1, 1)
	_ = boot.SetDefault(site)

	client := &http.Client{Transport: &director.Transport{Runtime: rt}}
	resp, err := client.Get("http://shop.example/")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 200 OK
}

// What happens can be followed from any sequence number.
func ExampleRuntime_Log() {
	rt := director.New(director.Options{Name: "example"})
	boot, _ := rt.AddVCL("boot")
	a, _ := boot.Add("a", leaf{})
	start := rt.Log().Last()
	_ = a.Delete()
	_ = rt.Close(context.Background())

	sub := rt.Log().Subscribe(start)
	for {
		events, err := sub.Next(context.Background())
		if err != nil {
			break
		}
		for _, e := range events {
			if e.Kind != event.VCLTemperature && e.Kind != event.VCLDiscarded {
				fmt.Println(e.Kind, e.Director)
			}
		}
	}
	// Output:
	// director.deleted a
	// director.released a
	// director.event a
	// director.destroyed a
}

func hostOf(address string) string { host, _ := split(address); return host }

func portOf(address string) int { _, port := split(address); return port }

func split(address string) (host string, port int) {
	u := netip.MustParseAddrPort(address)
	return u.Addr().String(), int(u.Port())
}
