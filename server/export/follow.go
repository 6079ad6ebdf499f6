package export

import (
	"context"
	"log/slog"
	"time"

	"github.com/countersign/countersign/server/page"
)

// How often a new snapshot is looked for, and how long a copy that could not
// be written waits before it is tried again.
const (
	every = time.Second
	again = 30 * time.Second
)

// Follow writes a copy of each snapshot, until the context ends. Nobody waits
// for it: a publication is on the page before, and when several come while one
// copy is written, the next copy holds them all. A failure is logged when it
// begins and when it is over. Written is told of each copy.
func (f Folder) Follow(ctx context.Context, latest func() *page.Snapshot, written func(About), log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var done *page.Snapshot
	failing, wait := false, time.Duration(0)
	for {
		if s := latest(); wait > 0 {
			wait -= every
		} else if s != nil && s != done && s.PageURL() != "" {
			about, err := f.Write(ctx, s)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				wait = again
				if !failing {
					log.ErrorContext(ctx, "the copy of the page could not be written; it is tried again", "every", again, "error", err)
				}
			default:
				done = s
				written(about)
				if failing {
					log.InfoContext(ctx, "the copy of the page is written again", "publication", about.Publication)
				}
			}
			failing = err != nil
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
