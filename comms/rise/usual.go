package rise

import (
	"math"
	"slices"
	"time"
)

// Usual is what is usual at one key in one hour, as learnt from the past.
type Usual struct {
	this, before rate // of the hour that goes on and the one before it
	spread       float64
}

// rate is how many come in an hour, and from how many past ones that is known.
type rate struct{ mean, known float64 }

// Learn finds what is usual. Hours has the count of the hour that goes on
// first, then of the one before it, and so on to the first hour in which
// anything was counted at the key; those without anything are 0. Known are
// enough. What came in this hour and the one before it teaches nothing: it is
// to be judged.
func Learn(hours []int64) Usual {
	p := past(hours)
	level := p.level()
	return Usual{p.rate(0, level), p.rate(1, level), p.spread()}
}

// expected is how many come without a cause, and how that varies.
type expected struct{ mean, variance float64 }

// unevenly is how much more counts vary at least than by chance alone: people
// do not come independently of one another.
const unevenly = 1.3

// between is what comes between two times, of which the second lies in the hour
// that goes on.
func (u Usual) between(from, to time.Time) expected {
	this := to.Truncate(time.Hour)
	var e expected
	for i, r := range []rate{u.this, u.before, u.before} {
		part := overlap(this.Add(-time.Duration(i)*time.Hour), from, to)
		mean := r.mean * part
		e.mean += mean
		e.variance += unevenly*mean + u.spread*mean*mean + r.mean*part*part*unevenly/r.known
	}
	return e
}

// past is how many came, hour by hour, beginning with the one that goes on.
type past []int64

// rate is how many are usual in the hour so many back.
func (p past) rate(back int, level float64) rate {
	like := p.alike(back)
	if len(like) == 0 { // nothing is known yet
		return rate{1, 1}
	}
	n := float64(len(like))
	return rate{level * (sum(like) + 0.5) / n, n}
}

// overlap is which part of the hour from begin on lies between two times.
func overlap(begin, from, to time.Time) float64 {
	end := begin.Add(time.Hour)
	if from.After(begin) {
		begin = from
	}
	if to.Before(end) {
		end = to
	}
	return max(0, end.Sub(begin).Hours())
}

// few is how many hours are too few to know what is usual by themselves.
const few = 6

// alike lists the counts of the hours that are like the one so many hours back:
// of the same hour of the week and those beside it; for a young key also of the
// days before, and of every hour before the first day is over. None of them
// stands out by more than three times the middle one and six.
func (p past) alike(back int) []float64 {
	var out []float64
	add := func(i int) {
		if i > back+1 && i < len(p) {
			out = append(out, float64(p[i]))
		}
	}
	for k := week; k <= 4*week; k += week {
		for d := -1; d <= 1; d++ {
			add(back + k + d)
		}
	}
	if len(out) < few {
		for k := day; k < week; k += day {
			for d := -1; d <= 1; d++ {
				add(back + k + d)
			}
		}
	}
	if len(out) < few/2 {
		out = out[:0]
		for i := back + 2; i < min(len(p), back+day); i++ {
			add(i)
		}
	}
	if len(out) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(out))
	most := 3*sorted[len(sorted)/2] + 6
	for i := range out {
		out[i] = min(out[i], most)
	}
	return out
}

// The level follows the product: it grows, and it rests in the holidays.
const (
	leastLevel = 0.8
	mostLevel  = 4
	parts      = 8
	hoursEach  = day / parts
)

// level is how the last day compares with the days that are like it: the middle
// of eight parts, so that neither a short outage nor its absence moves it.
func (p past) level() float64 {
	if len(p) < week+day {
		return 1
	}
	var ratios []float64
	for part := range parts {
		var came, usual float64
		for h := range hoursEach {
			back := 2 + part*hoursEach + h
			like := p.alike(back)
			came += float64(at(p, back))
			usual += sum(like) / float64(max(1, len(like)))
		}
		ratios = append(ratios, (came+2)/(usual+2))
	}
	slices.Sort(ratios)
	return min(mostLevel, max(leastLevel, (ratios[parts/2-1]+ratios[parts/2])/2))
}

// leastSpread is the square of the part by which an hour is off its usual at
// least, besides chance.
const leastSpread = 0.04

// spread is that square as the past has it: over the hours of a day, what the
// counts of the same hour of the week vary beyond chance.
func (p past) spread() float64 {
	var squares, beyond float64
	for back := 2; back < day+2; back++ {
		var like []float64
		for i := back; i < min(len(p), back+4*week+1); i += week {
			like = append(like, float64(p[i]))
		}
		if len(like) < 3 {
			like = p.alike(back)
		}
		if len(like) < 2 {
			continue
		}
		slices.Sort(like)
		like[len(like)-1] = min(like[len(like)-1], 3*like[len(like)/2]+6)
		m, v := sum(like)/float64(len(like)), 0.0
		for _, x := range like {
			v += (x - m) * (x - m) / float64(len(like)-1)
		}
		squares += m * m
		beyond += v - m
	}
	if squares == 0 {
		return leastSpread
	}
	return max(leastSpread, beyond/squares)
}

// tail is the probability that n or more come: of the negative binomial
// distribution with this mean and variance.
func (e expected) tail(n int64) float64 {
	mean := max(e.mean, 0.01)
	if float64(n) <= mean {
		return 1
	}
	variance := max(e.variance, mean*1.01)
	p := mean / variance                 // of a failure
	r := mean * mean / (variance - mean) // how many successes
	lgr, _ := math.Lgamma(r)
	k := float64(n)
	lgk, _ := math.Lgamma(k + r)
	lgf, _ := math.Lgamma(k + 1)
	term := math.Exp(lgk - lgr - lgf + r*math.Log(p) + k*math.Log1p(-p))
	total := 0.0
	for range 100_000 {
		total += term
		term *= (k + r) / (k + 1) * (1 - p)
		k++
		if term < total*1e-9 {
			break
		}
	}
	return min(1, total)
}

func sum(list []float64) (total float64) {
	for _, x := range list {
		total += x
	}
	return total
}
