package server

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestPictureStandsOnItsOwn(t *testing.T) {
	g := newRig(t, nil)
	a := g.send("GET", "i/test/tree.svg?q=pool", "").is(200)
	if got := a.header.Get("Content-Type"); got != "image/svg+xml" {
		t.Errorf("type: got %s", got)
	}
	for decoder := xml.NewDecoder(strings.NewReader(a.body)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
	for _, foreign := range []string{"<style", "<script", "style=", "<use", "href"} {
		if strings.Contains(a.body, foreign) {
			t.Errorf("the picture has %s in it", foreign)
		}
	}
	if !strings.Contains(a.body, ">pool<") {
		t.Error("the picture does not show pool")
	}
}
