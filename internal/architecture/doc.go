// Package architecture holds no code, only the tests that keep the shape of
// the project: who may import whom, how long a file may be, and that every
// package says what it is.
//
//	go test ./internal/architecture
package architecture
