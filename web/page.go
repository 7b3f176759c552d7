package web

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/callboard/callboard/static"
	"github.com/callboard/callboard/web/view"
)

// PageData is what the page of an instance is printed from.
type PageData struct {
	// Root leads from the page to the mount point: "../../".
	Root string
	// Model is what the page shows.
	Model *view.Model
	// ProxyURL is where requests go in, "" if nowhere.
	ProxyURL string
	// Types are the director types that can be added, backends left out.
	Types []TypeForm
	// ReadOnly leaves out everything that changes something.
	ReadOnly bool
}

// A TypeForm says what the form for a new director of one type asks for.
type TypeForm struct {
	// Name is the type in the API, Title in words.
	Name, Title string
	// Help says in a sentence how it chooses.
	Help string
	// Weighted members have a weight each.
	Weighted bool
	// Watches: it finds its members itself, none are asked for.
	Watches bool
	Options []OptionForm
}

// An OptionForm is a field for one option of a type.
type OptionForm struct {
	Name, Label, Help string
	// Kind is text, number, duration, bool or choice.
	Kind    string
	Default string
	// Choices of a choice.
	Choices []string
}

// An InstanceData is a line of the list of instances.
type InstanceData struct {
	Name   string
	Active string // the active VCL
	// Directors, Sick and Lingering are counts.
	Directors, Sick, Lingering int
	Seq                        uint64
}

// A ProblemData is what an error page says.
type ProblemData struct {
	Status        int
	Title, Detail string
	// Mend says what the operator of the board can do, "" for nothing.
	Mend string
	// Fields that were refused, and why.
	Fields []FieldProblem
	// Back is a relative link to where the reader came from, "" if unknown.
	Back string
}

// A FieldProblem is a field of a form that was refused.
type FieldProblem struct{ Name, Detail string }

// backendType is the type of a director that makes requests itself. Its form is
// not one of a load balancer, so it is not among Types.
const backendType = "backend"

// adding returns the type whose form is open.
func (p PageData) adding() (kind string, open bool) {
	kind, open = p.Model.Query.Adding()
	if kind == "" {
		kind = backendType
	}
	return kind, open && !p.ReadOnly
}

func (p PageData) typeForm(name string) TypeForm {
	for _, t := range p.Types {
		if t.Name == name {
			return t
		}
	}
	return TypeForm{Name: name, Title: name}
}

// addWords is what the form for a new director of the type adds.
func addWords(p PageData, kind string) string {
	if kind == backendType {
		return "backend"
	}
	return strings.ToLower(p.typeForm(kind).Title) + " director"
}

func (p PageData) activeVCL() string {
	for _, v := range p.Model.VCLs {
		if v.Active {
			return v.Name
		}
	}
	return ""
}

func (p PageData) url(name string) string { return p.Root + static.URL(name) }

func (p PageData) title() string { return p.Model.Instance + " · Callboard" }

func (p PageData) seq() string { return strconv.FormatUint(p.Model.Seq, 10) }

// parts prints a sentence. Written by hand because a space more or less around
// a name would show.
func parts(list []view.Part) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, p := range list {
			text := html.EscapeString(p.Text)
			switch {
			case p.Href != "":
				b.WriteString(`<a class="name" href="` + html.EscapeString(p.Href) + `">` + text + `</a>`)
			case p.Name:
				b.WriteString(`<b class="name">` + text + `</b>`)
			case strings.ContainsFunc(p.Text, leftwards):
				b.WriteString(`<bdi>` + text + `</bdi>`)
			default:
				b.WriteString(text)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// leftwards reports whether a letter is of a script that runs from right to left:
// what stands around a text with one must not change places with it.
func leftwards(r rune) bool {
	return r >= 0x590 && r < 0x900 || r >= 0xfb1d && r < 0xfe00 || r >= 0xfe70 && r < 0xff00 || r >= 0x10800 && r < 0x11000
}

func part(p view.Part) templ.Component { return parts([]view.Part{p}) }

// current is the value of aria-current for one of several links.
func current(value, own string) string {
	if value == own {
		return "true"
	}
	return "false"
}

// pressed is the value of aria-pressed for one of several buttons.
func pressed(value, own string) string { return strconv.FormatBool(value == own) }

func commas(list []view.Part) []view.Part {
	var joined []view.Part
	for i, p := range list {
		if i > 0 {
			joined = append(joined, view.Part{Text: ", "})
		}
		joined = append(joined, p)
	}
	return joined
}

// life says which steps of a life were taken; each of them says when.
func life(steps []view.RailStep) string {
	var taken []string
	for _, s := range steps {
		if s.Done {
			taken = append(taken, s.Name)
		}
	}
	return strings.Join(taken, ", ")
}

// toggleWord says what the toggle of a line does.
func toggleWord(r *view.Row) string {
	if r.Toggle.Open {
		return "Fold the members of " + r.Face.Name
	}
	return "Show the members of " + r.Face.Name
}

func itoa(n int) string { return strconv.Itoa(n) }

// memberFields is how many members the form for a new director asks for; more
// are added one by one. The API leaves out those without a director.
const memberFields = 4

func memberName(i int, name string) string { return fmt.Sprintf("members[%d].%s", i, name) }

func home(root string) string {
	if root == "" {
		return "./"
	}
	return root
}

func instanceURL(root, name string) string { return root + "i/" + url.PathEscape(name) + "/" }

func (i InstanceData) words() string {
	return fmt.Sprintf("VCL %s · %d directors · %d sick · %d lingering · event %d",
		i.Active, i.Directors, i.Sick, i.Lingering, i.Seq)
}

func (p ProblemData) status() string {
	return fmt.Sprintf("%d %s", p.Status, http.StatusText(p.Status))
}

func (p ProblemData) back(root string) string {
	if p.Back != "" {
		return p.Back
	}
	return home(root)
}

// nameRule is what the form asks of a name, so that it needs no quotes in VCL, in
// a shell, or in an address; programs may give others.
const nameRule = "A letter, then letters, digits, and _ . -"
