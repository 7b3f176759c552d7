package server

import "sync"

// keptTimelines is how many time lines are kept for those who ask for the same.
const keptTimelines = 16

// A timelineCache keeps the newest answer to each of the last few queries, so
// that a room of viewers costs as much as one. Answers are made one at a time:
// the past of a large tree must not take more than one core from its requests.
type timelineCache struct {
	mu   sync.Mutex // guards the fields below
	kept []keptTimeline
}

type keptTimeline struct {
	query, tag string
	body       []byte
}

// get returns the answer to the query that has the tag, and makes it if need be.
func (c *timelineCache) get(query, tag string, make func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, k := range c.kept {
		if k.query != query {
			continue
		}
		if k.tag == tag {
			return k.body, nil
		}
		c.kept = append(c.kept[:i], c.kept[i+1:]...)
		break
	}
	body, err := make()
	if err != nil {
		return nil, err
	}
	if len(c.kept) == keptTimelines {
		c.kept = append(c.kept[:0], c.kept[1:]...)
	}
	c.kept = append(c.kept, keptTimeline{query, tag, body})
	return body, nil
}
