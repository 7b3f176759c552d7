// Package list writes what Varnish's command line writes about directors:
// backend.list, as text and JSON, with and without -p, and vcl.list, so that
// scripts made for varnishadm can read them here.
//
//	err := list.Write(os.Stdout, rt, list.Options{Probe: true, Pattern: "pool_*"})
//	status, body := list.RunLine(rt, "backend.set_health boot.a* sick")
//
// What a type shows of itself comes from [director.Lister]; the package knows
// no type. It follows cache_director.c (cli_backend_list), vte.c for the layout
// of tables, vcli_serve.c for JSON and arguments, and vav.c for words.
//
// # Quirks that are kept
//
// Scripts have learnt to live with them: -p twice is no -p (CLI-4), the columns
// Probe and Health know nothing of the director's own admin health (CLI-7),
// members of the same name are keys of the same name in JSON (CLI-12), an empty
// JSON object has a line of spaces, and the objects of vcl.list end without
// indentation.
//
// # Differences
//
//   - The share of a member of a random director is 0.00% when nothing healthy
//     has weight. Varnish shows -nan%. (CLI-9)
//   - A hash director shows its members and is as healthy as they are. There,
//     it is "healthy 0/0 healthy" whatever happens. (HASH-3)
//   - Last change is when the health last changed, by whatever cause. There, a
//     probe does not move it, and a shard never has one. (HEALTH-6, HEALTH-7)
//   - A director that was deleted is not listed, of whatever type. There, a
//     group stays in the list while others hold it. (CLI-8, HEALTH-4)
//   - An address is shown where the backend was given one, not for a name: names
//     are looked up when a connection is made. (CLI-11)
//   - A label follows its VCL. There, it stands where it was made. Nothing
//     returns to a label here, so "return(vcl)" is never counted. (CLI-11)
//   - Busy counts requests. There, a worker's last VCL stays busy until the
//     worker has been idle for a while. (VCL-18)
//   - Widths are in characters, not bytes, and control characters in a member's
//     identity do not break its line.
//   - Listing neither waits for anybody nor makes anybody wait; each row is true
//     at a moment of its own. There, a pattern with a dot stops all changes.
//     (VDIRE-5)
//
// least-connections and dns directors, which Varnish's vmod_directors has not,
// are listed in the same manner.
//
// # Concurrency
//
// All functions may be called from any goroutine. They hold no lock while they
// ask types and while they write.
package list
