// Package server shows a director runtime in a browser and lets it be changed:
// pages, a REST API, live patches over websockets, and a proxy that sends HTTP
// requests through the tree.
//
//	board, err := server.New(server.Options{Runtime: rt})
//	if err != nil {
//		return err
//	}
//	defer board.Close(ctx)
//	router.Mount("/ops/directors", board)
//
// A [Server] is an [http.Handler] that works under any prefix, since every URL
// that it prints is relative. It has no opinion about who may do what: give it
// a handler around it that has.
//
// # From a change to the page
//
// A page and its patches come from one place, a group: all clients that look at
// the same view of the instance share a group, which has the model that they
// show, and the newest patches. At every tick in which the tree has changed, a
// group that is watched builds the next model, and prints what differs, once.
// The frame is the same for all clients of the group and is encoded and
// compressed once. Groups that nobody watches cost nothing but, for a while,
// their memory, so that a client that comes back finds what it missed: the
// longest idle go first where there are many.
//
// A page that goes to another view asks for the difference (/travel): what has
// changed in its view since it was printed, and then what tells the two models
// apart. It ends as the page of the other view, and goes on from there.
//
// # What a websocket client hears
//
// First {"t":"hello","epoch","seq","beat","time"}, then {"t":"patch","seq","ops"} for
// each change, in order, and {"t":"beat","seq","time"} after every beat, which
// is so many milliseconds. Everything up to the seq of a beat was sent before it.
// The time of both is the server's clock: a page reads ages and time limits by it,
// whatever its reader's clock says.
// Who hears nothing for two and a half beats should take the connection for lost
// and connect again with the epoch and the seq that it has.
// {"t":"resync","reason"} says that this is of no use, and that everything has to
// be loaded again; the close code then says more: 1013 to a client that read too
// slowly, 1000 where the epoch or the patches are gone, 1011 after a mistake of
// the server.
//
// With Accept: text/event-stream the same address sends the same messages as
// server-sent events, for clients whose websockets do not get through.
//
// # Who may change something
//
// Every client that reaches the board, but for pages of other origins: one rule for
// commands, websockets and event streams knows the board's own pages, also behind
// proxies; docs/behind-a-proxy.md tells it.
//
// # When a command is answered
//
// Every command, by JSON or by a form, comes through one door, which makes it one
// command of the runtime and holds its answer back until Options.Durability has kept
// what it tells. Where that fails, the change stays, and the answer is a problem with
// status 507 that says so, with the seq of the change: an answer of success is a
// promise. Refusing changes instead would be worse, since a disk that is full must not
// keep an operator from draining a backend. /readyz answers 503 then, /metrics has
// callboard_journal_failing, and every page says it over the board, until the disk
// works again.
//
// # Concurrency
//
// A Server may be used by any number of goroutines. The locks are, in the order
// in which they may be taken: feed.mu, group.mu, client.mu, and that of the wire
// below it. Nothing is written
// to a network and no runtime is changed while one of them is held; a client
// that does not read delays nobody, and is sent away when too much waits for it.
//
// Each websocket client has two goroutines, one that reads and one that writes;
// an event stream has that of its request.
// A feed has one goroutine while somebody watches. [Server.Close] returns when
// all of them have ended.
package server
