package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms/signoff"
)

// Checkpoints keeps what was verified once, so that a start shows the page
// before it verifies ten years again.
type Checkpoints interface {
	// Checkpoint is the last that was kept, of the chain that is stored, with
	// its seal verified; of the zero head for none.
	Checkpoint(ctx context.Context) (signoff.Checkpoint, error)
	// Keep keeps one of the outlines of everything up to a head.
	Keep(ctx context.Context, head signoff.Head, outlines []*signoff.Outline) error
}

// apart is how many publications lie between a checkpoint and the next: a start
// verifies so many at most before it shows the page.
const apart = 500

// resume begins with what a checkpoint says. Where there is none, or none that
// can be used, everything is verified first.
func (k *Keeper) resume(ctx context.Context) {
	if k.checkpoints == nil {
		return
	}
	known, err := k.resumed(ctx)
	if err != nil && ctx.Err() == nil {
		k.log.WarnContext(ctx, "the last checkpoint cannot be used; everything that was ever published is verified before the page is shown", "error", err)
	}
	if err == nil && known != nil {
		k.known, k.kept, k.assumed = known, known.head(), known.head()
	}
}

func (k *Keeper) resumed(ctx context.Context) (*facts, error) {
	c, err := k.checkpoints.Checkpoint(ctx)
	if err != nil || c.Head().Number == 0 {
		return nil, err
	}
	var worded []signoff.Publication
	for numbers := range slices.Chunk(c.Worded(), loadedAtOnce) {
		pubs, err := k.source.Numbered(ctx, numbers)
		if err != nil {
			return nil, err
		}
		worded = append(worded, pubs...)
	}
	outlines, err := c.Outlines(worded)
	if err != nil {
		return nil, err
	}
	return factsOf(c.Head(), outlines)
}

// keep makes a checkpoint of what is known and proven, once there is enough
// that the last one does not have.
func (k *Keeper) keep(ctx context.Context) {
	k.mu.Lock()
	known, due := k.known, k.checkpoints != nil && k.assumed == 0 && k.known != nil && k.known.head() >= k.kept+k.apart
	if due {
		k.kept = known.head() // also if it fails: the next one is for the next publications
	}
	k.mu.Unlock()
	if !due {
		return
	}
	if err := k.checkpoints.Keep(ctx, known.chain, known.outlines); err != nil && ctx.Err() == nil {
		k.log.WarnContext(ctx, "no checkpoint could be kept; the next start takes longer for it", "publication", known.head(), "error", err)
	}
}

// provedAtOnce is how many publications are in memory while they are proven, and
// how many a publication may have to share the processors with.
const provedAtOnce = 20

// rest is how long Prove rests after each question to the store, as a multiple
// of what it took: customers come first.
const rest = 3

// Prove verifies everything that a checkpoint stood for, while the page is shown
// already. A publication that does not verify any more is told to the log and by
// Unreadable; the page stays as it was verified before. A checkpoint that said other
// things than its publications is dropped, and the page made from them.
func (k *Keeper) Prove(ctx context.Context) {
	k.mu.Lock()
	upTo := k.assumed
	k.mu.Unlock()
	titles := map[int64][]text{}
	for after := int64(0); after < upTo; {
		began := time.Now()
		last, err := k.prove(ctx, after, upTo, titles)
		pause := rest * time.Since(began)
		after = last
		if err != nil {
			if ctx.Err() == nil && k.doubt.Swap(&err) == nil {
				k.log.ErrorContext(ctx, "what was verified once cannot be verified again; the page stays, and it is tried again", "after", after, "error", err)
			}
			pause = time.Minute
		}
		if !wait(ctx, pause) {
			return
		}
	}
	k.doubt.Store(nil)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.assumed == 0 {
		return
	}
	known := k.known
	k.mu.Unlock() // what is published now is not to wait
	proven := known.titled(titles).compact()
	k.mu.Lock()
	if k.known != known {
		proven = k.known.titled(titles)
	}
	k.known, k.assumed = proven, 0
}

// prove answers one question to the store, and says how far everything holds.
func (k *Keeper) prove(ctx context.Context, after, upTo int64, titles map[int64][]text) (int64, error) {
	pubs, err := k.source.Publications(ctx, after, int(min(provedAtOnce, upTo-after)))
	for _, p := range pubs {
		if !k.agrees(ctx, p) {
			k.log.ErrorContext(ctx, otherThings, "publication", p.Number())
			k.mu.Lock()
			err := k.distrust(ctx)
			k.mu.Unlock()
			if err != nil {
				return after, fmt.Errorf("publication %d is not what the last checkpoint says, and the page could not be made from the publications: %w", p.Number(), err)
			}
			return upTo, nil
		}
		if k.stands(p) {
			titles[p.Number()] = titlesOf(p.Message())
		}
		after = p.Number()
	}
	if err == nil && len(pubs) == 0 {
		err = fmt.Errorf("publication %d is not in the store any more", after+1)
	}
	return after, err
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// agrees tells whether the page knows a publication by what it says. One that
// was redacted between two looks is looked at again.
func (k *Keeper) agrees(ctx context.Context, p signoff.Publication) bool {
	if k.outline(p.Number()).Is(p) {
		return true
	}
	if err := k.Refresh(ctx); err != nil {
		return true // what is wrong is known, and whoever proves finds it if it is this
	}
	again, err := k.source.Numbered(ctx, []int64{p.Number()})
	return err != nil || len(again) != 1 || k.outline(p.Number()).Is(again[0])
}

// outline is what is known of a publication; they are numbered from 1.
func (k *Keeper) outline(number int64) *signoff.Outline {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known.outlines[number-1]
}

// stands tells whether a publication is what stands of its incident now: lists
// show its heading.
func (k *Keeper) stands(p signoff.Publication) bool {
	m := p.Message()
	if m.Incident == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.known.known(m.Incident.ID)
	if i == nil {
		return false
	}
	u := i.told()
	return u != nil && u.Number() == p.Number()
}

const otherThings = "the last checkpoint says other things than the publications; the page is made from them again"

// distrust starts again from the publications alone, for whoever holds the lock.
func (k *Keeper) distrust(ctx context.Context) error {
	before := k.known
	k.known = nil
	err := k.load(ctx)
	if err == nil && (k.known == nil || k.known.head() < before.head()) {
		err = errors.New("the store has fewer publications than were shown")
	}
	if err == nil {
		err = k.show(k.now())
	}
	if err != nil {
		k.known = before
		return err
	}
	k.assumed, k.kept = 0, 0
	return nil
}
