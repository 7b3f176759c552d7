package await

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A log is a test whose log can be read.
type log struct {
	testing.TB
	lines []string
}

func (l *log) Helper() {}

func (l *log) Logf(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func TestAWaitHasNoLimitButSaysThatItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{TB: t}
		begun := time.Now()
		Until(l, "the hour has passed", func() bool { return time.Since(begun) >= time.Hour })
		if len(l.lines) < 119 || len(l.lines) > 120 {
			t.Errorf("got %d lines in an hour, want one each half minute", len(l.lines))
		}
		if want := "still waiting after 30s until the hour has passed"; !strings.HasPrefix(l.lines[0], want) {
			t.Errorf("got %q, want %q", l.lines[0], want)
		}
	})
}

func TestAShortWaitSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{TB: t}
		from := make(chan int)
		go func() {
			time.Sleep(29 * time.Second)
			from <- 7
			time.Sleep(29 * time.Second)
			close(from)
		}()
		if got := Recv(l, "a number", from); got != 7 {
			t.Errorf("got %d, want 7", got)
		}
		Done(l, "the end", from)
		Until(l, "it is so", func() bool { return true })
		if len(l.lines) > 0 {
			t.Errorf("got %q, want nothing said", l.lines)
		}
	})
}
