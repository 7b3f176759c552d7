// Package main uses the client that a generator has made of the board's OpenAPI
// document. It prints "works" if what it does comes about.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"apiclient/client"
)

func main() {
	if err := use(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
	fmt.Println("works")
}

// use adds a director, points its slot elsewhere, reads it, and is refused.
func use(ctx context.Context, board string) error {
	c, err := client.NewClientWithResponses(board + "api/v1")
	if err != nil {
		return err
	}
	weight := 2.5
	made, err := c.PostDirectorsWithResponse(ctx, "demo", client.NewDirector{
		Name: "spare", Type: ptr("random"), Members: &[]client.NewMember{{Director: ptr("a1"), Weight: &weight}},
	})
	if err != nil || made.JSON201 == nil {
		return fmt.Errorf("add: %v %s", err, made.Body)
	}
	moved, err := c.PutDirectorsDMembersSlotWithResponse(ctx, "demo", "spare", 1, client.NewMember{Director: ptr("a2")})
	if err != nil || moved.JSON200 == nil {
		return fmt.Errorf("assign: %v %s", err, moved.Body)
	}
	got, err := c.GetDirectorsDWithResponse(ctx, "demo", "boot.spare")
	if err != nil || got.JSON200 == nil {
		return fmt.Errorf("read: %v %s", err, got.Body)
	}
	if m := got.JSON200.Members; len(m) != 1 || m[0].Director != "a2" || m[0].Weight != 2.5 {
		return fmt.Errorf("members: got %+v, want a2 with weight 2.5", m)
	}
	probed, err := c.GetDirectorsDWithResponse(ctx, "demo", "a2")
	if err != nil || probed.JSON200 == nil {
		return fmt.Errorf("read a backend: %v %s", err, probed.Body)
	}
	if p := probed.JSON200.Health.Probe; p == nil || len(p.Happy) != 64 {
		return fmt.Errorf("probe: got %+v, want 64 bits", p)
	}
	refused, err := c.PutHealthWithResponse(ctx, "demo", client.HealthBody{Pattern: "nobody", Admin: "sick"})
	if err != nil || refused.ApplicationproblemJSON404 == nil {
		return fmt.Errorf("health of nobody: %v %s", err, refused.Body)
	}
	return nil
}

func ptr[T any](v T) *T { return &v }
