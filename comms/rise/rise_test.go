package rise_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/rise"
)

const (
	perHour = 12 // slots
	perDay  = 24 * perHour
	perWeek = 7 * perDay
)

// monday is when every traffic begins.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// traffic is made up customers, by slots of five minutes.
type traffic struct {
	random *rand.Rand
	slots  []int64
	hours  []int64
	usual  *rise.Usual
	learnt int // the hour for which it was
}

// made draws the visits of some weeks: a daily rhythm with quiet nights, half
// as much at weekends, hours that differ by a fifth beside chance, times shape.
func made(seed uint64, weeks int, perHourMean float64, shape func(slot int) float64) *traffic {
	t := &traffic{random: rand.New(rand.NewPCG(seed, 7))}
	noise := 1.0
	for s := range weeks * perWeek {
		if s%perHour == 0 {
			noise = max(0.3, 1+0.2*t.random.NormFloat64())
		}
		t.slots = append(t.slots, t.poisson(perHourMean*rhythm(s)*noise*shape(s)/perHour))
	}
	t.total()
	return t
}

func (t *traffic) total() {
	t.hours = make([]int64, len(t.slots)/perHour)
	for s, n := range t.slots {
		t.hours[s/perHour] += n
	}
}

func rhythm(slot int) float64 {
	daily := 1 - 0.9*math.Cos(2*math.Pi*(float64(slot%perDay)/perDay-1.0/12)) // least at two, most at two in the afternoon
	if slot%perWeek >= 5*perDay {
		daily /= 2
	}
	return daily
}

func usual(int) float64 { return 1 }

func (t *traffic) poisson(mean float64) int64 {
	if mean > 50 {
		return int64(max(0, math.Round(mean+math.Sqrt(mean)*t.random.NormFloat64())))
	}
	n, p := int64(0), math.Exp(-mean)
	for left := t.random.Float64(); left > p; n++ {
		left -= p
		p *= mean / float64(n+1)
		if n > 500 {
			break
		}
	}
	return n
}

// look reads the counts at the end of a slot, as a service does that knows
// nothing of what comes then.
func (t *traffic) look(slot int) rise.Reading {
	hour := slot / perHour
	if t.usual == nil || t.learnt != hour {
		var hours []int64
		for h := hour; h >= 0 && h > hour-rise.Known; h-- {
			hours = append(hours, t.hours[h])
		}
		u := rise.Learn(hours)
		t.usual, t.learnt = &u, hour
	}
	var slots []int64
	for s := slot; s >= 0 && s > slot-14; s-- {
		slots = append(slots, t.slots[s])
	}
	return t.usual.Look(slots, rise.LeastVisits, monday.Add(time.Duration(slot+1)*rise.Slot-time.Second))
}

// rises lists the slots in which a rise begins, each until it is calm again.
func (t *traffic) rises(from, to int) (out []int) {
	on := false
	for s := from; s < to; s++ {
		r := t.look(s)
		switch {
		case r.Rises && !on:
			out, on = append(out, s), true
		case r.Calm:
			on = false
		}
	}
	return out
}

var levels = []float64{0.2, 2, 20, 200, 2000}

// What is promised of false alarms: fewer than one in ten weeks of a key in
// traffic as usual, whatever the level. The figures are printed with -v.
func TestFalseAlarms(t *testing.T) {
	const runs, weeks = 1, 8
	launch := func(s int) float64 { // three times as much within two days, for good
		return 1 + 2*min(1, max(0, float64(s-6*perWeek)/(2*perDay)))
	}
	for _, test := range []struct {
		name  string
		shape func(int) float64
		most  float64 // rises a week
		from  int     // week
	}{
		{"as usual", usual, 0.1, 4},
		{"doubling each month", func(s int) float64 { return math.Exp2(float64(s) / (4 * perWeek)) }, 0.1, 4},
		{"in its first four weeks", usual, 1, 0},
		{"a launch, three times within two days", launch, 0.6, 4},
		{"half as much for a week", func(s int) float64 {
			if s/perWeek == 6 {
				return 0.5
			}
			return 1
		}, 0.3, 4},
	} {
		for _, level := range levels {
			n := 0
			for seed := range uint64(runs) {
				n += len(made(seed, weeks, level, test.shape).rises(test.from*perWeek, weeks*perWeek))
			}
			got := float64(n) / float64(runs*(weeks-test.from))
			t.Logf("%-40s %6g visits an hour: %.3f false alarms a week and key", test.name, level, got)
			if got > test.most {
				t.Errorf("%s at %g visits an hour: %.2f false alarms a week, promised are %g", test.name, level, got, test.most)
			}
		}
	}
}

// TestMinutesToNotice measures how long troubles take that begin at any time of
// the week.
func TestMinutesToNotice(t *testing.T) {
	const weeks, tries = 6, 24
	for _, test := range []struct {
		name  string
		extra func(sinceHours, level, rhythm float64) float64 // visits an hour beside the usual
		most  map[float64]float64                             // minutes by level: the middle of all that begin
		seen  map[float64]float64                             // part that is noticed within six hours
	}{
		{"five times as many", func(_, level, rhythm float64) float64 { return 4 * level * rhythm }, map[float64]float64{20: 30, 200: 15, 2000: 15}, map[float64]float64{20: 0.7, 200: 1, 2000: 1}},
		{"forty an hour more", func(_, _, _ float64) float64 { return 40 }, map[float64]float64{0.2: 25, 2: 25}, map[float64]float64{0.2: 1, 2: 1}},
		{"a slow rise to five times within three hours", func(h, level, rhythm float64) float64 { return 4 * level * rhythm * min(1, h/3) }, map[float64]float64{20: 180, 200: 120, 2000: 110}, map[float64]float64{20: 0.6, 200: 1, 2000: 1}},
	} {
		for _, level := range levels {
			var took []float64
			for try := range tries {
				tr := made(uint64(100+try), weeks, level, usual)
				begin := 5*perWeek + try*perWeek/tries + tr.random.IntN(perHour)
				end := min(begin+6*perHour, len(tr.slots))
				for s := begin; s < end; s++ {
					tr.slots[s] += tr.poisson(test.extra(float64(s-begin)/perHour, level, rhythm(s)) / perHour)
				}
				tr.total()
				if got := tr.rises(begin, end); len(got) > 0 {
					took = append(took, float64((got[0]-begin+1)*5))
				}
			}
			slices.Sort(took)
			part, middle := float64(len(took))/tries, math.NaN()
			if len(took) > 0 {
				middle = took[len(took)/2]
			}
			t.Logf("%-46s %6g visits an hour: %3.0f %% noticed, after %3.0f minutes (middle)", test.name, level, 100*part, middle)
			if most, ok := test.most[level]; ok && !(middle <= most) {
				t.Errorf("%s at %g visits an hour: noticed after %g minutes, promised are %g", test.name, level, middle, most)
			}
			if part < test.seen[level] {
				t.Errorf("%s at %g visits an hour: %g are noticed, promised are %g", test.name, level, part, test.seen[level])
			}
		}
	}
}

func TestOneNetworkIsNoRise(t *testing.T) {
	tr := made(1, 6, 0.2, func(int) float64 { return 0 })
	for s := 5 * perWeek; s < 5*perWeek+perHour; s++ {
		tr.slots[s] = 0
	}
	tr.slots[5*perWeek] = 3 // as much as one network counts at once
	tr.slots[5*perWeek+6], tr.slots[5*perWeek+11] = 1, 1
	tr.total()
	if got := tr.rises(5*perWeek, 5*perWeek+2*perHour); len(got) > 0 {
		t.Errorf("a rise in %v", got)
	}
}

// An outage of last week, at the same hour, must not hide that of today.
func TestAPastOutageHidesNothing(t *testing.T) {
	tr := made(3, 6, 50, usual)
	at := 5*perWeek + 10*perHour
	for s := range 2 * perHour {
		tr.slots[at-perWeek+s] += tr.poisson(1000.0 / perHour)
		tr.slots[at+s] += tr.poisson(400.0 / perHour)
	}
	tr.total()
	got := tr.rises(at, at+2*perHour)
	if len(got) != 1 || got[0] > at+8 {
		t.Errorf("rises in %v, want one soon after %d", got, at)
	}
}

// A rise ends by itself once the hour is as usual again, and another one begins.
func TestARiseEnds(t *testing.T) {
	tr := made(4, 6, 20, usual)
	at := 5*perWeek + 9*perHour
	for _, begin := range []int{at, at + 8*perHour} {
		for s := range perHour {
			tr.slots[begin+s] += tr.poisson(300.0 / perHour)
		}
	}
	tr.total()
	if got := tr.rises(at, at+12*perHour); len(got) != 2 {
		t.Errorf("rises in %v, want two", got)
	}
}

func TestNothingIsNoRise(t *testing.T) {
	for _, came := range [][]int64{nil, {0}, {rise.LeastVisits - 1}} {
		if r := rise.Learn(came).Look(came, rise.LeastVisits, monday.Add(time.Minute)); r.Rises || !r.Calm {
			t.Errorf("%v reads %+v", came, r)
		}
	}
	r := rise.Learn([]int64{40}).Look([]int64{40}, rise.LeastVisits, monday.Add(time.Minute))
	if !r.Rises || r.Count != 40 {
		t.Errorf("forty on a key that nobody ever opened: %+v", r)
	}
}

func ExampleUsual_Look() {
	hours := make([]int64, rise.Known)
	for i := range hours {
		hours[i] = 4
	}
	hours[0] = 30
	now := monday.Add(20 * time.Minute)
	r := rise.Learn(hours).Look([]int64{0, 10, 10, 10}, rise.LeastVisits, now)
	fmt.Printf("%v: %d in %v, usual is %.1f\n", r.Rises, r.Count, r.Window, r.Usual)
	// Output: true: 30 in 1h0m0s, usual is 4.0
}
