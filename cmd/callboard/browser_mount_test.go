package main

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/server"
)

// The board works below a prefix of another program's router, its websocket
// and its forms too.
func TestBrowserBelowPrefix(t *testing.T) {
	t.Parallel()
	rt := director.New(director.Options{Name: "shop"})
	boot, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := boot.Add("a1", directortest.NewBackend("a1")); err != nil {
		t.Fatal(err)
	}
	board, err := server.New(server.Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	router := chi.NewRouter()
	router.Mount("/ops/directors", board)
	web := httptest.NewServer(router)
	t.Cleanup(func() {
		if err := board.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
		if err := rt.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})

	p := openLive(t, web.URL+"/ops/directors")
	p.WaitURL("/ops/directors/i/shop/")
	if _, err := boot.Add("a2", directortest.NewBackend("a2")); err != nil {
		t.Fatal(err)
	}
	p.WaitVisible(face("a2"))
	selectDirector(p, "a2")
	p.Fill("#form-pin-note", "lunch")
	p.Click(`[data-command="pin"]`)
	p.WaitText(`[data-section="holders"]`, "lunch")
	p.WaitText("#form-pin .outcome", "Done")
	p.Reload()
	p.WaitURL("/ops/directors/i/shop/?select=")
	p.WaitText(`[data-section="holders"]`, "lunch")
	p.WaitVisible(`#status[data-state="live"]`)
}
