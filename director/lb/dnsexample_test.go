package lb_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// static is a resolver that always says the same.
type static struct{ lb.DNSResolver }

func (static) LookupAddr(context.Context, string, string) ([]lb.AddrRecord, error) {
	return []lb.AddrRecord{{Addr: netip.MustParseAddr("10.0.0.1"), TTL: time.Minute}}, nil
}

func ExampleNewDNS() {
	rt := director.New(director.Options{})
	defer rt.Close(context.Background())
	boot, err := rt.AddVCL("boot")
	if err != nil {
		fmt.Println(err)
		return
	}
	shop, err := lb.NewDNS(lb.DNSOptions{Host: "shop.internal", Port: 8080, Resolver: static{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := boot.Add("shop", shop)
	if err != nil {
		fmt.Println(err)
		return
	}
	leaf, err := d.Resolve(&director.Task{}) // waits for the first lookup
	if err != nil {
		fmt.Println(err)
		return
	}
	defer leaf.Drop()
	fmt.Println(leaf.Director().Name())
	// Output: shop(10.0.0.1:8080)
}
