package event

// Stepping is the detail of StepMode.
type Stepping struct {
	On bool `json:"on"`
}

// A Before names what a director is held before in step mode.
type Before string

// What a director can be held before, in the order of a life. One may be held
// before the drop of its last reference more than once, since somebody may take
// another reference while it is held.
const (
	BeforeRelease  Before = "release"
	BeforeLastDrop Before = "last-drop"
	BeforeDestroy  Before = "destroy"
)

// Step is the detail of StepHeld and StepTaken. Each StepHeld is followed by one
// StepTaken of the same director; until then, nothing else of it is held.
type Step struct {
	Before Before `json:"before"`
	// Last says whose reference was found to be the last one, if Before is
	// BeforeLastDrop. Unless it is the owner's, a pin of the runtime's own keeps
	// it: a request, or whoever emptied a slot, does not wait for the step.
	Last *Holder `json:"last_reference,omitempty"`
}
