// Package journal keeps an instance on disk, so that it survives a restart and
// a sudden end.
//
//	j, err := journal.Open(dir, journal.Options{Instance: rt.Name(), Make: server.MakeDirector, Conceal: server.Conceal})
//	if err != nil {
//		return err // somebody else has it, or what is in it cannot be read
//	}
//	report := j.Restore(rt) // what was there before, if anything was
//	if err := j.Start(rt); err != nil {
//		return err
//	}
//	…
//	err = j.Close() // before rt.Close, which deletes everything
//
// # Files
//
// DIR/<instance>/<UTC time>-<epoch>.ndjson, one for each run. The first line is
// a header, then comes the state at one sequence number, told as events that all
// have that number, and then every event that followed, as the API shows them.
// A file comes to its name only when the state in it is complete and synced, so
// whenever the program ends, the newest file is a whole one. Usually a run has
// one file; it gets a further one when the file has grown far beyond the state,
// when events came faster than the disk could take them, and after an error of
// the disk. The newest files stay, older ones are deleted. DIR/.lock keeps a
// second process out.
//
// DIR/<instance>/secrets.ndjson, of mode 0600, has what events only name: the
// secrets of directors that are not destroyed, or whose delete can be undone. A
// secret is written before the event that names it, and taken out some seconds
// after its last use has ended; with the files of former runs alone, directors
// that had one do not come back.
//
// # What comes back
//
// VCLs in their order, with state, labels and which one is active; a VCL that was
// warm, or on its way from cold, is warm, any other is cold. Directors that
// were live and have a Config in their director.added event, with members in the
// order of their slots, weights, admin health, default slots, and pins with
// their notes.
//
// What does not: directors that were deleted and lingered, since nothing holds
// them any more, or that step mode held on their way there; step mode itself,
// which is off in the new run; directors without Config, which Go code or the dns type made
// and will make again; requests; what probes had found; a VCL that was being
// loaded or, where that can be seen, discarded. Sequence numbers, IDs, the
// numbers of pins and of member slots, and the times of changes are those of the
// new run: slots are numbered from 1 without holes. All directors count as
// loaded with their VCL, which decides in what order a discard takes them.
//
// # What may be lost
//
// Nothing waits for the disk: a command may be answered some milliseconds before
// it is kept, and a crash within them undoes it. Otherwise what is kept is a
// prefix of what happened.
//
// # Concurrency
//
// Open, Restore and Start are called one after the other, by one goroutine.
// Then a goroutine of the Journal writes; [Journal.Close] waits for its end.
// Err and Close may be called from any goroutine. There is no lock but that of
// the error that Err returns.
package journal
