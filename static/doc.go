// Package static serves the stylesheets and scripts of the board. They are
// written by hand and embedded in the program, with nothing of third parties in
// them. They are served minified, each file by itself: nothing is bundled, and
// what a page does not import at once it may import when it is first needed.
//
//	mux.Handle("/static/", static.Handler())
//	fmt.Println(static.URL("css/app.css")) // static/3f9c…/css/app.css
//
// The name of a file carries a hash of all of them, so that a browser may keep
// what it has for ever and modules that import each other by relative names
// always come from the same build.
//
// # Concurrency
//
// Everything here may be called from any goroutine. The files are read once, at
// the first call.
package static
