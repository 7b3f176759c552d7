package server

import (
	"net/http"

	"github.com/callboard/callboard/web/view"
)

func eventOperations() []operation {
	return []operation{{
		method: http.MethodGet, route: instanceRoute + "/events", topic: topicEvents,
		summary: "Tell what has happened", answer: eventPage{}, media: []string{"application/x-ndjson", "text/event-stream"},
		path: "events?after=0&kind=director.added&limit=2",
		detail: "With Accept: application/x-ndjson or text/event-stream it stays open and goes on, from new events on if after " +
			"is not given; Last-Event-ID counts as after. gap says that events are missing because they are no longer known.",
		query: []parameter{
			{"after", "A sequence number: events follow it.", wholeNumber(0, 0, -1)},
			{"limit", "How many at most; a stream ends then.", wholeNumber(1, maxEvents, usualLimit*10)},
			{"kind", "Only those of these kinds, separated by commas.", nil},
			{"director", "Only those about the director with this name, or @ and number; it may be destroyed.", nil},
		},
		fails: []failure{
			{http.StatusUnprocessableEntity, "There is no such kind, or a number is none."},
			{http.StatusForbidden, "It would stay open, and a page of another origin asks."},
			{http.StatusServiceUnavailable, "It would stay open, and as many are open as may be, or the board shuts down."},
		},
	}}
}

func stepOperations() []operation {
	return []operation{
		{
			method: http.MethodGet, route: instanceRoute + "/step", topic: topicSteps,
			summary: "Say whether step mode is on, and what it holds, oldest first", answer: stepAnswer{}, path: "step",
		},
		{
			method: http.MethodPut, route: instanceRoute + "/step", topic: topicSteps,
			summary: "Switch step mode on or off", body: stepBody{}, answer: seqAnswer{}, path: "step", send: `{"on":true}`,
			detail: "While it is on, what is deleted waits before release, before the drop of its last reference, and before destroy.",
		},
		{
			method: http.MethodPost, route: instanceRoute + "/step/next", topic: topicSteps,
			summary: "Let a held step go on", body: nextBody{}, answer: nextAnswer{}, path: "step/next", send: `{"director":"b1"}`,
			detail: "Without a director, the one that has been held longest.",
			fails:  []failure{{http.StatusConflict, "Nothing is held."}},
		},
	}
}

// viewQuery are the parameters of a page, which its pictures and data have too.
func viewQuery() []parameter {
	return []parameter{
		{"q", "Shows what this filter means.", nil},
		{"select", "The director in the inspector: a full name, or @ and a number.", nil},
		{"root", "The director below which everything is shown.", nil},
		{"open", "Branches whose members are listed although there are many, separated by commas; boot.pool_a:480 from a slot on.", nil},
		{"shut", "Branches whose members are folded, separated by commas.", nil},
		{"face", "graph or outline; by default the width of the window decides.", fewWords("graph", "outline")},
	}
}

func pageOperations() []operation {
	position := []parameter{
		{"epoch", "The epoch of what is shown.", nil},
		{"seq", "The sequence number of what is shown.", wholeNumber(0, 0, -1)},
	}
	picture := func(file, summary string, media ...string) operation {
		return operation{
			method: http.MethodGet, route: pageRoute + "/" + file, topic: topicPages, summary: summary, media: media, query: viewQuery(),
		}
	}
	data := picture("tree.json", "The directors that a page shows, in the form of the API's list")
	data.answer = directorPage{}
	return []operation{
		picture("", "The page", "text/html"),
		data,
		picture("tree.svg", "The view of a page as a picture", "image/svg+xml"),
		picture("tree.dot", "The view of a page for Graphviz", "text/vnd.graphviz"),
		timelineOperation(),
		{
			method: http.MethodGet, route: pageRoute + "/travel", topic: topicPages, answer: trip{},
			summary: "What turns the page of one view into that of another",
			query:   append([]parameter{{"from", "The query of the page, encoded.", nil}}, append(position, viewQuery()...)...),
			fails:   []failure{{http.StatusNoContent, "This cannot be said: load the page."}},
		},
		{
			method: http.MethodGet, route: pageRoute + "/live", topic: topicPages, status: http.StatusSwitchingProtocols,
			summary: "The websocket of a page",
			query:   append(append(position, parameter{"why", "Instead, says whether a page of the origin in X-Callboard-Origin may listen, and why not.", nil}), viewQuery()...),
			detail: "The messages and the close codes are listed below. With Accept: text/event-stream the same messages come as " +
				"events, for where a websocket does not pass. The answer in JSON is that to why: nothing here refuses the page.",
			others: []otherAnswer{{
				http.StatusOK, "The event stream; with why, that nothing here refuses the page.", whyAnswer{}, []string{typeEvents},
			}},
			fails: []failure{
				{http.StatusBadRequest, "The handshake is not one of a websocket of version 13."},
				{http.StatusForbidden, "A page of another origin asks."},
				{http.StatusUpgradeRequired, "This is no handshake of a websocket, and Accept does not ask for events."},
				{http.StatusServiceUnavailable, "As many are open as may be, or the server shuts down."},
			},
		},
	}
}

func timelineOperation() operation {
	return operation{
		method: http.MethodGet, route: pageRoute + "/timeline", topic: topicPages, media: []string{"text/html"},
		summary: "The time line: a lane for each director, a column for each event",
		query: []parameter{
			{"q", "Only the lanes of the directors that this filter means.", nil},
			{"kind", "Only events of these groups, separated by commas.", nil},
			{"before", "Ends before this event; with the newest if it is not given.", wholeNumber(0, 0, -1)},
			{"span", "How many events.", wholeNumber(1, view.MaxSpan, -1)},
			{"event", "The event that is told in full.", wholeNumber(0, 0, -1)},
			{"only", "lanes: the part that a page puts into itself.", fewWords("lanes")},
		},
		fails: []failure{
			{http.StatusNotModified, "If-None-Match has what the ETag was."},
			{http.StatusUnprocessableEntity, "A filter or a number is none."},
		},
	}
}

func serverOperations() []operation {
	get := func(route, summary string, media ...string) operation {
		return operation{method: http.MethodGet, route: route, topic: topicServer, summary: summary, media: media}
	}
	ready := get("/readyz", "Whether requests can be sent through the tree, and changes are kept", "text/plain")
	ready.fails = []failure{{http.StatusServiceUnavailable, "No VCL is active, the server shuts down, or the disk takes nothing (see --data)."}}
	home := get("/", "Leads to the page of the instance")
	home.status = http.StatusFound
	return []operation{
		home,
		get("/healthz", "Whether the server answers", "text/plain"),
		ready,
		get("/metrics", "Numbers, for Prometheus", "text/plain"),
		get("/api/openapi.json", "This description, as OpenAPI 3.1", typeJSON),
		get("/api/docs", "This description, as a page", "text/html"),
		get("/static/*", "Stylesheets, scripts and icons of the pages", "text/css", "text/javascript", "image/svg+xml"),
	}
}
