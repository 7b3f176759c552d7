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
// DIR/<instance>/<UTC time>-<epoch>.ndjson, one for each run. Each line is a record
// and its checksum, CRC-32C of the record's bytes:
//
//	{"crc":"e3069283","record":…}
//
// The first record is a header, then comes the state at one sequence number, told as
// events that all have that number, and then what followed, as the API shows it:
// a record is the list of the events of one command, with what happened while it was
// under way, or one event that came by itself. Commands that overlapped share one.
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
// that had one do not come back. Its lines have checksums, too.
//
// Files of format 1, which had no checksums and one event a line, are read; each run
// writes a new file, of format 2.
//
// # Damage
//
// What the disk did not take to its end, a last line without an end or blocks that
// were never written, is left out, and the log says so: these are whole commands,
// since each is one record. Anything else that is not as it was written, down to a
// single bit, and a kind of event that the program does not know, is an error of
// [Open] that names file and line, and nothing is changed.
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
// [Journal.Written] returns when everything up to an event was written: handed to the
// system, which keeps it however the program ends, kill -9 included. A server waits
// for that before it answers a command. The disk is synced beside that, as often as
// it can, by another goroutine, so that no command waits for a sync; a machine that
// loses its power may lose the last of them, but what is kept is a prefix of what
// happened, and has commands whole. With Options.Durable, Written waits for the sync,
// which is shared by all who wait at that time.
//
// While the disk takes nothing, everything goes on, Written fails at once, and
// [Journal.Failing] and the log, again and again, say why. The journal tries again
// every Options.Retry: then it begins a new file with the state, so that nothing that
// happened meanwhile is missing.
//
// # Concurrency
//
// Open, Restore and Start are called one after the other, by one goroutine.
// Then one goroutine of the Journal writes and one syncs; [Journal.Close] waits for
// their end. Written, Failing and Close may be called from any goroutine. One mutex
// guards how far the two have come, and is not held while either is at the disk.
package journal
