package layout

import "strconv"

// Path returns the line of an edge in the notation of the d attribute of an SVG
// path, in pixels from the upper left corner of the lattice; "" for an edge
// whose ends are not both placed.
func (l *Layout) Path(e Edge) string {
	from, ok1 := l.At[e.From]
	to, ok2 := l.At[e.To]
	if !ok1 || !ok2 {
		return ""
	}
	x, y := from.X*ColumnPitch+CardWidth, from.Y*RowPitch+CardHeight/2
	d := append([]byte("M"), pair(x, y)...)
	for col := from.X + 1; col < to.X; col++ {
		row, ok := l.trunks[trunk{e.From, col}]
		if !ok {
			break
		}
		left, across := col*ColumnPitch, row*RowPitch+RowPitch/2
		d = curve(d, x, y, left, across)
		x, y = left+CardWidth, across
		d = strconv.AppendInt(append(d, 'H'), int64(x), 10)
	}
	return string(curve(d, x, y, to.X*ColumnPitch, to.Y*RowPitch+CardHeight/2))
}

// Label returns where the words of an edge stand: a little before its end.
func (l *Layout) Label(e Edge) (x, y int) {
	to := l.At[e.To]
	return to.X*ColumnPitch - 20, to.Y*RowPitch + CardHeight/2 - 7
}

// Width and Height of the whole drawing in pixels.
func (l *Layout) Width() int  { return max(0, l.Cols-1)*ColumnPitch + CardWidth }
func (l *Layout) Height() int { return max(0, l.Rows-CardRows)*RowPitch + CardHeight }

func curve(d []byte, x1, y1, x2, y2 int) []byte {
	bend := (x2 - x1) / 2
	if bend < ColumnPitch/8 {
		bend = ColumnPitch / 8 // a line that runs back: only in a loop
	}
	d = append(append(d, 'C'), pair(x1+bend, y1)...)
	d = append(append(d, ' '), pair(x2-bend, y2)...)
	return append(append(d, ' '), pair(x2, y2)...)
}

func pair(x, y int) []byte {
	b := strconv.AppendInt(nil, int64(x), 10)
	return strconv.AppendInt(append(b, ' '), int64(y), 10)
}
