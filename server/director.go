package server

import (
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// maxHeldBy bounds the list of holders of one director: a backend may have
// thousands of requests in flight. The counts are always whole.
const maxHeldBy = 1000

// A directorJSON is a director as the API shows it. Other directors in it are
// named as in its VCL, with their numbers, which are unique.
type directorJSON struct {
	ID       uint64 `json:"id"`
	Name     string `json:"name"`
	VCL      string `json:"vcl"`
	FullName string `json:"full_name"`
	Type     string `json:"type"`
	Leaf     bool   `json:"leaf"`
	Group    bool   `json:"group"`
	Static   bool   `json:"static"`

	Phase    tree.Phase        `json:"phase"`
	Refcount int64             `json:"refcount"`
	Holders  tree.HolderCounts `json:"holders"`
	HeldBy   []event.Holder    `json:"held_by"`
	// MoreHolders counts those that HeldBy leaves out.
	MoreHolders int64 `json:"held_by_more,omitempty"`

	Health  healthJSON     `json:"health"`
	Members []memberJSON   `json:"members"`
	Options []event.Option `json:"options"`
	// Secrets are the fields of its configuration that are not shown.
	Secrets []event.Secret `json:"secrets,omitempty"`
	// Steps are the life-cycle steps taken so far.
	Steps map[string]stepJSON `json:"steps"`

	Requests uint64 `json:"requests"`
	Failures uint64 `json:"failures"`
	Retried  uint64 `json:"retried"`
}

type healthJSON struct {
	Healthy        bool         `json:"healthy"`
	Admin          string       `json:"admin"`
	Reason         string       `json:"reason,omitempty"`
	Changed        time.Time    `json:"changed"`
	HealthyMembers int          `json:"healthy_members"`
	TotalMembers   int          `json:"total_members"`
	Probe          *event.Probe `json:"probe,omitempty"`
}

type memberJSON struct {
	Slot     int        `json:"slot"`
	Director string     `json:"director"`
	ID       uint64     `json:"id"`
	Weight   float64    `json:"weight"`
	Healthy  bool       `json:"healthy"`
	Phase    tree.Phase `json:"phase"`
}

type stepJSON struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
}

func newDirectorJSON(s *tree.Snapshot, d *tree.Director) directorJSON {
	j := directorJSON{
		ID: d.ID, Name: d.Name, VCL: d.VCL, FullName: d.FullName(), Type: d.Type, Leaf: d.Leaf, Static: d.Static, Group: d.Group,
		Phase: d.Phase, Refcount: d.Refcount(), Holders: d.CountHolders(),
		Health: healthJSON{
			Healthy: d.Healthy, Admin: d.Admin, Reason: d.Why(), Changed: d.Changed,
			HealthyMembers: d.HealthyMembers(), TotalMembers: d.TotalMembers(), Probe: d.Probe,
		},
		Members: []memberJSON{}, Options: d.Options, Secrets: d.Secrets, Steps: newSteps(d.Steps),
		Requests: d.Requests, Failures: d.Failures, Retried: d.Retried,
	}
	j.HeldBy, j.MoreHolders = heldBy(d)
	for m := range d.Members() {
		member := memberJSON{Slot: m.Slot, Director: m.Name, ID: m.ID, Weight: m.Weight}
		if target, ok := s.Director(m.ID); ok {
			member.Healthy, member.Phase = target.Healthy, target.Phase
		}
		j.Members = append(j.Members, member)
	}
	if j.Options == nil {
		j.Options = []event.Option{}
	}
	return j
}

// heldBy lists the holders of d, and counts those that are too many to list.
func heldBy(d *tree.Director) (list []event.Holder, more int64) {
	list = []event.Holder{}
	for h := range d.Holders() {
		if len(list) == maxHeldBy {
			return list, d.Refcount() - maxHeldBy
		}
		list = append(list, h)
	}
	return list, 0
}

func newSteps(s tree.Steps) map[string]stepJSON {
	steps := make(map[string]stepJSON)
	for name, step := range map[string]tree.Step{
		"added": s.Added, "assigned": s.Assigned, "deleted": s.Deleted, "released": s.Released, "destroyed": s.Destroyed,
	} {
		if step.Taken() {
			steps[name] = stepJSON(step)
		}
	}
	return steps
}
