package view

import (
	"strconv"
	"strings"

	"github.com/callboard/callboard/web/layout"
)

// A Picture is the drawing of a model in pixels, for a file of its own.
type Picture struct {
	Title         string
	Width, Height string
	ViewBox       string
	Edges         []*Edge
	Labels        []*Label
	Cards         []PictureCard
}

// A PictureCard is a card with its place in pixels.
type PictureCard struct {
	Move string // as an SVG transform
	Face *Face
}

// pictureMargin is the free space around a picture in pixels.
const pictureMargin = 16

// PictureOf returns the drawing of what the model shows.
func PictureOf(m *Model) Picture {
	width, height := m.layout.Width()+2*pictureMargin, m.layout.Height()+2*pictureMargin
	p := Picture{
		Title: m.Instance + " at event " + strconv.FormatUint(m.Seq, 10),
		Width: strconv.Itoa(width), Height: strconv.Itoa(height),
		ViewBox: strings.Join([]string{
			strconv.Itoa(-pictureMargin), strconv.Itoa(-pictureMargin), strconv.Itoa(width), strconv.Itoa(height),
		}, " "),
		Edges: m.Edges, Labels: m.Labels,
	}
	for _, c := range m.Cards {
		x, y := unplace(c.X)*layout.ColumnPitch, unplace(c.Y)*layout.RowPitch
		p.Cards = append(p.Cards, PictureCard{Move: "translate(" + strconv.Itoa(x) + " " + strconv.Itoa(y) + ")", Face: c.Face})
	}
	return p
}

// unplace reads what place writes.
func unplace(terms string) int {
	sum := 0
	for _, term := range strings.Fields(terms) {
		n, _ := strconv.Atoi(term) // place writes nothing else
		sum += n
	}
	return sum
}
