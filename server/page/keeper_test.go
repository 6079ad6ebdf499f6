package page_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

func TestBuildRefusesWhatWasNotSigned(t *testing.T) {
	p := pagetest.New(t, at(1, 0, 0))
	for n := range 2 {
		p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, n, 0), Title: words("One", ""), HTML: text("x")})
	}
	all := p.All()
	other := pagetest.New(t, at(1, 0, 0)).All()
	for name, pubs := range map[string][]signoff.Publication{
		"a zero publication":        {all[0], {}},
		"one that is missing":       {all[0], all[2]},
		"another order":             {all[1], all[0], all[2]},
		"one of another chain":      {other[0], all[1]},
		"a zero publication, alone": {{}},
	} {
		if s, err := builder(t).Build(pubs, now); err == nil || s != nil {
			t.Errorf("%s was shown", name)
		}
	}
}

func TestKeeperKeepsTheLastSnapshot(t *testing.T) {
	ctx := t.Context()
	clock := at(23, 14, 0)
	p := pagetest.New(t, at(1, 0, 0))
	k := page.NewKeeper(builder(t), p, nil, func() time.Time { return clock }, slog.New(slog.DiscardHandler))
	if k.Snapshot() != nil {
		t.Fatal("there is a snapshot before anything was loaded")
	}
	p.Fail = errors.New("the disk is gone")
	if err := k.Refresh(ctx); err == nil || k.Snapshot() != nil {
		t.Fatal("a failing store gave a snapshot")
	}
	p.Fail = nil
	if err := k.Refresh(ctx); err != nil || k.Snapshot().Number != 1 {
		t.Fatalf("the first refresh: %v", err)
	}
	first := k.Snapshot()
	if err := k.Refresh(ctx); err != nil || k.Snapshot() != first {
		t.Fatal("a refresh without news made another snapshot")
	}
	p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: clock, Title: words("One", ""), HTML: text("x")})
	p.Fail = errors.New("the disk is gone")
	if err := k.Refresh(ctx); err == nil || k.Snapshot() != first {
		t.Fatal("a failing store must say so, and leave the last snapshot")
	}
	clock = at(24, 0, 0)
	if err := k.Refresh(ctx); err == nil || k.Snapshot() == first || k.Snapshot().Number != 1 {
		t.Fatal("at midnight the last publications must be rendered anew, store or no store")
	}
	p.Fail = nil
	if err := k.Refresh(ctx); err != nil || k.Snapshot().Number != 2 {
		t.Fatalf("the news were not taken up: %v", err)
	}
}

// broken is a chain that somebody wrote a forged publication into.
type broken struct {
	*pagetest.Press
	behind int64 // the last one that can be verified
}

func (b broken) Publications(ctx context.Context, after int64, limit int) (ps []signoff.Publication, err error) {
	all, err := b.Press.Publications(ctx, after, limit)
	for _, p := range all {
		if p.Number() > b.behind {
			return ps, errors.New("the rest cannot be verified")
		}
		ps = append(ps, p)
	}
	return ps, err
}

func TestKeeperShowsWhatWasSignedBeforeAForgery(t *testing.T) {
	ctx := t.Context()
	p := broken{pagetest.New(t, at(1, 0, 0)), 2}
	for n := range 2 {
		p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(2, n, 0), Title: words("One", ""), HTML: text("x")})
	}
	k := page.NewKeeper(builder(t), &p, nil, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	for range 2 {
		if err := k.Refresh(ctx); err == nil || k.Failed() == nil {
			t.Fatal("nothing says that the chain is broken")
		}
		if s := k.Snapshot(); s == nil || s.Number != 2 {
			t.Fatalf("what was signed is not shown: %+v", s)
		}
	}
	p.behind = 0
	if k := page.NewKeeper(builder(t), &p, nil, func() time.Time { return now }, slog.New(slog.DiscardHandler)); k.Refresh(ctx) == nil || k.Snapshot() != nil {
		t.Error("a chain of which nothing can be verified gave a page")
	}
	p.behind = 3
	if err := k.Refresh(ctx); err != nil || k.Failed() != nil || k.Snapshot().Number != 3 {
		t.Errorf("once the chain holds again: %v, %v", err, k.Failed())
	}
}

// guarded lets a test change its press while a keeper reads from it.
type guarded struct {
	mu sync.Mutex
	*pagetest.Press
}

func (g *guarded) Publications(ctx context.Context, after int64, limit int) ([]signoff.Publication, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Press.Publications(ctx, after, limit)
}

func (g *guarded) change(how func(p *pagetest.Press)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	how(g.Press)
}

func TestKeeperFindsNewsByItself(t *testing.T) {
	b := builder(t)
	p := &guarded{Press: pagetest.New(t, at(1, 0, 0))}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := page.NewKeeper(b, p, nil, func() time.Time { return at(23, 14, 0) }, slog.New(slog.NewTextHandler(&log, nil)))
		done := make(chan struct{})
		go func() { k.Run(ctx); close(done) }()
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		if k.Snapshot() == nil || k.Snapshot().Number != 1 {
			t.Error("nothing was loaded after a second")
		}
		p.change(func(p *pagetest.Press) { p.Fail = errors.New("gone") })
		time.Sleep(3 * time.Second)
		synctest.Wait()
		p.change(func(p *pagetest.Press) {
			p.Fail = nil
			p.Publish(pagetest.Update{Incident: "one", Phase: comms.PhaseInvestigating, At: at(23, 13, 0), Title: words("One", ""), HTML: text("x")})
		})
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if k.Snapshot().Number != 2 {
			t.Error("a publication by another process was not found within a second")
		}
		cancel()
		<-done
	})
	if strings.Count(log.String(), "cannot be renewed") != 1 || strings.Count(log.String(), "renewed again") != 1 {
		t.Errorf("an outage of the store must be logged once, and its end:\n%s", log.String())
	}
}

func TestOnlyWhatChangedIsRenderedAgain(t *testing.T) {
	p := pagetest.Large(t, now, 1, 4)
	b := builder(t)
	first, err := b.Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	p.Publish(pagetest.Update{Incident: "new", Phase: comms.PhaseInvestigating, At: now, Title: words("New", ""), HTML: text("x")})
	second, err := b.Build(p.All(), now)
	if err != nil {
		t.Fatal(err)
	}
	doc := func(s *page.Snapshot, path string) *page.Document {
		d, err := s.Page("en", path)
		if err != nil || d == nil {
			t.Fatalf("%s: %v", path, err)
		}
		return d
	}
	closed := "/incidents/" + string(pagetest.ID("closed 3"))
	if doc(first, closed) != doc(second, closed) {
		t.Error("a page that did not change was rendered again")
	}
	if doc(first, "/").In(page.Gzip).ETag == doc(second, "/").In(page.Gzip).ETag {
		t.Error("the front page changed and kept its ETag")
	}
}
