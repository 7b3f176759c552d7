package server

import "net/http"

func tryOperations() []operation {
	return []operation{
		{
			method: http.MethodPost, route: instanceRoute + "/directors/{d}/try", topic: topicTrying,
			summary: "Send requests through a director, and tell where each went", body: tryBody{}, answer: tried{},
			media:  []string{"text/html"}, // a form of a page is shown where they went
			detail: "Whatever its health. What fails on the way is part of the answer.",
			path:   "directors/pool_a/try", send: `{"requests":100,"vary":"path","dry":true}`,
		},
		{
			method: http.MethodPost, route: instanceRoute + "/probe-test", topic: topicTrying,
			summary: "Poke a backend once, as its probe would", body: probeBody{}, answer: probeTrial{},
			media:  []string{"text/html"}, // for a form of a page
			detail: "backend is as in the body that adds a director; a form's other fields are passed over. Nothing is added.",
			path:   "probe-test", send: `{"backend":{"host":"127.0.0.1","port":9001,"probe":{"url":"/health","timeout":"1s"}}}`,
		},
		{
			method: http.MethodGet, route: instanceRoute + "/undo", topic: topicTrying,
			summary: "List the deletes that can be undone, the newest first", answer: undoList{}, path: "undo",
		},
		{
			method: http.MethodPost, route: instanceRoute + "/undo/{id}", topic: topicTrying,
			summary: "Undo a delete", status: http.StatusCreated, answer: undoAnswer{}, path: "undo/1",
			detail: "That makes a new director with the name and the wiring of the deleted one, which does not come back. id is the number " +
				"of the deleted director. left_out says what could not be put back, and why.",
			fails: []failure{
				{http.StatusConflict, "A live director has the name by now, or the VCL is gone."},
				{http.StatusGone, "It is too late, or it was undone already."},
			},
		},
	}
}
