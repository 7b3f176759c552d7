package list

import (
	"strings"
	"testing"
)

// CLI-10: what is left of 80 characters goes between the columns.
func TestTableLeavesGaps(t *testing.T) {
	for _, c := range []struct {
		width, gap int
	}{{10, 3}, {73, 3}, {74, 3}, {75, 2}, {76, 2}, {77, 1}, {79, 1}, {200, 1}} {
		var tab table
		tab.row(strings.Repeat("x", c.width-1), "y")
		if got := strings.Count(string(tab.bytes()), " "); got != c.gap {
			t.Errorf("CLI-10: two columns, %d characters: got %d between, want %d", c.width, got, c.gap)
		}
	}
}

func TestTableCountsCharactersAndKeepsLines(t *testing.T) {
	var tab table
	tab.row("é", "b")
	tab.verbatim(" a line that is longer than any cell and does not count")
	tab.row("xyz\n\t!", "c")
	want := "é        b\n a line that is longer than any cell and does not count\nxyz��!   c\n"
	if got := string(tab.bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := new(table).bytes(); got != nil {
		t.Errorf("an empty table: got %q", got)
	}
}
