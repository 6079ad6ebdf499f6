package page_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

func unpacked(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// vault keeps one checkpoint under a seal.
type vault struct {
	key    signoff.Key
	sealed signoff.SealedCheckpoint
	saved  chan struct{}
}

func newVault(t *testing.T) *vault {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return &vault{key: key, saved: make(chan struct{}, 1)}
}

func (v *vault) Checkpoint(context.Context) (signoff.Checkpoint, error) {
	if v.sealed.Number == 0 {
		return signoff.Checkpoint{}, nil
	}
	return v.sealed.Open(signoff.NewKeyring(v.key.Public()))
}

func (v *vault) Keep(_ context.Context, head signoff.Head, outlines []*signoff.Outline) (err error) {
	v.sealed, err = v.key.SealCheckpoint(signoff.NewCheckpoint(head, outlines))
	v.saved <- struct{}{}
	return err
}

// asked is a store that remembers the least number after which somebody asked
// it for publications, and in which one of them may have been changed.
type asked struct {
	*pagetest.Press
	broken int64 // 0 for none

	mu    sync.Mutex
	least int64
}

func (s *asked) Publications(ctx context.Context, after int64, limit int) ([]signoff.Publication, error) {
	s.mu.Lock()
	s.least = min(s.least, after)
	s.mu.Unlock()
	pubs, err := s.Press.Publications(ctx, after, limit)
	for n, p := range pubs {
		if p.Number() == s.broken {
			return pubs[:n], errors.New("the seal does not fit")
		}
	}
	return pubs, err
}

var eve = at(23, 14, 0)

const many = 60

// history publishes some incidents.
func history(t *testing.T, state comms.State) *pagetest.Press {
	t.Helper()
	p := pagetest.New(t, at(1, 0, 0))
	for n := range many {
		p.Publish(pagetest.Update{
			Incident: fmt.Sprint("incident ", n/10), Phase: comms.PhaseInvestigating, At: at(2, 1, 0).Add(time.Duration(n) * time.Second),
			Title: words(fmt.Sprintf("Trouble %d", n/10), ""), HTML: text(pagetest.Body(n)), Claims: claim(state, "search"),
		})
	}
	return p
}

// started is a keeper on a store, with what it logged.
func started(t *testing.T, source page.Source, v page.Checkpoints) (*page.Keeper, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	k := page.NewKeeper(builder(t), source, v, func() time.Time { return eve }, slog.New(slog.NewTextHandler(&log, nil)))
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k, &log
}

// kept has a keeper keep a checkpoint of a history.
func kept(t *testing.T, p *pagetest.Press) *vault {
	t.Helper()
	v := newVault(t)
	k, _ := started(t, p, v)
	k.KeepEvery(many)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.Run(ctx) }()
	<-v.saved
	stop()
	<-done
	if v.sealed.Number != int64(len(p.All())) {
		t.Fatalf("a checkpoint at publication %d, of %d", v.sealed.Number, len(p.All()))
	}
	return v
}

var everywhere = []string{"/", "/history", "/history/2026-11", "/components/search", "/days/2026-11-02", "/incidents/" + string(pagetest.ID("incident 3")), "/feed.atom", "/api/v2/incidents.json"}

// without is every page as it is without a checkpoint.
func without(t *testing.T, p *pagetest.Press) map[string]string {
	t.Helper()
	out := map[string]string{}
	plain := build(t, p, eve)
	for _, path := range everywhere {
		out[path] = source(t, plain, "en", path)
	}
	return out
}

func same(t *testing.T, k *page.Keeper, want map[string]string) {
	t.Helper()
	for path, text := range want {
		if source(t, k.Snapshot(), "en", path) != text {
			t.Errorf("%s is not what it would be without a checkpoint", path)
		}
	}
}

// TestAStartGoesOnFromACheckpoint: the page is the same, and what the
// checkpoint stood for is verified afterwards.
func TestAStartGoesOnFromACheckpoint(t *testing.T) {
	p := history(t, comms.Degraded)
	v := kept(t, p)
	if text := string(unpacked(t, v.sealed.Bytes)); strings.Contains(text, "Trouble") || !strings.Contains(text, `"search"`) {
		t.Error("a checkpoint has words in it, or no claims")
	}
	p.Redact(p.All()[5], at(22, 1, 0), words("It named a customer.", ""))
	p.Publish(pagetest.Update{Incident: "since", Phase: comms.PhaseInvestigating, At: at(22, 2, 0), Title: words("Since", ""), HTML: text("x"), Claims: claim(comms.Major, "exports")})

	want, store := without(t, p), &asked{Press: p, least: 1 << 40}
	k, log := started(t, store, v)
	if store.least != v.sealed.Number {
		t.Errorf("the start verified from publication %d on; the checkpoint is at %d", store.least, v.sealed.Number)
	}
	same(t, k, want)
	k.Prove(t.Context())
	if store.least != 0 {
		t.Error("what the checkpoint stood for was not verified")
	}
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, k, want)
	if log.Len() > 0 || k.Unreadable() != nil {
		t.Errorf("%v\n%s", k.Unreadable(), log)
	}
}

// TestACheckpointIsNotBelievedForLong: what does not verify any more is told,
// and a checkpoint that says what nobody published is dropped.
func TestACheckpointIsNotBelievedForLong(t *testing.T) {
	p := history(t, comms.Degraded)
	v, want := kept(t, p), without(t, p)

	k, log := started(t, &asked{Press: p, broken: 30}, v)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	k.Prove(ctx)
	if err := k.Unreadable(); err == nil || !strings.Contains(err.Error(), "seal") || !strings.Contains(log.String(), "after=29") {
		t.Errorf("a publication that does not verify any more: %v\n%s", err, log)
	}
	same(t, k, want)

	all := p.All()
	outlines, err := signoff.Outlines(all)
	if err != nil {
		t.Fatal(err)
	}
	worse, err := signoff.Outlines(history(t, comms.Major).All())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{15, len(all) - 1} { // one that the front page has the words of as well
		outlines[at] = worse[at]
		other := newVault(t)
		if err := other.Keep(t.Context(), all[len(all)-1].Head(), outlines); err != nil {
			t.Fatal(err)
		}
		k, log = started(t, p, other)
		k.Prove(t.Context())
		if !strings.Contains(log.String(), "other things than the publications") || k.Unreadable() != nil {
			t.Errorf("a checkpoint that says other things: %v\n%s", k.Unreadable(), log)
		}
		same(t, k, want)
	}
}

// TestACheckpointThatCannotBeUsed costs time and nothing else.
func TestACheckpointThatCannotBeUsed(t *testing.T) {
	p := history(t, comms.Degraded)
	good, want := kept(t, p), without(t, p)
	for name, spoil := range map[string]func(*vault){
		"another key":   func(v *vault) { v.key = newVault(t).key },
		"other bytes":   func(v *vault) { v.sealed.Bytes = v.sealed.Bytes[:len(v.sealed.Bytes)-9] },
		"another place": func(v *vault) { v.sealed.Number-- },
		"no seal":       func(v *vault) { v.sealed.Seal = "" },
	} {
		v := *good
		spoil(&v)
		store := &asked{Press: p, least: 1 << 40}
		k, log := started(t, store, &v)
		if store.least != 0 || !strings.Contains(log.String(), "checkpoint cannot be used") {
			t.Errorf("%s: verified from %d on\n%s", name, store.least, log)
		}
		same(t, k, want)
	}
}
