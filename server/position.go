package server

import (
	"strconv"
	"strings"
)

// A position is where a client stands: the epoch and the sequence number that
// it last saw, as it says itself.
type position struct {
	epoch string
	seq   uint64
}

// An epoch as a page has it is that of the instance, a dot, and the number of
// the run of its group: the patches of one run fit no page of another, since
// where the cards stand depends on all that was shown before. Programs that
// know nothing of pages use the plain epoch.
func (p position) isOf(epoch string, run uint64) bool {
	return p.epoch == epoch || p.epoch == runEpoch(epoch, run)
}

func runEpoch(epoch string, run uint64) string {
	return epoch + "." + strconv.FormatUint(run, 36)
}

// named is how the epoch is to be named to this client.
func (p position) named(epoch string, run uint64) string {
	if strings.HasPrefix(p.epoch, epoch+".") {
		return runEpoch(epoch, run)
	}
	return epoch
}
