// Package dnsresolver asks DNS servers and tells the times to live of their
// answers, which the standard library's resolver does not. It is what a
// [lb.DNS] needs to look a name up again just when its answer is over:
//
//	shop, err := lb.NewDNS(lb.DNSOptions{Host: "shop.internal", Resolver: new(dnsresolver.Resolver)})
//
// It is a stub resolver, as of RFC 1034, 5.3.1: it asks the servers of
// /etc/resolv.conf, with its search list, by UDP, and by TCP where an answer is
// truncated, and believes chains of CNAME records as they stand in the answer.
// It does not read /etc/hosts and keeps nothing.
//
// It is strict about what it does not know. A server that fails, refuses or
// refers elsewhere is an error, never an empty answer: a director may act on an
// empty answer by dropping all its backends.
//
// The package uses golang.org/x/net/dns/dnsmessage, and is apart from lb because
// that one needs nothing beside the standard library.
//
// # Concurrency
//
// A [Resolver] may be used from any goroutine; its fields must not change
// meanwhile.
package dnsresolver
