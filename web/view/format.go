package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Moment is a time as a page shows it: a time element, whose words the
// browser may later turn into the reader's own clock or an age.
type Moment struct{ ISO, Clock string }

func moment(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	t = t.UTC()
	return Moment{ISO: t.Format("2006-01-02T15:04:05.000Z"), Clock: t.Format("15:04:05")}
}

// count prints a number with its noun: "1 director", "2 directors".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(int64(n)) + " " + noun + "s"
}

// number prints with thin spaces between groups of three digits from 10,000 on.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	if len(s) < 5 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune('\u2009')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func weight(w float64) string { return strconv.FormatFloat(w, 'g', 6, 64) }

func hash(seq uint64) string { return "#" + strconv.FormatUint(seq, 10) }

func atID(id uint64) string { return "@" + strconv.FormatUint(id, 10) }

// milliseconds prints a duration given in seconds.
func milliseconds(s float64) string {
	ms := s * 1000
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
