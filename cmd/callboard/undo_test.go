package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestUndo(t *testing.T) {
	_, do := newBoard(t)
	for _, step := range []struct {
		args string
		want string // in what is printed
	}{
		{"undo --list", "nothing can be undone"},
		{"add r --type random --member a1=2 --member a2", "added boot.r"},
		{"add top --type fallback --member r", "added boot.top"},
		{"delete r", "callboard undo"},
		{"undo --list", "boot.r  random  until "},
		{"undo", "boot.r is a new director (@6); the old one (@4) is destroyed\nheld by boot.top slot 1\n"},
		{"list random", "owner, top slot 1  a1=2 a2=1"},
		{"delete top", "deleted top"},
		{"delete r", "deleted r"},
		{"undo 5", "boot.top is a new director (@7)"},
		{"undo --list", "6  boot.r  random"},
		{"undo", "held by boot.top slot 1"},
		{"delete r", "held by top slot 1"},
		{"assign top a1 --slot 1", "assigned slot 1 of top"},
		{"undo", "not put back: slot 1 of boot.top: it points at boot.a1 now"},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != exitOK || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
		}
	}
	for _, args := range []string{"delete r", "undo --list", "undo"} {
		if code, stdout, _ := do(append(strings.Fields(args), "--json")...); code != exitOK || !json.Valid([]byte(stdout)) {
			t.Errorf("%s --json: got %d, %q", args, code, stdout)
		}
	}
}

func TestUndoIsRefused(t *testing.T) {
	_, do := newBoard(t)
	for args, want := range map[string]int{
		"undo": exitRefused, "undo 999": exitRefused, "undo x": exitRefused, "undo 1 2": exitUsage, "undo --list 1": exitUsage,
	} {
		if code, stdout, stderr := do(strings.Fields(args)...); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, %q, want %d and a word why", args, code, stdout, stderr, want)
		}
	}
}
