package tree

// SameShape reports whether d and other have the same member slots and are held
// by the same slots: a drawing of the tree is the same for both, whatever their
// health and counts. It compares what the two share, so it may report false for
// slots that were changed and changed back.
func (d *Director) SameShape(other *Director) bool {
	return d.members.root == other.members.root && d.holders.root == other.holders.root
}
