// Package visits counts how often in-product links are opened and how many
// people say there that they see trouble, by key and hour, and nothing else: no
// address, no cookie, no browser is kept.
//
// Counts are collected in memory and stored every few seconds as increments, so
// that reading a link waits for no database, several processes add up, and a
// process that is killed loses the counts of five seconds at most. While the
// database fails they stay in memory, within bounds.
package visits

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/comms"
)

// Tally is how often a link was opened, and how many people said there that
// they see trouble.
type Tally struct{ Visits, Reports int64 }

// Hour is what was counted of a key of the plan in one hour.
type Hour struct {
	Key  string
	Hour time.Time // its beginning, in UTC
	Tally
}

// Unknown is what was counted of a key that the plan does not have. The key
// Others stands for all that are not kept by name.
type Unknown struct {
	Key         string
	First, Last time.Time
	Tally
}

// Totals is what was counted of a key of the plan in the time before now. An
// hour counts whole, so that the latest hour is one to two.
type Totals struct {
	Key              string
	Hour, Day, Month Tally
	// Week is the seven days before the latest hours: what is usual.
	Week Tally
}

// Others is the key of everything that is counted without a name: addresses
// that no key can have, and keys beyond the bounds.
const Others = ""

// MostUnknown is how many unknown keys are kept by name. A product has a few
// dozen places that lead here; what goes beyond this is a flood.
const MostUnknown = 500

// Store keeps counts.
type Store interface {
	// AddVisits adds to what is counted, all of it or nothing. It returns the
	// unknown keys that are kept by name: those with the highest counts, and of
	// equal ones the latest, at most MostUnknown.
	AddVisits(ctx context.Context, hours []Hour, unknown []Unknown) (kept []string, err error)
}

// The bounds in memory. Hours pile up only while the database fails: these are
// enough for 50 keys for eight days.
const mostHours = 10_000

// every is how often counts are stored. It leaves the write two of the five
// seconds that a kill may cost.
const every = 3 * time.Second

// Counter counts. It is safe for use by several goroutines.
type Counter struct {
	store Store
	now   func() time.Time
	log   *slog.Logger

	voices *networks // how often a network may say that it sees trouble
	fresh  *networks // how many keys a network may bring that nobody knows

	storing sync.Mutex // one flush at a time
	mu      sync.Mutex // of what follows
	hours   map[hourKey]*Tally
	unknown map[string]*Unknown
	kept    map[string]bool // unknown keys that are stored by name
}

type hourKey struct {
	key  string
	hour time.Time
}

// New makes a counter; Run stores what it counts.
func New(store Store, now func() time.Time, log *slog.Logger) (*Counter, error) {
	c := &Counter{store: store, now: now, log: log, hours: map[hourKey]*Tally{}, unknown: map[string]*Unknown{}, kept: map[string]bool{}}
	var err error
	// A family or a small office shares an address: a few may speak at once.
	if c.voices, err = newNetworks(5, time.Minute); err != nil {
		return nil, err
	}
	// A product brings the same few keys again and again; random ones end here.
	c.fresh, err = newNetworks(20, 10*time.Minute)
	return c, err
}

// Visit counts that a link was opened. known says whether the plan has the
// key; network is what the address counts as, and is not kept.
func (c *Counter) Visit(key string, known bool, network string) {
	c.add(key, known, network, Tally{Visits: 1})
}

// Report counts that somebody sees trouble. It tells false, and counts
// nothing, when this network has said so often enough.
func (c *Counter) Report(key string, known bool, network string) bool {
	if !c.voices.allow(network, c.now()) {
		return false
	}
	c.add(key, known, network, Tally{Reports: 1})
	return true
}

func (c *Counter) add(key string, known bool, network string, t Tally) {
	now := c.now().UTC()
	c.mu.Lock()
	defer c.mu.Unlock()
	if known {
		c.addHour(hourKey{key, now.Truncate(time.Hour)}, t)
		return
	}
	c.addUnknown(Unknown{c.named(key, network, now), now, now, t})
}

// named is the key, or Others if it cannot be kept by name.
func (c *Counter) named(key, network string, now time.Time) string {
	if _, pending := c.unknown[key]; pending || c.kept[key] {
		return key
	}
	if !comms.LinkKey(key) || len(c.unknown) >= MostUnknown || !c.fresh.allow(network, now) {
		return Others
	}
	return key
}

func (c *Counter) addHour(k hourKey, t Tally) {
	sum, ok := c.hours[k]
	if !ok {
		if len(c.hours) >= mostHours {
			return
		}
		sum = &Tally{}
		c.hours[k] = sum
	}
	sum.Visits += t.Visits
	sum.Reports += t.Reports
}

func (c *Counter) addUnknown(u Unknown) {
	sum, ok := c.unknown[u.Key]
	if !ok {
		c.unknown[u.Key] = &u
		return
	}
	if u.First.Before(sum.First) {
		sum.First = u.First
	}
	if u.Last.After(sum.Last) {
		sum.Last = u.Last
	}
	sum.Visits += u.Visits
	sum.Reports += u.Reports
}

// Flush stores what was counted since. When it fails, the counts stay and the
// next one stores them.
func (c *Counter) Flush(ctx context.Context) error {
	c.storing.Lock()
	defer c.storing.Unlock()
	hours, unknown := c.take()
	if len(hours)+len(unknown) == 0 {
		return nil
	}
	kept, err := c.store.AddVisits(ctx, hours, unknown)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		for _, h := range hours {
			c.addHour(hourKey{h.Key, h.Hour}, h.Tally)
		}
		for _, u := range unknown {
			c.addUnknown(u)
		}
		return err
	}
	c.kept = map[string]bool{}
	for _, key := range kept {
		c.kept[key] = true
	}
	return nil
}

// Run stores counts until the context ends, and then once more. A failure is
// logged when it begins and when it is over.
func (c *Counter) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		ended := false
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		err := c.flushWithin(ctx, patience)
		switch {
		case err != nil && !failing:
			c.log.WarnContext(ctx, "visits of in-product links cannot be stored; they are kept in memory", "error", err)
		case err == nil && failing:
			c.log.InfoContext(ctx, "visits of in-product links are stored again")
		}
		failing = err != nil
		if ended {
			return
		}
	}
}

// patience is how long one write may take; it is meant for the last one, which
// must not keep a stopping process.
const patience = 5 * time.Second

// flushWithin flushes also when the context has ended.
func (c *Counter) flushWithin(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return c.Flush(ctx)
}

// take empties the counter, in an order that is the same in every process, so
// that two of them do not wait for each other's rows.
func (c *Counter) take() ([]Hour, []Unknown) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var hours []Hour
	for k, t := range c.hours {
		hours = append(hours, Hour{k.key, k.hour, *t})
	}
	var unknown []Unknown
	for _, u := range c.unknown {
		unknown = append(unknown, *u)
	}
	c.hours, c.unknown = map[hourKey]*Tally{}, map[string]*Unknown{}
	slices.SortFunc(hours, func(a, b Hour) int { return cmp.Or(strings.Compare(a.Key, b.Key), a.Hour.Compare(b.Hour)) })
	slices.SortFunc(unknown, func(a, b Unknown) int { return strings.Compare(a.Key, b.Key) })
	return hours, unknown
}
