// Package web prints the pages of the board, and the patches that keep them
// true.
//
//	model := view.Build(snapshot, events, query, nil)
//	web.Page(web.PageData{Root: "../../", Model: model}).Render(ctx, w)
//	…
//	ops, err := web.Patch(ctx, view.Diff(model, next))
//
// A component takes one struct of package view and decides nothing; a patch is
// printed by the component that printed the page. Every URL is relative, no
// page has inline script or style, and every command is a form that works
// without JavaScript.
//
// # Concurrency
//
// Everything here is a pure function of its arguments and may be called from
// any goroutine.
package web
