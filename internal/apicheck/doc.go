// Package apicheck holds no code, only tests: what the tools of other people
// make of the board's OpenAPI document. A validator has to accept it and every
// answer of a running demo, and a generator has to make a client of it that
// compiles and works.
//
// It is a module of its own, so that programs that use Callboard do not get
// these tools, and it knows Callboard only as a program and a document.
//
//	go -C internal/apicheck test -count=1 ./... # the cache knows nothing of the program
package apicheck
