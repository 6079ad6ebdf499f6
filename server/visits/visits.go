// Package visits counts how often in-product links are opened and how many
// people say there that they see trouble, by key and time, and nothing else: no
// address, no cookie, no browser is kept. What a network counts for is known in
// memory alone, and forgotten.
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
	"github.com/countersign/countersign/comms/rise"
)

// Tally is how often a link was opened, and how many people said there that
// they see trouble.
type Tally struct{ Visits, Reports int64 }

// Count is what was counted of a key of the plan in the five minutes, or as it
// is read the hour, that begin at a time in UTC.
type Count struct {
	Key string
	At  time.Time
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
}

// Of sums up the totals of a link, under the keys that it had before as well.
func Of(all []Totals, l comms.Link) Totals {
	out := Totals{Key: l.Key}
	for _, t := range all {
		if l.Had(t.Key) {
			out.Hour, out.Day, out.Month = out.Hour.with(t.Hour), out.Day.with(t.Day), out.Month.with(t.Month)
		}
	}
	return out
}

func (t Tally) with(o Tally) Tally { return Tally{t.Visits + o.Visits, t.Reports + o.Reports} }

// Renamed gives each count the key that its link has now.
func Renamed(counts []Count, links []comms.Link) []Count {
	now := former(links)
	out := slices.Clone(counts)
	for i, c := range out {
		out[i].Key = cmp.Or(now[c.Key], c.Key)
	}
	return out
}

// former leads from keys that links had before to those that they have.
func former(links []comms.Link) map[string]string {
	out := map[string]string{}
	for _, l := range links {
		for _, key := range l.Former {
			out[key] = l.Key
		}
	}
	return out
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
	AddVisits(ctx context.Context, counts []Count, unknown []Unknown) (kept []string, err error)
}

// The bounds in memory. Counts pile up only while the database fails, and then
// by the hour: these are enough for 50 keys for eight days.
const mostCounts = 10_000

// inFull is how long counts that cannot be stored are kept by five minutes.
const inFull = 2 * time.Hour

// What one network counts for at one key: so many at once, and then one each.
// That is five an hour at most, however often a page is loaded again, and below
// what rise.LeastVisits and rise.LeastReports ask for.
const (
	networkBurst = 3
	NetworkEvery = 30 * time.Minute
)

// every is how often counts are stored. It leaves the write two of the five
// seconds that a kill may cost.
const every = 3 * time.Second

// Counter counts. It is safe for use by several goroutines.
type Counter struct {
	store Store
	now   func() time.Time
	log   *slog.Logger

	visitors *networks // how often a network counts as a visit of a key
	voices   *networks // how often a network may say of a key that it sees trouble
	fresh    *networks // how many keys a network may bring that nobody knows

	storing sync.Mutex // one flush at a time
	mu      sync.Mutex // of what follows
	counts  map[countKey]*Tally
	unknown map[string]*Unknown
	kept    map[string]bool // unknown keys that are stored by name
}

type countKey struct {
	key string
	at  time.Time
}

// New makes a counter; Run stores what it counts.
func New(store Store, now func() time.Time, log *slog.Logger) (*Counter, error) {
	c := &Counter{store: store, now: now, log: log, counts: map[countKey]*Tally{}, unknown: map[string]*Unknown{}, kept: map[string]bool{}}
	var err error
	// A family or a small office shares an address: a few may speak at once.
	if c.visitors, err = newNetworks(networkBurst, NetworkEvery); err != nil {
		return nil, err
	}
	if c.voices, err = newNetworks(networkBurst, NetworkEvery); err != nil {
		return nil, err
	}
	// A product brings the same few keys again and again; random ones end here.
	c.fresh, err = newNetworks(20, 10*time.Minute)
	return c, err
}

// Visit counts that a link was opened, unless this network has opened it often
// enough. known says whether the plan has the key; network is what the address
// counts as, and is not kept.
func (c *Counter) Visit(key string, known bool, network string) {
	if !c.visitors.allow(at(key, known, network), c.now()) {
		return
	}
	c.add(key, known, network, Tally{Visits: 1})
}

// Report counts that somebody sees trouble. It tells false, and counts
// nothing, when this network has said so often enough.
func (c *Counter) Report(key string, known bool, network string) bool {
	if !c.voices.allow(at(key, known, network), c.now()) {
		return false
	}
	c.add(key, known, network, Tally{Reports: 1})
	return true
}

// at is a network at a key. What no key can be is one.
func at(key string, known bool, network string) string {
	if !known && !comms.LinkKey(key) {
		key = Others
	}
	return key + " " + network
}

func (c *Counter) add(key string, known bool, network string, t Tally) {
	now := c.now().UTC()
	c.mu.Lock()
	defer c.mu.Unlock()
	if known {
		c.addCount(countKey{key, now.Truncate(rise.Slot)}, t)
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

func (c *Counter) addCount(k countKey, t Tally) {
	sum, ok := c.counts[k]
	if !ok {
		if len(c.counts) >= mostCounts {
			return
		}
		sum = &Tally{}
		c.counts[k] = sum
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
	counts, unknown := c.take()
	if len(counts)+len(unknown) == 0 {
		return nil
	}
	kept, err := c.store.AddVisits(ctx, counts, unknown)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		old := c.now().Add(-inFull)
		for _, n := range counts {
			if n.At.Before(old) {
				n.At = n.At.Truncate(time.Hour)
			}
			c.addCount(countKey{n.Key, n.At}, n.Tally)
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
func (c *Counter) take() ([]Count, []Unknown) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var counts []Count
	for k, t := range c.counts {
		counts = append(counts, Count{k.key, k.at, *t})
	}
	var unknown []Unknown
	for _, u := range c.unknown {
		unknown = append(unknown, *u)
	}
	c.counts, c.unknown = map[countKey]*Tally{}, map[string]*Unknown{}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(strings.Compare(a.Key, b.Key), a.At.Compare(b.At)) })
	slices.SortFunc(unknown, func(a, b Unknown) int { return strings.Compare(a.Key, b.Key) })
	return counts, unknown
}
