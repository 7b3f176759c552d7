package director

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers test for with [errors.Is]. All are returned wrapped, with
// the names involved.
var (
	// ErrClosed reports that the runtime was closed.
	ErrClosed = errors.New("the runtime is closed")
	// ErrDeleted reports that a director was deleted before.
	ErrDeleted = errors.New("already deleted")
	// ErrReleased reports that a slot belongs to a director that has been
	// deleted: it accepts nothing but nil.
	ErrReleased = errors.New("was deleted and may gain no reference")
	// ErrDestroyed reports that the last reference to a director has gone.
	ErrDestroyed = errors.New("is destroyed")
	// ErrNotFound reports that there is nothing of that name or number.
	ErrNotFound = errors.New("not found")
	// ErrExists reports that the name is in use.
	ErrExists = errors.New("already exists")
	// ErrForeign reports directors of different VCLs or runtimes.
	ErrForeign = errors.New("belongs to another VCL")
	// ErrInvalid reports a value that cannot be right: a name, a weight.
	ErrInvalid = errors.New("invalid")
	// ErrNotWarm reports a VCL that takes no directors in its temperature.
	ErrNotWarm = errors.New("the VCL is not warm")
	// ErrInUse reports a VCL that is active, labelled or waited for.
	ErrInUse = errors.New("in use")
	// ErrStatic reports a director that lives as long as its VCL.
	ErrStatic = errors.New("is static: it lives as long as its VCL")
	// ErrNotHeld reports that step mode holds nothing that could go on.
	ErrNotHeld = errors.New("no step is held")
	// ErrUnhealthy reports a backend that is not asked because it is sick.
	ErrUnhealthy = errors.New("unhealthy")
)

// A LoopError reports an assignment that would have made a director its own
// member. Varnish accepts it and overflows its stack (varnish-cache #3899).
type LoopError struct {
	// Path runs from the director whose slot was to be assigned, over its new
	// member, back to itself.
	Path []string
}

func (e *LoopError) Error() string {
	return "assignment would close a loop: " + strings.Join(e.Path, " → ")
}

// A NoBackendError reports that a director had no backend to offer. It names
// the director that was asked first, as Varnish does, not the one that failed.
type NoBackendError struct {
	Director string
	// Err is the reason, if there is more to say than that none is healthy.
	Err error
}

func (e *NoBackendError) Error() string {
	switch {
	case e.Director == "" && e.Err != nil:
		return fmt.Sprintf("no backend: %v", e.Err)
	case e.Director == "":
		return "no backend"
	case e.Err != nil:
		return fmt.Sprintf("director %s returned no backend: %v", e.Director, e.Err)
	}
	return fmt.Sprintf("director %s returned no backend", e.Director)
}

func (e *NoBackendError) Unwrap() error { return e.Err }

// A LeafError reports that a leaf was asked and has not answered.
type LeafError struct {
	Director string
	Err      error // of its type
}

func (e *LeafError) Error() string { return fmt.Sprintf("backend %s: %v", e.Director, e.Err) }

func (e *LeafError) Unwrap() error { return e.Err }
