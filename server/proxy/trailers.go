package proxy

import "net/http"

// announceTrailers names the trailers that the backend has announced.
func announceTrailers(h, trailer http.Header) {
	for name := range trailer {
		h["Trailer"] = append(h["Trailer"], name)
	}
}

// passTrailers passes on the trailers that came, whether they were announced or
// not. One that is also a field of the header, and did not come, must not come
// twice.
func passTrailers(h, trailer http.Header) {
	announced := make(map[string]bool, len(h["Trailer"]))
	for _, name := range h["Trailer"] {
		announced[name] = true
	}
	for name, values := range trailer {
		switch {
		case !announced[name]:
			h[http.TrailerPrefix+name] = values
		case values == nil:
			delete(h, name)
		default:
			h[name] = values
		}
	}
}
