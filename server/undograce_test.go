package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web/view"
)

// atOnce sends a request to a board without a network, which a bubble of synctest
// cannot have.
func atOnce(t *testing.T, board *Server, method, path, body string) answer {
	t.Helper()
	r := httptest.NewRequest(method, "/"+api+path, strings.NewReader(body))
	w := httptest.NewRecorder()
	board.ServeHTTP(w, r)
	return answer{t, method + " " + path, w.Code, w.Header(), w.Body.String()}
}

// bubbleBoard starts a board with a director px that can be made again.
func bubbleBoard(t *testing.T, readOnly bool) *Server {
	t.Helper()
	rt := director.New(director.Options{Name: "test"})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	config, err := Recipe("fallback", nil, map[string]string{"sticky": "true"})
	if err != nil {
		t.Fatal(err)
	}
	impl, err := MakeDirector(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.AddRecorded("px", impl, config); err != nil {
		t.Fatal(err)
	}
	board, err := New(Options{Runtime: rt, ReadOnly: readOnly})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := board.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := rt.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return board
}

func TestUndoIsPossibleForAMinute(t *testing.T) {
	for _, test := range []struct {
		after  time.Duration
		status int
	}{
		{view.UndoGrace - time.Millisecond, http.StatusCreated},
		{view.UndoGrace, http.StatusGone},
		{time.Hour, http.StatusGone},
	} {
		synctest.Test(t, func(t *testing.T) {
			board := bubbleBoard(t, false)
			gone := into[deletion](atOnce(t, board, "DELETE", "directors/px", "").is(202))
			if want := time.Now().Add(time.Minute); gone.Undo == nil || !gone.Undo.Until.Equal(want) {
				t.Fatalf("got %+v, want an undo until %s", gone.Undo, want)
			}
			time.Sleep(test.after)
			undone := atOnce(t, board, "POST", fmt.Sprintf("undo/%d", gone.Undo.ID), "").is(test.status)
			if test.status == http.StatusGone && !strings.Contains(undone.problem(http.StatusGone).Detail, "boot.px (@1) could be undone until 00:01:00 UTC") {
				t.Errorf("after %s: got %s, want until when it was possible", test.after, undone.body)
			}
			if list := into[undoList](atOnce(t, board, "GET", "undo", "").is(200)); len(list.Undo) != 0 {
				t.Errorf("after %s: got %+v, want nothing to undo", test.after, list)
			}
		})
	}
}

func TestReadOnlyRefusesUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := bubbleBoard(t, true)
		atOnce(t, board, "POST", "undo/1", "").problem(http.StatusForbidden)
		atOnce(t, board, "GET", "undo", "").is(200)
	})
}
