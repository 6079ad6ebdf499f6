package rise

import "time"

// Slot is how finely the latest counts are told apart.
const Slot = 5 * time.Minute

// The windows that are looked at: the short one sees what breaks at once, the
// long one what fails slowly.
const (
	Short = 15 * time.Minute
	Long  = time.Hour
)

// The least that is ever a rise. A network counts five times an hour at most
// for one key, so that no rise is one customer, or one program, alone.
const (
	LeastVisits  = 12
	LeastReports = 6
)

// Times is how many times the usual a rise is at least.
const Times = 2

// chance is how probable it may be at most that so many come without a cause.
// Two windows are looked at, some thousand times a week.
const chance = 1e-5

// A rise is over once the last hour is back here.
const (
	calmTimes  = 1.5
	calmChance = 0.01
)

// Known is how many hours of the past are used: four weeks and the day by which
// their level is found.
const Known = 4*week + day + 8

const (
	day  = 24
	week = 7 * day
)

// Reading is what a look at the counts shows.
type Reading struct {
	Rises bool
	Calm  bool // the last hour is as usual; what rose is over
	// Window is the one that rises, or the long one.
	Window time.Duration
	Count  int64   // came in it
	Usual  float64 // come in such a window at this time
}

// Look reads the latest counts at a time of the hour for which the usual was
// learnt. Slots has the five minutes that go on first, then those before; an
// hour and five minutes of them are enough. Below least nothing is a rise.
func (u Usual) Look(slots []int64, least int64, now time.Time) Reading {
	long, e := u.window(Long, slots, least, now)
	if long.Rises {
		return long
	}
	if short, _ := u.window(Short, slots, least, now); short.Rises {
		return short
	}
	long.Calm = long.Count < least || float64(long.Count) < calmTimes*e.mean || e.tail(long.Count) > calmChance
	return long
}

// window compares what came since the beginning of the slot that lies so far
// back with what is usual.
func (u Usual) window(length time.Duration, slots []int64, least int64, now time.Time) (Reading, expected) {
	from := now.Add(-length).Truncate(Slot)
	r := Reading{Window: length}
	for i := range int(now.Truncate(Slot).Sub(from)/Slot) + 1 {
		r.Count += at(slots, i)
	}
	e := u.between(from, now)
	r.Usual = e.mean
	r.Rises = r.Count >= least && float64(r.Count) >= Times*e.mean && e.tail(r.Count) < chance
	return r, e
}

func at(list []int64, i int) int64 {
	if i < 0 || i >= len(list) {
		return 0
	}
	return list[i]
}
