package view

// closed marks the shown directors whose branch is shut in the outline. That
// members of it are shown elsewhere does not open it; that the selected director
// is shown nowhere else does.
func (b *builder) closed() []bool {
	c := b.chosen
	closed := make([]bool, len(c.shown))
	if len(c.shut) == 0 {
		return closed
	}
	for i, d := range c.shown {
		closed[i] = c.shut[d.ID]
	}
	at, ok := c.index[b.selected]
	if !ok || c.listed(closed)[at] {
		return closed
	}
	above := c.above(at)
	for i := range closed {
		closed[i] = closed[i] && !above[i]
	}
	return closed
}

// listed marks what has a line while some branches are shut.
func (c *choice) listed(closed []bool) []bool {
	listed := make([]bool, len(c.shown))
	var descend func(int)
	descend = func(i int) {
		if listed[i] {
			return
		}
		listed[i] = true
		if closed[i] {
			return
		}
		for _, l := range c.below(i) {
			descend(l.to)
		}
	}
	for i := range c.shown {
		if !c.held[i] {
			descend(i)
		}
	}
	return listed
}

// above marks the shown directors that hold shown[at], directly or not.
func (c *choice) above(at int) []bool {
	above := make([]bool, len(c.shown))
	var climb func(int)
	climb = func(i int) {
		for _, l := range c.links {
			if l.to == i && !above[l.from] {
				above[l.from] = true
				climb(l.from)
			}
		}
	}
	climb(at)
	return above
}
