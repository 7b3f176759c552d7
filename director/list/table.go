package list

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	tableWidth = 80
	minGap     = 1
	maxGap     = 3
)

// A table is text in columns, as lib/libvarnish/vte.c lays it out: a column is
// as wide as its widest cell in any line, and what is left of 80 characters goes
// between the columns, evenly, 1 to 3 each. The last cell of a line is not
// padded.
type table struct {
	lines []tableLine
}

type tableLine struct {
	cells    []string
	verbatim bool // one cell, which is no part of the layout
}

func (t *table) row(cells ...string) {
	line := tableLine{cells: make([]string, len(cells))} // cells may be shared
	for i, cell := range cells {
		line.cells[i] = printable(cell)
	}
	t.lines = append(t.lines, line)
}

func (t *table) verbatim(text string) {
	t.lines = append(t.lines, tableLine{cells: []string{text}, verbatim: true})
}

// alignRight pads the cells of a column to the same width.
func (t *table) alignRight(column int) {
	width := t.widths()[column]
	for _, line := range t.lines {
		cell := &line.cells[column]
		*cell = strings.Repeat(" ", width-utf8.RuneCountInString(*cell)) + *cell
	}
}

func (t *table) widths() []int {
	var widths []int
	for _, line := range t.lines {
		if line.verbatim {
			continue
		}
		for i, cell := range line.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// gap returns the number of spaces between two columns.
func (t *table) gap(columns int) int {
	longest := 0
	for _, line := range t.lines {
		if line.verbatim {
			continue
		}
		length := 0
		for _, cell := range line.cells {
			length += utf8.RuneCountInString(cell)
		}
		longest = max(longest, length)
	}
	return min(max((tableWidth-longest)/columns, minGap), maxGap)
}

func (t *table) bytes() []byte {
	var b bytes.Buffer
	widths := t.widths()
	if len(widths) == 0 {
		return nil
	}
	gap := t.gap(len(widths))
	for _, line := range t.lines {
		for i, cell := range line.cells {
			b.WriteString(cell)
			if i < len(line.cells)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]+gap-utf8.RuneCountInString(cell)))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// printable keeps a cell to its line. Names have no control characters, but the
// identities of a shard's members are any text.
func printable(cell string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, cell)
}
