package server

import "net/http"

func instanceOperations() []operation {
	return []operation{
		{
			method: http.MethodGet, route: apiRoute + "/instances", topic: topicInstances,
			summary: "List the instances", answer: instanceList{}, path: "",
			detail: "A server has one. Its epoch changes with each run of the program; sequence numbers start again then.",
		},
		{
			method: http.MethodGet, route: instanceRoute, topic: topicInstances,
			summary: "Show the instance and its VCLs", answer: instanceJSON{},
		},
	}
}

func directorOperations() []operation {
	return []operation{
		{
			method: http.MethodGet, route: instanceRoute + "/directors", topic: topicDirectors,
			summary: "List directors, by pages", answer: directorPage{}, path: "directors?q=health:healthy&limit=2",
			detail: "In the order in which they were added. next is the cursor of the page that follows, empty on the last one.",
			query: []parameter{
				{"vcl", "Only those of the VCL with this name.", nil},
				{"q", "Only those that the filter means: words between spaces, all of which have to hold.", nil},
				{"limit", "How many on a page.", wholeNumber(1, maxLimit, usualLimit)},
				{"cursor", "The next of the page before.", wholeNumber(0, 0, -1)},
			},
			fails: []failure{
				{http.StatusBadRequest, "The filter cannot be understood; errors has each word."},
				{http.StatusUnprocessableEntity, "The limit or the cursor is none."},
			},
		},
		{
			method: http.MethodPost, route: instanceRoute + "/directors", topic: topicDirectors,
			summary: "Add a director", body: newDirector{}, status: http.StatusCreated, answer: directorAnswer{},
			detail: "With its members, or nothing. Location has its address.",
			path:   "directors", send: `{"vcl":"boot","name":"spare","type":"round-robin","members":[{"director":"a1","weight":1}]}`,
			fails: []failure{{http.StatusConflict, "A live director has that name, or a loop would close; path names it."}},
		},
		{
			method: http.MethodGet, route: instanceRoute + "/directors/{d}", topic: topicDirectors,
			summary: "Show a director", answer: directorAnswer{}, path: "directors/pool_a",
			detail: "refcount is the sum of holders, always.",
		},
		{
			method: http.MethodDelete, route: instanceRoute + "/directors/{d}", topic: topicDirectors,
			summary: "Delete a director", status: http.StatusAccepted, answer: deletion{}, path: "directors/b1",
			detail: "It is released at once, and destroyed when nobody holds it any more; until then it lingers.",
			fails:  []failure{{http.StatusConflict, "It was deleted already, or is static."}},
		},
		{
			method: http.MethodGet, route: instanceRoute + "/directors/{d}/delete-preview", topic: topicDirectors,
			summary: "Say what deleting a director would do", answer: previewAnswer{}, path: "directors/pool_a/delete-preview?with=a1",
			query: []parameter{{"with", "Another that would be deleted after it; may be repeated.", nil}},
		},
		{
			method: http.MethodGet, route: instanceRoute + "/directors/{d}/assign-preview", topic: topicDirectors,
			summary: "Say what pointing a member slot at another director would do", answer: assignAnswer{},
			path: "directors/pool_a/assign-preview?slot=1&director=b1",
			query: []parameter{
				{"slot", "The number of the slot; a new one if it is not given.", wholeNumber(0, 0, -1)},
				{"director", "What it is to point at; nothing if it is empty.", nil},
			},
		},
		{
			method: http.MethodGet, route: instanceRoute + "/directors/{d}/dump", topic: topicDirectors,
			summary: "Print everything that is known of a director", media: []string{"text/plain"}, path: "directors/a1/dump",
		},
		{
			method: http.MethodGet, route: instanceRoute + "/backend.list", topic: topicDirectors,
			summary: "Print what varnishadm backend.list would", media: []string{"text/plain", typeJSON}, path: "backend.list?p=1",
			detail: "As text, or as JSON with Accept: application/json; its maps of probes (bits_H) are numbers of 64 bits, as there.",
			query: []parameter{
				{"pattern", "Only those whose names match; * and ? match any text and any byte.", nil},
				{"p", "1: members and probes, too.", fewWords("0", "1")},
			},
		},
	}
}

func memberOperations() []operation {
	loop := failure{http.StatusConflict, "A loop would close; path names it. Or the director is deleted."}
	return []operation{
		{
			method: http.MethodPost, route: instanceRoute + "/directors/{d}/members", topic: topicMembers,
			summary: "Add a member", body: newMember{}, status: http.StatusCreated, answer: slotAnswer{},
			path: "directors/pool_a/members", send: `{"director":"b1","weight":1}`, fails: []failure{loop},
		},
		{
			method: http.MethodPut, route: instanceRoute + "/directors/{d}/members/{slot}", topic: topicMembers,
			summary: "Point a slot at another director, or change its weight", body: newMember{}, answer: seqAnswer{},
			detail: "What the body leaves out stays as it is.",
			path:   "directors/pool_a/members/1", send: `{"director":"b1"}`, fails: []failure{loop},
		},
		{
			method: http.MethodDelete, route: instanceRoute + "/directors/{d}/members/{slot}", topic: topicMembers,
			summary: "Let go of a member", answer: seqAnswer{}, path: "directors/pool_a/members/1",
		},
		{
			method: http.MethodPost, route: instanceRoute + "/directors/{d}/pins", topic: topicMembers,
			summary: "Pin a director", body: pinBody{}, status: http.StatusCreated, answer: pinAnswer{},
			detail: "A pin is a reference with a note. It is held until somebody unpins it.",
			path:   "directors/a1/pins", send: `{"note":"looking at it"}`,
		},
		{
			method: http.MethodDelete, route: instanceRoute + "/pins/{id}", topic: topicMembers,
			summary: "Unpin", answer: seqAnswer{}, path: "pins/1",
		},
	}
}

func healthOperations() []operation {
	return []operation{
		{
			method: http.MethodPut, route: instanceRoute + "/health", topic: topicHealth,
			summary: "Set the admin health of directors", body: healthBody{}, answer: healthAnswer{},
			path: "health", send: `{"pattern":"boot.a*","admin":"sick"}`,
			fails: []failure{{http.StatusNotFound, "No director matches."}},
		},
		{
			method: http.MethodPut, route: instanceRoute + "/faults/{d}", topic: topicHealth,
			summary: "Make a backend of the demo fail, or work again", body: faultBody{}, answer: seqAnswer{},
			detail: "Its probe then fails for real. Only callboard demo has this.",
			path:   "faults/a1", send: `{"failing":true}`,
		},
	}
}

func vclOperations() []operation {
	return []operation{
		{
			method: http.MethodPost, route: instanceRoute + "/vcls", topic: topicVCLs,
			summary: "Add a VCL", body: vclBody{}, status: http.StatusCreated, answer: seqAnswer{}, path: "vcls", send: `{"name":"next"}`,
		},
		{
			method: http.MethodDelete, route: instanceRoute + "/vcls/{v}", topic: topicVCLs,
			summary: "Discard a VCL", status: http.StatusAccepted, answer: seqAnswer{}, path: "vcls/next",
			detail: "Its directors are released. It may last until the requests that it began have ended.",
			fails:  []failure{{http.StatusConflict, "It is the active one, or has a label."}},
		},
		{
			method: http.MethodPut, route: instanceRoute + "/vcls/{v}/temperature", topic: topicVCLs,
			summary: "Say what a VCL should be: warm, cold, or whichever suits it", body: temperatureBody{}, answer: seqAnswer{},
			path: "vcls/boot/temperature", send: `{"temperature":"warm"}`,
			fails: []failure{{http.StatusConflict, "The active VCL, or one with a label, stays warm."}},
		},
		{
			method: http.MethodPut, route: instanceRoute + "/vcls/{v}/default", topic: topicVCLs,
			summary: "Point the default slot of a VCL at a director", body: defaultBody{}, answer: seqAnswer{},
			path: "vcls/boot/default", send: `{"director":"pool_a"}`,
		},
		{
			method: http.MethodPut, route: instanceRoute + "/active", topic: topicVCLs,
			summary: "Make a VCL the active one", body: whichVCL{}, answer: seqAnswer{}, path: "active", send: `{"vcl":"boot"}`,
			fails: []failure{{http.StatusConflict, "It is cold."}},
		},
		{
			method: http.MethodPut, route: instanceRoute + "/labels/{label}", topic: topicVCLs,
			summary: "Give a VCL a label, or move the label to it", body: whichVCL{}, answer: seqAnswer{},
			path: "labels/shop", send: `{"vcl":"boot"}`,
		},
		{
			method: http.MethodDelete, route: instanceRoute + "/labels/{label}", topic: topicVCLs,
			summary: "Take a label away", answer: seqAnswer{}, path: "labels/shop",
		},
	}
}
