package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/shelf"
)

// Source is where publications are kept.
type Source interface {
	// Publications returns at most limit publications with numbers above
	// after, in their order, each verified. With an error come those before
	// the one that could not be verified, if that is what is wrong.
	Publications(ctx context.Context, after int64, limit int) ([]signoff.Publication, error)
	shelf.Source
}

// Keeper holds the snapshot that everybody is shown, and renews it.
type Keeper struct {
	builder     *Builder
	source      Source
	checkpoints Checkpoints
	apart       int64 // publications between checkpoints
	shelf       *shelf.Shelf
	now         func() time.Time
	log         *slog.Logger
	shown       atomic.Pointer[Snapshot]
	failed      atomic.Pointer[error] // of the last refresh; nil when it went well
	doubt       atomic.Pointer[error] // of the proof of a checkpoint; nil while it goes well

	mu      sync.Mutex // of what follows; readers of the snapshot never wait for it
	known   *facts     // all that was loaded; nil for nothing
	kept    int64      // up to where a checkpoint has it
	assumed int64      // up to where it is of a checkpoint and not proven yet; 0 for nothing
}

// NewKeeper makes a keeper that has no snapshot yet; Refresh makes the first.
// Without checkpoints (nil) it verifies everything before.
func NewKeeper(b *Builder, source Source, kept Checkpoints, now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{builder: b, source: source, checkpoints: kept, apart: apart, shelf: shelf.New(source), now: now, log: log}
}

// Snapshot is what to show; nil before the first Refresh that succeeded. It
// never waits.
func (k *Keeper) Snapshot() *Snapshot { return k.shown.Load() }

// Failed is why the last Refresh did not take everything up; nil when it did.
// It never waits.
func (k *Keeper) Failed() error {
	if err := k.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Unreadable is why words that somebody asked for cannot be shown: they are not
// what was verified before. It is nil while there are none such, and never
// waits.
func (k *Keeper) Unreadable() error {
	if err := k.doubt.Load(); err != nil {
		return *err
	}
	return k.shelf.Failed()
}

// A question to the store asks for so many publications. Where there are many,
// one is read while another is verified.
const (
	loadedAtOnce = 200
	questions    = 2
)

// Refresh loads what was published since, and swaps the snapshot if there is
// anything, or if the clock has made the old one stale. When it fails, the
// last snapshot stays; what was signed before a publication that cannot be
// verified is shown all the same.
func (k *Keeper) Refresh(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.refresh(ctx)
	if err == nil {
		k.failed.Store(nil)
	} else if ctx.Err() == nil {
		k.failed.Store(&err)
	}
	return err
}

func (k *Keeper) refresh(ctx context.Context) error {
	if k.known == nil && k.shown.Load() == nil {
		k.resume(ctx)
	}
	failed := k.load(ctx)
	now, old := k.now(), k.shown.Load()
	if k.known == nil {
		if failed != nil {
			return failed
		}
		k.known, _ = k.known.grow(nil) // of nothing: it cannot be refused
	}
	if old == nil {
		k.known = k.known.compact()
	}
	if old != nil && old.facts == k.known && now.Before(old.Expires) {
		return failed // nothing is known that is not shown, and nothing is kept twice
	}
	err := k.show(now)
	if err != nil && k.assumed != 0 && ctx.Err() == nil {
		k.log.ErrorContext(ctx, otherThings, "error", err)
		err = k.distrust(ctx)
	}
	return errors.Join(failed, err)
}

// show makes the snapshot of what is known.
func (k *Keeper) show(now time.Time) error {
	s, err := k.builder.build(k.known, k.shelf, now)
	if err != nil {
		return err
	}
	k.shown.Store(s)
	s.warm()
	return nil
}

// answer is what the store said to one question.
type answer struct {
	pubs []signoff.Publication
	err  error
}

// load adds to what is known what follows it, as far as that can be loaded.
func (k *Keeper) load(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var asked []<-chan answer
	defer func() {
		cancel()
		for _, a := range asked { // so that nobody reads the store once this is over
			<-a
		}
	}()
	var last int64
	if k.known != nil {
		last = k.known.head()
	}
	for ask := 1; ; ask = questions { // mostly there is nothing, or one
		for len(asked) < ask {
			asked = append(asked, k.ask(ctx, last))
			last += loadedAtOnce
		}
		a := <-asked[0]
		asked = asked[1:]
		if len(a.pubs) > 0 {
			if err := k.learn(a.pubs); err != nil {
				return err
			}
		}
		if a.err != nil {
			return fmt.Errorf("load publications after the last that is known: %w", a.err)
		}
		if len(a.pubs) < loadedAtOnce {
			return nil
		}
	}
}

func (k *Keeper) ask(ctx context.Context, after int64) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		pubs, err := k.source.Publications(ctx, after, loadedAtOnce)
		out <- answer{pubs, err}
	}()
	return out
}

// learn takes up publications. Words are put aside as they come: those of the
// last ones are asked for at once.
func (k *Keeper) learn(pubs []signoff.Publication) error {
	known, err := k.known.grow(pubs)
	if err != nil {
		return err
	}
	for _, p := range pubs {
		if r := p.Message().Redaction; r != nil {
			k.shelf.Forget(r.Digest)
		}
		k.shelf.Put(p)
	}
	k.known = known
	return nil
}

// every is how often publications by other processes, midnight and passed
// promises are looked for.
const every = time.Second

// Run refreshes until the context ends. A failure is logged when it begins and
// when it is over, not every second.
func (k *Keeper) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := k.Refresh(ctx)
		k.shelf.Retry()
		k.keep(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			k.log.Error("the page cannot be renewed; the last one stays", "error", err)
		case err == nil && failing:
			k.log.Info("the page is renewed again")
		}
		failing = err != nil
	}
}
