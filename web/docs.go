package web

import "github.com/callboard/callboard/static"

// DocsData is what the page that describes the API is printed from.
type DocsData struct {
	// Root leads from the page to the mount point: "../".
	Root string
	// Mount is the address of the mount point in the examples.
	Mount   string
	Preface string
	Topics  []DocsTopic
	// Messages of the websocket, and why it ends.
	Messages, Endings []DocsField
}

// A DocsTopic is a chapter.
type DocsTopic struct {
	ID, Name   string
	Operations []DocsOperation
}

// A DocsOperation is what one route does.
type DocsOperation struct {
	ID, Method, Path string
	// Summary has no period at its end; Detail are sentences, or none.
	Summary, Detail string
	Query, Body     []DocsField
	// Answers are named by their status.
	Answers []DocsField
	// Example is a command line.
	Example string
}

// A DocsField is a name with its meaning.
type DocsField struct{ Name, Type, Words string }

func docsScript(d DocsData) string { return d.Root + static.URL("js/docs.js") }

func docsSheet(d DocsData) string { return d.Root + static.URL("css/docs.css") }
