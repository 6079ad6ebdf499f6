package outbox

import (
	"math/rand/v2"
	"time"
)

// Pace is how fast and how long delivery tries.
type Pace struct {
	Poll  time.Duration // between looks for new jobs, of which the library is told as well; 500 ms
	Batch int           // mails claimed, written and held in memory at once by a job; 100
	// Lease is how long a claimed delivery belongs to its job, and so how long
	// a crash delays what was in flight; 20 s. A batch has half of it, and the
	// records of what became of the batch have the rest.
	Lease time.Duration
	Turn  time.Duration // how long a job works before others get their turn; 10 s
	First time.Duration // before the second attempt of a delivery; doubles from there; 5 s
	Most  time.Duration // between attempts; one hour
	// Outage is the longest wait between attempts while no mail can be handed
	// over at all; 30 s. It ends for everybody at once, so waiting is short.
	Outage   time.Duration
	Patience time.Duration // after the publication, before a delivery is given up; 4 days
	Grace    time.Duration // at a stop, for what is in flight; 10 s
	Sweep    time.Duration // between looks for work without a job; 15 s
}

func (p Pace) withDefaults() Pace {
	or := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	or(&p.Poll, 500*time.Millisecond)
	or(&p.Lease, 20*time.Second)
	or(&p.Turn, 10*time.Second)
	or(&p.First, 5*time.Second)
	or(&p.Most, time.Hour)
	or(&p.Outage, 30*time.Second)
	or(&p.Patience, 4*24*time.Hour)
	or(&p.Grace, 10*time.Second)
	or(&p.Sweep, 15*time.Second)
	if p.Batch <= 0 {
		p.Batch = 100
	}
	return p
}

// batchTime is how long a batch may take, so that its leases outlive it even
// where the database is slow.
func (p Pace) batchTime() time.Duration { return p.Lease / 2 }

// jobTimeout is longer than any turn, its last batch and its records.
func (p Pace) jobTimeout() time.Duration { return p.Turn + 2*p.Lease }

// abandoned is after how long a job that still runs belongs to a dead process.
func (p Pace) abandoned() time.Duration { return p.jobTimeout() + max(p.Lease/4, 100*time.Millisecond) }

// after tells how long to wait after an attempt that failed: doubled each
// time, up to most, and a fifth more or less so that not everybody returns at once.
func (p Pace) after(attempt int, most time.Duration) time.Duration {
	wait := p.First
	for range min(attempt-1, 40) {
		if wait *= 2; wait >= most {
			break
		}
	}
	wait = min(wait, most)
	return wait - wait/5 + rand.N(2*wait/5+1)
}
