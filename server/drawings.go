package server

import (
	"sync"

	"github.com/callboard/callboard/web/view"
)

// maxDrawings bounds the drawings that are remembered. Groups keep their own
// besides, so that one that is forgotten is no loss to those who look at it.
const maxDrawings = 256

// drawings are where the cards stand in views that show all there is, by
// [view.Query.Drawing]: whatever is selected, and in whichever face, such a tree
// is drawn in one way, so that nothing moves when somebody selects a card, or
// follows a link of somebody else's. Where only some are shown, these depend on
// what is selected, and each view has a drawing of its own.
type drawings struct {
	mu     sync.Mutex // guards the field below; the last one in the order of locks
	newest map[string]drawing
}

type drawing struct {
	places   view.Places
	revision uint64 // of the snapshot that was drawn
}

// of returns the newest drawing with the key, if it is newer than a revision.
func (d *drawings) of(key string, after uint64) (view.Places, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.newest[key]
	return found.places, ok && found.revision > after
}

// keep remembers a drawing unless there is one that is as new.
func (d *drawings) keep(key string, places view.Places, revision uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.newest[key]
	if ok && found.revision >= revision {
		return
	}
	if !ok && len(d.newest) >= maxDrawings || d.newest == nil {
		d.newest = make(map[string]drawing)
	}
	d.newest[key] = drawing{places.Drawn(), revision}
}
