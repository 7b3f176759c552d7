package journal_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

// Whatever has happened, the files tell it exactly, and what is to last is
// there again, twice over.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			dir := t.TempDir()
			o := options()
			o.MaxBytes = 1 + int64(r.IntN(20000)) // some histories run through several files
			want := ""
			for range 3 {
				h, report := open(t, dir, o, director.Options{})
				if got := lasting(h.rt.Tree()); want != "" && got != want {
					t.Fatalf("restored\n%s\nwant\n%s", got, want)
				}
				if len(report.Problems) > 0 {
					t.Errorf("problems: %q", report.Problems)
				}
				for range r.IntN(150) {
					h.step(r)
				}
				if err := h.j.Close(); err != nil {
					t.Fatal(err)
				}
				exact, _ := reopen(t, dir)
				if got, want := exact, full(h.rt.Tree()); got != want {
					t.Fatalf("files tell\n%s\nwant\n%s", got, want)
				}
				want = lasting(h.rt.Tree())
				h.close()
			}
		})
	}
}

// reopen returns all that a folder has kept.
func reopen(t *testing.T, dir string) (all, lasts string) {
	t.Helper()
	j, err := journal.Open(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	return full(j.Kept()), lasting(j.Kept())
}

func TestWhatComesBack(t *testing.T) {
	dir := t.TempDir()
	h, report := open(t, dir, options(), director.Options{})
	if report.File != "" {
		t.Errorf("restored %s from an empty folder", report)
	}
	h.add("boot", "a1", configs[0])
	h.add("boot", "a2", configs[0])
	h.add("boot", "gone", configs[0])
	if _, err := h.vcl("boot").Add("go", directortest.NewBackend("go")); err != nil {
		t.Fatal(err)
	}
	pool := h.add("boot", "pool", configs[2], "a1", "gone", "go", "a2", "a1")
	h.add("boot", "site", configs[4], "pool")
	group, _ := pool.Group()
	must(t, group.RemoveMember(1), h.find("gone").Delete(), h.vcl("boot").SetDefault(h.find("site")))
	must(t, h.find("a2").SetHealth(director.AdminSick), h.rt.Label("www", h.vcl("boot")))
	_, err := h.find("a1").Pin("lunch")
	must(t, err)
	must(t, h.j.Close())
	h.close()

	h, report = open(t, dir, options(), director.Options{})
	if got := report.String(); !strings.HasPrefix(got, "restored 4 directors of 1 VCL from "+dir) || len(report.Problems) > 0 {
		t.Errorf("got %s, %q", got, report.Problems)
	}
	want := []string{
		"slot 2 of boot.pool is empty: gone was deleted",
		"slot 3 of boot.pool is empty: go is made again by nobody, or under a new name",
	}
	if !slices.Equal(report.Gone, want) || report.References != 5 {
		t.Errorf("gone %q and %d references, want %q and 5", report.Gone, report.References, want)
	}
	wanted := "active \"boot\"\nboot auto warm [www] → site\n" +
		"  a1 backend " + configs[0] + " " + fmt.Sprint(describe(h, "a1")) + " auto pin \"lunch\"\n" +
		"  a2 backend " + configs[0] + " " + fmt.Sprint(describe(h, "a2")) + " sick\n" +
		"  pool round-robin " + configs[2] + " [] auto a2=0 a1=0\n" +
		"  site fallback " + configs[4] + " " + fmt.Sprint(describe(h, "site")) + " auto pool=0\n"
	if got := lasting(h.rt.Tree()); got != wanted {
		t.Errorf("got\n%swant\n%s", got, wanted)
	}
	for d := range h.rt.Tree().Directors() {
		if d.Name != "a2" && !d.Healthy {
			t.Errorf("%s is sick", d.Name)
		}
	}
}

func describe(h *house, name string) any {
	d, _ := h.rt.Tree().Find(name)
	return d.Options
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatCannotBeMadeAgainIsToldAndSpared(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.add("boot", "a", configs[0])
	h.add("boot", "old", configs[2], "a")
	h.add("boot", "pool", configs[2], "old", "a")
	_, err := h.find("old").Pin("mine")
	must(t, err, h.vcl("boot").SetDefault(h.find("old")), h.j.Close())
	h.close()

	o := options()
	first := true
	o.Make = func(config json.RawMessage) (director.Implementation, error) {
		if string(config) == configs[2] && first {
			first = false
			return nil, errors.New("no such type")
		}
		return server.MakeDirector(config)
	}
	h, report := open(t, dir, o, director.Options{})
	want := []string{
		`director boot.old, of type round-robin, with member a weight 0, pin "mine": no such type`,
		"slot 1 of boot.pool is empty: old could not be made again",
		"the default of VCL boot is empty: old could not be made again",
	}
	if !slices.Equal(report.Problems, want) || report.Directors != 2 {
		t.Errorf("got %q and %d directors, want %q and 2", report.Problems, report.Directors, want)
	}
	old, err := journal.ReadFile(report.Spared())
	must(t, err)
	if _, ok := old.Lookup("boot", "old"); !ok {
		t.Error("the spared file does not have it")
	}
	must(t, h.j.Close())
}

// A type of somebody's own may record what is no JSON. That director is lost,
// and nothing else.
func TestDetailsThatAreNoJSON(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	odd, err := h.vcl("boot").AddRecorded("odd", directortest.NewBackend("odd"), json.RawMessage("{"))
	must(t, err)
	h.add("boot", "pool", configs[2], "odd")
	must(t, odd.SetHealth(director.AdminSick), h.j.Close())
	h.close()
	h, report := open(t, dir, options(), director.Options{})
	if report.Directors != 1 || len(report.Gone) != 1 {
		t.Errorf("got %s, gone %q, want the pool alone", report, report.Gone)
	}
	must(t, h.j.Close())
}

// A name that is no folder would put the files elsewhere.
func TestInstanceNamesAFolder(t *testing.T) {
	for _, name := range []string{".", "..", "a/b", "/a", "../a"} {
		if j, err := journal.Open(t.TempDir(), journal.Options{Instance: name}); err == nil {
			j.Close()
			t.Errorf("%q: got no error", name)
		}
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	h, _ := open(t, dir, options(), director.Options{})
	must(t, h.j.Close())
	for _, path := range append(files(t, dir), dir, filepath.Join(dir, "main"), filepath.Join(dir, ".lock")) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v, want it to be the owner's alone", path, info.Mode(), err)
		}
	}
}

// files returns the files of the instance, oldest first.
func files(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "main", "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v in %s, %v", names, dir, err)
	}
	return names
}

func TestSecondIsRefused(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	for range 2 {
		_, err := journal.Open(dir, options())
		if !errors.Is(err, journal.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("(process %d)", os.Getpid())) {
			t.Errorf("got %v, want ErrInUse with the number of this process", err)
		}
	}
	must(t, h.j.Close())
	j, err := journal.Open(dir, options())
	must(t, err, j.Close())
}
