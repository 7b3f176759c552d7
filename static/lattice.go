package static

import "strconv"

// Lattice returns the stylesheet that gives cards their places on a lattice of
// that size. With it a page is complete at its first paint without inline
// styles, which the content security policy forbids, and moving a card is
// setting two attributes.
//
// A place is written as the sum of its digits' values, data-y="600 40 2", so
// that 30 rules do for a thousand rows.
func Lattice(cols, rows int) []byte {
	css := []byte("@layer components{\n")
	css = appendRules(css, "x", cols)
	css = appendRules(css, "y", rows)
	return append(css, "}\n"...)
}

// Nothing is said of 0: that is what .card starts from.
func appendRules(css []byte, axis string, n int) []byte {
	for digit, unit := 0, 1; unit < n; digit, unit = digit+1, unit*10 {
		for i := 1; i <= 9 && i*unit < n; i++ {
			value := strconv.Itoa(i * unit)
			css = append(css, `[data-`+axis+`~="`+value+`"]{--`+axis+strconv.Itoa(digit)+`:`+value+"}\n"...)
		}
	}
	return css
}
