package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestStepByStep(t *testing.T) {
	_, do := newBoard(t)
	for _, step := range []struct {
		args string
		want string // in what is printed
	}{
		{"step list", "step mode is off"},
		{"step on", "step mode is on"},
		{"events --kind step.mode", "step.mode               on"},
		{"delete a2", "deleted a2: live, held by owner"},
		{"delete a1", "deleted a1: live, held by owner, pool slot 1"},
		{"step list", "boot.a2  before release  since "},
		{"step next", "boot.a2 went on: release"},
		{"step next a1", "boot.a1 went on: release"},
		{"step list", "boot.a2  before last-drop (owner)  since "},
		{"assign pool --slot 1 --remove", "removed slot 1 of pool"},
		{"events --kind step.held --director a1", "before last-drop, of pool slot 1"},
		{"step next", "boot.a2 went on: last-drop"},
		{"step off", "step mode is off"},
		{"step list", "step mode is off\n"},
	} {
		code, stdout, stderr := do(strings.Fields(step.args)...)
		if code != exitOK || !strings.Contains(stdout, step.want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q, want %q", step.args, code, stdout, stderr, step.want)
		}
	}
	if _, stdout, _ := do("list"); strings.Contains(stdout, "boot.a") {
		t.Errorf("list: got %q, want a1 and a2 destroyed", stdout)
	}
}

func TestStepIsRefused(t *testing.T) {
	_, do := newBoard(t)
	for args, want := range map[string]int{
		"step": exitUsage, "step sing": exitUsage, "step on a1": exitUsage, "step next a b": exitUsage,
		"step next": exitRefused, "step next a1": exitRefused, "step next nobody": exitRefused,
	} {
		if code, stdout, stderr := do(strings.Fields(args)...); code != want || stderr == "" {
			t.Errorf("%s: got %d, %q, %q, want %d and a word why", args, code, stdout, stderr, want)
		}
	}
}

func TestStepsAsJSON(t *testing.T) {
	_, do := newBoard(t)
	for _, args := range []string{"step on", "delete a2", "step list", "step next", "step off"} {
		code, stdout, stderr := do(append(strings.Fields(args), "--json")...)
		if code != exitOK || !json.Valid([]byte(stdout)) {
			t.Errorf("%s --json: got %d, %q, %q", args, code, stdout, stderr)
		}
	}
}
