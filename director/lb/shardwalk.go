package lb

// A walk goes round a ring from one point and meets every member once
// (vmod_directors_shard_dir.c, shard_next and struct shard_state).
type walk struct {
	ring    *ring
	healthy []bool
	at      int // index of the next point to look at
	seen    []uint64
	unseen  int // members not met yet
	// last is the member chosen last. previous is the one chosen before it, or
	// the healthy one that was skipped most recently: what serves when the walk
	// ends without another. -1 for none.
	last, previous int
}

// next goes on until it has skipped some members and chosen another, and
// reports whether it could. Where only healthy members count, sick ones are
// neither skipped nor chosen.
func (w *walk) next(skip int, needHealthy bool) bool {
	for w.unseen > 0 {
		m := w.ring.owner(w.at)
		if w.at++; w.at == w.ring.len() {
			w.at = 0
		}
		if w.seen[m/64]&(1<<(m%64)) != 0 {
			continue
		}
		w.seen[m/64] |= 1 << (m % 64)
		w.unseen--
		switch healthy := w.healthy[m]; {
		case needHealthy && !healthy:
		case skip == 0:
			if w.last >= 0 {
				w.previous = w.last
			}
			w.last = m
			return true
		default:
			if healthy {
				w.previous = m
			}
			skip--
		}
	}
	return false
}

// pickAlternative is the pick for alt > 0 (sharddir_pick_be_locked). Its answer
// is none, -1, when all members after those skipped are sick, even if the one
// skipped last is healthy: that one is in last, not in previous. Varnish's
// recorded answers have it so.
func (r *ring) pickAlternative(from, alt int, mode Healthy, healthy []bool) int {
	var few [16]uint64
	seen := few[:]
	if words := (len(healthy) + 63) / 64; words > len(few) {
		seen = make([]uint64, words)
	}
	w := walk{ring: r, healthy: healthy, at: from, seen: seen, unseen: len(healthy), last: -1, previous: -1}
	if !w.next(alt-1, mode == All) || !w.next(0, mode != Ignore) {
		return w.previous
	}
	return w.last
}

// firstHealthy returns the first healthy member at or after a point, other than
// the one that is excepted, and -1 if there is none. Members need not be marked
// as seen: one that was passed over would be passed over again. The caller
// makes sure that the walk is not in vain, else it goes round the whole ring.
func (r *ring) firstHealthy(from, except int, healthy []bool) int {
	n := r.len()
	for range n {
		if m := r.owner(from); healthy[m] && m != except {
			return m
		}
		if from++; from == n {
			from = 0
		}
	}
	return -1
}
