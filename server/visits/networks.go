package visits

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// mostNetworks is how many networks are told apart at once: a few megabytes.
// The one that was heard of longest ago is forgotten first.
const mostNetworks = 20_000

// networks limits how often each network may do something.
type networks struct {
	burst int
	every time.Duration // one more each
	seen  *lru.Cache[string, *rate.Limiter]
}

func newNetworks(burst int, every time.Duration) (*networks, error) {
	seen, err := lru.New[string, *rate.Limiter](mostNetworks)
	if err != nil {
		return nil, fmt.Errorf("make room for networks: %w", err)
	}
	return &networks{burst, every, seen}, nil
}

func (n *networks) allow(network string, now time.Time) bool {
	fresh := rate.NewLimiter(rate.Every(n.every), n.burst)
	limiter, ok, _ := n.seen.PeekOrAdd(network, fresh)
	if !ok {
		limiter = fresh
	}
	n.seen.Get(network) // it is the latest to be heard of
	return limiter.AllowN(now, 1)
}
