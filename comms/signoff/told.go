package signoff

import (
	"slices"
	"time"
)

// Told is an update or a correction among those of its incident. A redaction is
// none: it shows in the place of the words that it took away.
type Told struct {
	*Outline
	Corrected []*Told // the corrections that put it right, oldest first
	Corrects  *Told   // what it puts right, for a correction
}

// Tell adds an update or a correction at the end of its incident's, oldest
// first, and ties a correction to what it puts right.
func Tell(before []*Told, o *Outline) []*Told {
	t := &Told{Outline: o}
	if c := o.Correction(); c != nil {
		for _, old := range before {
			if old.Number() == c.Publication {
				old.Corrected, t.Corrects = append(old.Corrected, t), old
			}
		}
	}
	return append(before, t)
}

// Standing is what stands of an incident now: its newest update that has words,
// or the correction of it; nil if all words were removed.
func Standing(all []*Told) *Told {
	for _, t := range slices.Backward(all) {
		if t.Correction() != nil {
			continue
		}
		if t = t.Worded(); t != nil {
			return t
		}
	}
	return nil
}

// Worded is the newest correction that has words, else the update itself; nil
// if all were removed.
func (t *Told) Worded() *Told {
	for _, c := range slices.Backward(t.Corrected) {
		if w := c.Worded(); w != nil {
			return w
		}
	}
	if t.Redacted() != nil {
		return nil
	}
	return t
}

// Effective is when the publication counts from: its own time, or for one that
// ends the incident the end that it names, if that was earlier.
func (o *Outline) Effective() time.Time {
	if end := o.EndedAt(); o.Phase().Closed() && !end.IsZero() && end.Before(o.At()) {
		return end
	}
	return o.At()
}
