package server

import (
	"encoding/json"
	"strconv"

	"github.com/callboard/callboard/web"
)

// socketMessages are what a websocket's client hears, with an example of each.
var socketMessages = []struct{ example, meaning string }{
	{`{"t":"hello","epoch":"…","seq":1841,"beat":5000,"time":"…"}`,
		"Always the first. Where this connection begins, the time between two beats in milliseconds, and the server's clock, by which all its times are to be read."},
	{`{"t":"patch","seq":1842,"ops":[…]}`,
		"What changes on the page with the event seq. Patches come in order, and none is left out."},
	{`{"t":"beat","seq":1842,"time":"…"}`,
		"A sign of life: everything up to seq was sent before it. The time is the server's, again. Who hears nothing for two and a half beats should connect again."},
	{`{"t":"resync","reason":"slow"}`,
		"The connection ends, and what the page shows cannot be made current by patches: load it again. The reason is slow, epoch, gap or error."},
}

// socketEndings are why the server ends a websocket, in the order of their codes.
var socketEndings = []struct {
	ending
	meaning string
}{
	{endEpoch, "The page is of another run of the program, or of another run of its view."},
	{endMissed, "What happened since the page was printed is no longer known."},
	{endShutdown, "The server shuts down: connect again, with the same epoch and seq."},
	{endPolicy, "The client sent something. Clients only listen; they may send pongs and a close."},
	{endBroken, "The server made a mistake; its log says more."},
	{endSlow, "The client read too slowly: too much was waiting for it."},
}

// socketObject is the same for programs.
func socketObject() object {
	var messages, closes []any
	for _, m := range socketMessages {
		messages = append(messages, object{"example": m.example, "description": m.meaning})
	}
	for _, e := range socketEndings {
		end := object{"code": e.code, "reason": e.text, "description": e.meaning}
		if e.resync != "" {
			end["resync"] = e.resync
		}
		closes = append(closes, end)
	}
	return object{"messages": messages, "closeCodes": closes}
}

// socketWords and endingWords are the same for people.
func socketWords() []web.DocsField {
	var fields []web.DocsField
	for _, m := range socketMessages {
		fields = append(fields, web.DocsField{Name: m.example, Words: m.meaning})
	}
	return fields
}

func endingWords() []web.DocsField {
	var fields []web.DocsField
	for _, e := range socketEndings {
		fields = append(fields, web.DocsField{Name: strconv.Itoa(e.code) + " " + e.text, Words: e.meaning})
	}
	return fields
}

// rawJSON is JSON that is put into the document as it is.
func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }
