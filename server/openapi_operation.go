package server

import (
	"fmt"
	"net/http"
	"strings"
)

// An operation describes one route to people and to programs: the documents at
// /api/openapi.json and /api/docs are made of these. A test compares the list of
// operations with the routes, and each example's answer with its schema.
type operation struct {
	method string
	// route is that of the table of routes.
	route string
	// topic is the heading that it stands below.
	topic   string
	summary string // without a period
	detail  string // sentences
	query   []parameter
	// body is a value of the struct that the command decodes, nil for none.
	body any
	// status and answer are those when all went well; answer is nil if what comes
	// is not JSON, but media, or nothing.
	status int
	answer any
	media  []string
	// others are answers of other statuses when all went well, too.
	others []otherAnswer
	// fails are statuses of its own with what they mean, besides those that every
	// operation has.
	fails []failure
	// path and send are an example: the path within the instance, and the JSON.
	path, send string
}

// A parameter is one of the query.
type parameter struct {
	name, meaning string
	// schema is that of a string if it is nil.
	schema object
}

// An otherAnswer is what comes instead of the usual answer where something else
// was asked for.
type otherAnswer struct {
	status  int
	meaning string
	answer  any
	media   []string
}

// A failure is a status with what it means.
type failure struct {
	status  int
	meaning string
}

// The beginnings of routes.
const (
	apiRoute      = "/api/v1"
	instanceRoute = apiRoute + "/instances/{instance}"
	pageRoute     = "/i/{instance}"
)

// The topics, in the order in which they are printed.
const (
	topicInstances = "Instances"
	topicDirectors = "Directors"
	topicMembers   = "Members and pins"
	topicHealth    = "Health"
	topicVCLs      = "VCLs"
	topicEvents    = "Events"
	topicTrying    = "Trying and undoing"
	topicSteps     = "Step mode"
	topicPages     = "Pages and pictures"
	topicServer    = "The server"
)

var topics = []string{
	topicInstances, topicDirectors, topicMembers, topicHealth, topicVCLs, topicEvents, topicTrying, topicSteps, topicPages, topicServer,
}

// pathWords say what the parts of a path stand for.
var pathWords = map[string]string{
	"instance": "The name of the instance.",
	"d":        "A director: its full name (boot.a1), in the active VCL its short one (a1), or @ and its number (@17).",
	"slot":     "The number of the member slot.",
	"id":       "The number that the answer to the command gave.",
	"v":        "The name of the VCL.",
	"label":    "The name of the label.",
}

// operations returns all of them, by topic. It is made anew each time: nothing in
// the package can change it for others.
func operations() []operation {
	var all []operation
	for _, list := range [][]operation{
		instanceOperations(), directorOperations(), memberOperations(), healthOperations(), vclOperations(),
		eventOperations(), tryOperations(), stepOperations(), pageOperations(), serverOperations(),
	} {
		all = append(all, list...)
	}
	return all
}

// wholeNumber is the schema of a number in a query.
func wholeNumber(least, most, usual int) object {
	schema := object{"type": "integer", "minimum": least}
	if most > 0 {
		schema["maximum"] = most
	}
	if usual >= least {
		schema["default"] = usual
	}
	return schema
}

// fewWords is the schema of one of a few words.
func fewWords(words ...any) object { return object{"type": "string", "enum": words} }

// usualFailures are those of every operation that are not mentioned in its own
// list.
func (o *operation) usualFailures() []failure {
	usual := []failure{{http.StatusMisdirectedRequest, "The board does not answer to the name that the request gives as its host."}}
	if strings.Contains(o.route, "{") {
		usual = append(usual, failure{http.StatusNotFound, "There is nothing of that name."})
	}
	if strings.Contains(o.route, "/members") {
		usual = append(usual, failure{http.StatusUnprocessableEntity, "The director has no members that can be changed."})
	}
	if strings.HasPrefix(o.route, instanceRoute) && o.body == nil {
		usual = append(usual, failure{http.StatusBadRequest, "The query is not encoded as it should be."})
	}
	if len(o.query) > 0 {
		usual = append(usual, failure{http.StatusUnprocessableEntity, "A parameter cannot be this; errors says which and why."})
	}
	if o.changes() {
		usual = append(usual,
			failure{http.StatusSeeOther, "Done; a form of a page is led back to it."},
			failure{http.StatusForbidden, "The board is read-only, or a page of another origin asks."},
			failure{http.StatusConflict, "This cannot be done now: what it is about was deleted, is there already, or is in use."},
			failure{http.StatusServiceUnavailable, "The board shuts down."},
			failure{http.StatusInsufficientStorage, "The change has taken effect, at seq, but could not be kept on disk."})
	}
	if o.body != nil {
		usual = append(usual,
			failure{http.StatusBadRequest, "The body is not JSON, has a field that there is not, or does not come whole; or the query is not encoded as it should be."},
			failure{http.StatusRequestTimeout, "The body does not come in time."},
			failure{http.StatusRequestEntityTooLarge, fmt.Sprintf("The body has more than %d bytes.", maxBody)},
			failure{http.StatusUnsupportedMediaType, "The body is neither JSON nor a form."},
			failure{http.StatusUnprocessableEntity, "A field cannot be this; errors says which and why."})
	}
	return usual
}

func (o *operation) changes() bool { return !safe(o.method) }
