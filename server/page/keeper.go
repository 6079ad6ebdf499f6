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
)

// Source is where publications are kept.
type Source interface {
	// Publications returns at most limit publications with numbers above
	// after, in their order, each verified. With an error come those before
	// the one that could not be verified, if that is what is wrong.
	Publications(ctx context.Context, after int64, limit int) ([]signoff.Publication, error)
}

// Keeper holds the snapshot that everybody is shown, and renews it.
type Keeper struct {
	builder *Builder
	source  Source
	now     func() time.Time
	log     *slog.Logger
	shown   atomic.Pointer[Snapshot]
	failed  atomic.Pointer[error] // of the last refresh; nil when it went well

	mu    sync.Mutex // of what follows; readers of the snapshot never wait for it
	known archive
}

// NewKeeper makes a keeper that has no snapshot yet; Refresh makes the first.
func NewKeeper(b *Builder, source Source, now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{builder: b, source: source, now: now, log: log}
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

// loadedAtOnce bounds one question to the store.
const loadedAtOnce = 500

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
	failed := k.load(ctx)
	now, old := k.now(), k.shown.Load()
	if failed != nil && old == nil && k.known.head() == 0 {
		return failed
	}
	if old != nil && k.known.head() == old.Number && now.Before(old.Expires) {
		return failed
	}
	if err := k.known.withdraw(); err != nil {
		return errors.Join(failed, err)
	}
	s, err := k.builder.Build(k.known.all(), now)
	if err != nil {
		return errors.Join(failed, err)
	}
	k.shown.Store(s)
	return failed
}

// load adds to what is known what follows it, as far as that can be loaded.
func (k *Keeper) load(ctx context.Context) error {
	for {
		head := k.known.head()
		more, err := k.source.Publications(ctx, head, loadedAtOnce)
		for _, p := range more {
			if p.Number() <= head {
				return fmt.Errorf("the store returned publication %d when asked for those after %d", p.Number(), head)
			}
			head = p.Number()
		}
		if err := k.known.add(more); err != nil {
			return err
		}
		if err != nil {
			return fmt.Errorf("load publications after number %d: %w", head, err)
		}
		if len(more) < loadedAtOnce {
			return nil
		}
	}
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
