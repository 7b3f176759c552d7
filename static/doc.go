// Package static serves the stylesheets and scripts of the board. They are
// written by hand, embedded in the program, and served as they are: no bundler,
// no third-party copies.
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
