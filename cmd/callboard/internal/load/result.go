package load

import (
	"cmp"
	"slices"
	"time"
)

// A Change is something that was done to the server under test.
type Change struct {
	At  int64  `json:"at"`  // Unix time just before it was done, in nanoseconds
	Seq uint64 `json:"seq"` // of the first message that may tell all of it
}

// A Result is what a crowd got during one measurement.
type Result struct {
	// Messages is how many different ones there were, over all views, and
	// Deliveries how often one came to a client.
	Messages, Deliveries int
	// Bytes is the size of all deliveries, without the headers of frames.
	Bytes int64
	// Latency has for each change and each client the time from the change to
	// the message that tells of it.
	Latency Sample
	// Missing counts what a client should have got and did not: messages that
	// others of its view got, and changes that nobody was told of.
	Missing int
	// Faults counts everything else that was wrong, and Words tells of the
	// first few.
	Faults int
	Words  []string
	// Sent are the messages in the order in which they came first, those of
	// the views in turn: as many as one client got.
	Sent []Sent
}

// A Sent is one message, for a server that sends the same once more.
type Sent struct {
	Seq  uint64 `json:"seq"`
	Text string `json:"text"`
}

// Begin starts a measurement. Nothing may be on its way to any client.
func (c *Crowd) Begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun = time.Now()
	c.faults = faults{}
	for _, v := range c.views {
		v.messages, v.bytes = nil, 0
	}
	for i := range c.clients {
		c.clients[i].next = 0
		if c.clients[i].gone {
			c.faults.add("a client was lost before")
		}
	}
}

// End ends the measurement and returns what came of these changes, which are in
// order.
func (c *Crowd) End(changes []Change) Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Result{Faults: c.faults.count, Words: c.faults.words}
	var latencies []time.Duration
	for _, v := range c.views {
		r.Messages += len(v.messages)
		r.Bytes += v.bytes
		for _, m := range v.messages {
			for _, came := range m.came {
				if came < 0 {
					r.Missing++
				} else {
					r.Deliveries++
				}
			}
		}
		latencies = v.latencies(latencies, c.begun, changes, &r.Missing)
	}
	r.Latency = NewSample(latencies)
	r.Sent = c.sentLocked()
	c.begun = time.Time{}
	return r
}

// latencies appends how long each change took to each client. A change that no
// message tells of is missing to all.
func (v *view) latencies(all []time.Duration, begun time.Time, changes []Change, missing *int) []time.Duration {
	i := 0
	for _, change := range changes {
		for i < len(v.messages) && v.messages[i].seq < change.Seq {
			i++
		}
		if i == len(v.messages) {
			*missing += v.clients
			continue
		}
		start := time.Duration(change.At - begun.UnixNano())
		for _, came := range v.messages[i].came {
			if came >= 0 {
				all = append(all, time.Duration(came)*time.Microsecond-start)
			}
		}
	}
	return all
}

func (c *Crowd) sentLocked() (sent []Sent) {
	for i := 0; ; i++ {
		v := c.views[i%len(c.views)]
		if i >= len(v.messages) {
			break
		}
		m := v.messages[i]
		sent = append(sent, Sent{Seq: m.seq, Text: string(m.text)})
	}
	// The numbers of two views need not fall together.
	slices.SortStableFunc(sent, func(a, b Sent) int { return cmp.Compare(a.Seq, b.Seq) })
	return sent
}
