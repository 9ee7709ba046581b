package httpd

import (
	"context"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// suspicion remembers where wrong passwords have just come from. For so long as
// a wrong one costs, whatever comes from there is looked at only when that time is
// over, be it right or wrong. So who takes silence for a no and hangs up learns
// nothing by it, and each connection is good for one guess in that time.
//
// The right password has to wait for that long at most, however many guess, and
// not at all on a connection on which it has been given before: nobody is locked
// out by the guesses of others. The memory is of a fixed size; sources that share
// a place in it share the suspicion.
type suspicion struct {
	seed maphash.Seed

	mu    sync.Mutex
	until [suspects]time.Time
}

const suspects = 512

func newSuspicion() *suspicion { return &suspicion{seed: maphash.MakeSeed()} }

// raise notes that a wrong password has come from an address.
func (s *suspicion) raise(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until[s.place(address)] = time.Now().Add(failureDelay)
}

// left returns for how long what comes from an address has to wait.
func (s *suspicion) left(address string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Until(s.until[s.place(address)])
}

func (s *suspicion) place(address string) int {
	return int(maphash.String(s.seed, source(address)) % suspects)
}

// source is what of an address cannot be changed at will: not the port, and not
// the half of an IPv6 address that whoever has a network may choose. All that
// come by a unix socket are one.
func source(address string) string {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	ip := a.Addr().Unmap()
	if ip.Is4() {
		return ip.String()
	}
	const network = 64 // bits
	p, err := ip.WithZone("").Prefix(network)
	if err != nil {
		return ""
	}
	return p.String()
}

// pause lets time pass, but no longer than ctx. Meanwhile the connection may be
// pushed out by others.
func (c *conn) pause(ctx context.Context, d time.Duration) {
	c.listener.await(c)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
