package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/countersign/countersign/comms/plan"
)

// recent remembers something by key, for at most two generations of `size`
// keys: when the younger is full the older is forgotten, so that no flood of
// names or addresses takes more memory than that.
type recent[V any] struct {
	size         int
	mu           sync.Mutex
	young, older map[string]V
}

func newRecent[V any](size int) *recent[V] {
	return &recent[V]{size: size, young: map[string]V{}}
}

// of returns what is remembered of a key, and remembers what fresh makes if
// there is nothing.
func (r *recent[V]) of(key string, fresh func() V) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.young[key]; ok {
		return v
	}
	v, ok := r.older[key]
	if !ok {
		v = fresh()
	}
	if len(r.young) >= r.size {
		r.older, r.young = r.young, map[string]V{}
	}
	r.young[key] = v
	return v
}

func (r *recent[V]) has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, young := r.young[key]
	_, older := r.older[key]
	return young || older
}

// limits counts attempts by key.
type limits struct {
	every time.Duration // one more attempt each
	burst int
	keys  *recent[*rate.Limiter]
}

func newLimits(every time.Duration, burst, size int) *limits {
	return &limits{every: every, burst: burst, keys: newRecent[*rate.Limiter](size)}
}

func (l *limits) of(key string) *rate.Limiter {
	return l.keys.of(key, func() *rate.Limiter { return rate.NewLimiter(rate.Every(l.every), l.burst) })
}

// take counts an attempt, or refuses with *Limited.
func (l *limits) take(key string, now time.Time) error {
	_, err := hold([]count{{l, key}}, now)
	return err
}

// count is one limit that an attempt counts against, and as whose.
type count struct {
	limits *limits
	key    string
}

// hold counts an attempt against every limit, or against none and refuses with
// *Limited. It returns how to take it back: attempts that succeed do not count.
func hold(counts []count, now time.Time) (forgive func(), err error) {
	var held []*rate.Reservation
	forgive = func() {
		for _, r := range held {
			r.CancelAt(now)
		}
	}
	for _, c := range counts {
		r := c.limits.of(c.key).ReserveN(now, 1)
		held = append(held, r)
		if wait := r.DelayFrom(now); wait > 0 {
			forgive()
			return nil, &Limited{Until: now.Add(wait)}
		}
	}
	return forgive, nil
}

// limitKey is a name as it is counted: what somebody types as one may be long.
func limitKey(person plan.PersonID) string {
	return string(person[:min(len(person), 64)])
}

// Network is what an address counts as: an IPv4 address itself, an IPv6
// address as its /64, which is what one customer of a provider gets.
func Network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr.String()
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return p.String()
}
