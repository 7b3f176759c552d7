package view

import "testing"

// The shares that members of equal weight have waver a little as requests come
// one by one: the line must not change its width each time.
func TestWidthOfALineDoesNotWaver(t *testing.T) {
	for members := 1; members <= 5; members++ {
		share := 1 / float64(members)
		want := shareClass(share)
		for _, near := range []float64{0.97 * share, 1.03 * share} {
			if got := shareClass(near); got != want {
				t.Errorf("%d members, share %.3f: got %s, want %s as at %.3f", members, near, got, want, share)
			}
		}
	}
	if few, most := shareClass(0.02), shareClass(1); few != "share-0" || most != "share-5" {
		t.Errorf("got %s and %s, want share-0 and share-5", few, most)
	}
}
