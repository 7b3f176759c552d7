package view

import (
	"net/url"
	"strconv"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// maxListed bounds the holders and members that the inspector lists.
const maxListed = 60

// A Form is where a form of the page leads to.
type Form struct {
	ID     string
	Action string
	// Method is PUT or DELETE, "" for POST.
	Method string
	// Back is the page to show after it.
	Back string
}

func (b *builder) form(id, method, path string) Form {
	return Form{
		ID: "form-" + id, Action: b.m.API + path, Method: method, Back: b.q.WithPanel("").Href(),
	}
}

// sectionID names a section by what it shows of which director, so that nothing
// typed into the form of one is taken over into that of another.
func sectionID(name string, id uint64) string { return name + "-" + strconv.FormatUint(id, 10) }

// inspector makes the sections for the selected director, or for none.
func (b *builder) inspector() {
	d, ok := b.s.Director(b.selected)
	switch {
	case ok:
		b.inspect(d)
	case b.selected != 0 && len(b.m.story.events) > 0:
		b.add(b.headGone(), b.tale(nil))
	case b.q.Select != "":
		b.add(&Gone{ID: "gone", Name: b.q.Select, Close: b.q.Selecting("").Href()})
	default:
		b.add(b.hint())
		if b.s.Len() > 0 {
			b.add(b.ailing())
		}
		b.add(b.waiting())
		if step := b.stepSwitch(); step != nil && b.s.Len() > 0 {
			b.add(step)
		}
	}
}

func (b *builder) add(sections ...Fragment) { b.m.Sections = append(b.m.Sections, sections...) }

func (b *builder) inspect(d *tree.Director) {
	b.add(b.head(d))
	if b.q.Panel == PanelDelete && d.Phase == tree.Live && !d.Static {
		b.add(b.deletion(d))
	}
	deleted := d.Steps.Deleted.Taken()
	if deleted {
		b.add(b.tale(d))
		b.others(d)
	}
	if why := b.why(d); why != nil {
		b.add(why)
	}
	b.add(b.holders(d), b.traffic(d))
	if !d.Leaf {
		b.add(b.members(d))
	}
	if d.Probe != nil {
		b.add(probeOf(d))
	}
	b.add(b.commands(d), b.try(d))
	if len(d.Options) > 0 {
		b.add(&Options{ID: sectionID("options", d.ID), Options: d.Options})
	}
	b.add(b.dump(d))
	if !deleted {
		b.others(d)
		b.add(b.history()) // the story says it all, and more
	}
}

// others lists what lingers if that is not only the director itself.
func (b *builder) others(d *tree.Director) {
	n := b.s.Lingering()
	if d.Phase == tree.Lingering {
		n--
	}
	if n > 0 {
		b.add(b.waiting())
	}
}

// A Head is the top of the inspector.
type Head struct {
	ID, Name, Full, Kind, Icon string
	Phase                      string // live, lingering or destroyed
	Health                     Health
	Changed                    Moment
	Reason                     string // " · " and what was found then, "" if unknown
	Default                    bool
	Rail                       []RailStep
	Close                      string
	// Toggle opens or shuts the branch, Below leads to a page of nothing else;
	// nil and "" for a director without members.
	Toggle *Toggle
	Below  string
}

func (h *Head) Key() string { return h.ID }

func (b *builder) head(d *tree.Director) Fragment {
	reason := ""
	if d.Leaf && d.Reason != "" {
		// Of a load balancer the count of its healthy members says it, and is newer.
		reason = " · " + d.Reason
	}
	h := &Head{
		ID: sectionID("head", d.ID), Name: d.Name, Full: d.FullName(), Kind: kindWord(d.Type), Icon: kindIcon(d),
		Phase: string(d.Phase), Health: healthOf(d), Reason: reason, Changed: moment(d.Changed),
		Default: b.defaults[d.ID], Rail: railOf(d), Close: b.q.Selecting("").Href(),
	}
	if i, ok := b.chosen.index[d.ID]; ok && d.TotalMembers() > 0 {
		h.Toggle = b.toggle(i)
		if b.chosen.root != d.ID {
			q := Query{Select: b.q.Select, Face: b.q.Face, Root: b.m.cells[i].token}
			h.Below = q.Href()
		}
	}
	return h
}

// headGone is the head of a director that is destroyed, from its events.
func (b *builder) headGone() Fragment {
	h := &Head{ID: sectionID("head", b.selected), Phase: string(tree.Destroyed), Icon: "i-director", Close: b.q.Selecting("").Href()}
	var steps tree.Steps
	for _, e := range b.m.story.events {
		step := tree.Step{Seq: e.Seq, Time: e.Time}
		if e.ID == b.selected && e.Kind != event.RefAssigned {
			h.Name, h.Full = e.Director, e.VCL+"."+e.Director
		}
		switch {
		case e.Kind == event.DirectorAdded && e.Added != nil:
			h.Kind, h.Icon, steps.Added = kindWord(e.Added.Type), KindIcon(e.Added.Type), step
		case e.Assigned != nil && e.Assigned.ToID == b.selected && !steps.Assigned.Taken():
			steps.Assigned = step
		case e.Kind == event.DirectorReleased:
			steps.Released = step
		case e.Kind == event.DirectorDestroyed:
			steps.Destroyed = step
		}
	}
	h.Rail = railOf(&tree.Director{Steps: steps})
	return h
}

// Commands is the section of what can be done to a director.
type Commands struct {
	ID string
	// Number is "@17": it means this director and no other of its name.
	Number string
	Name   string
	VCL    string
	Admin  string
	// Live, it can be the default of its VCL; Default, it is.
	Live, Default bool
	Health        Form
	Pin           Form
	Fault         *Form // makes the backend fail; nil where that cannot be done
	SetDefault    Form
	Delete        string // link to the preview, "" if it cannot be deleted
}

func (c *Commands) Key() string { return c.ID }

func (b *builder) commands(d *tree.Director) Fragment {
	admin := d.Admin
	if admin == "" {
		admin = "auto"
	}
	path := "/directors/" + atID(d.ID)
	c := &Commands{
		ID: sectionID("commands", d.ID), Number: atID(d.ID), Name: d.Name, VCL: d.VCL, Admin: admin,
		Live:       d.Phase == tree.Live && !d.Steps.Deleted.Taken(),
		Default:    b.defaults[d.ID],
		Health:     b.form("health", "PUT", "/health"),
		Pin:        b.form("pin", "", path+"/pins"),
		SetDefault: b.form("default", "PUT", "/vcls/"+url.PathEscape(d.VCL)+"/default"),
	}
	if b.canFail != nil && d.Leaf && b.canFail(d) {
		fault := b.form("fault", "PUT", "/faults/"+atID(d.ID))
		c.Fault = &fault
	}
	if c.Live && !d.Static {
		c.Delete = b.q.WithPanel(PanelDelete).Href()
	}
	return c
}

// Options is the section of a director's configuration.
type Options struct {
	ID      string
	Options []event.Option
}

func (o *Options) Key() string { return o.ID }
