// Package limit counts what is done by key, in memory that no flood of keys
// can fill, and says what an address counts as.
package limit

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Recent remembers something by key, for at most two generations of a size:
// when the younger is full the older is forgotten, so that no flood of names or
// addresses takes more memory than that. It is safe for use by several
// goroutines.
type Recent[V any] struct {
	size         int
	mu           sync.Mutex
	young, older map[string]V
}

// NewRecent makes one of so many keys a generation.
func NewRecent[V any](size int) *Recent[V] {
	return &Recent[V]{size: size, young: map[string]V{}}
}

// Of returns what is remembered of a key, and remembers what fresh makes if
// there is nothing.
func (r *Recent[V]) Of(key string, fresh func() V) V {
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

// Has tells whether something is remembered of a key.
func (r *Recent[V]) Has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, young := r.young[key]
	_, older := r.older[key]
	return young || older
}

// Limits counts by key.
type Limits struct {
	every time.Duration
	burst int
	keys  *Recent[*rate.Limiter]
}

// New makes limits that let a burst through by each key, and one more each
// time the duration has passed; size is as in NewRecent.
func New(every time.Duration, burst, size int) *Limits {
	return &Limits{every: every, burst: burst, keys: NewRecent[*rate.Limiter](size)}
}

// Of is the limiter of a key.
func (l *Limits) Of(key string) *rate.Limiter {
	return l.keys.Of(key, func() *rate.Limiter { return rate.NewLimiter(rate.Every(l.every), l.burst) })
}

// Take counts one, and returns 0; or it counts nothing, and returns how long
// until it may be done.
func (l *Limits) Take(key string, now time.Time) (wait time.Duration) {
	r := l.Of(key).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
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
