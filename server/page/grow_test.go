package page_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// tampered is a store in which somebody changed words after the start.
type tampered struct {
	*pagetest.Press
	gone int64 // whose words no longer verify; 0 for none
}

func (s *tampered) Numbered(ctx context.Context, numbers []int64) ([]signoff.Publication, error) {
	if slices.Contains(numbers, s.gone) {
		return nil, errors.New("the stored bytes hash to something else")
	}
	return s.Press.Numbered(ctx, numbers)
}

// TestWordsThatDoNotVerifyAreShownToNobody asks for an old page whose words
// were changed after they were verified at the start.
func TestWordsThatDoNotVerifyAreShownToNobody(t *testing.T) {
	p := &tampered{Press: pagetest.New(t, at(1, 0, 0))}
	ended := at(2, 2, 0)
	old := p.Publish(pagetest.Update{Incident: "old", Phase: comms.PhaseInvestigating, At: at(2, 1, 0), Title: words("Old", ""), HTML: text("x"), Claims: claim(comms.Degraded, "search")})
	p.Publish(pagetest.Update{Incident: "old", Phase: comms.PhaseResolved, At: at(2, 2, 0), Ended: &ended, Title: words("Over", ""), HTML: text("x"), Claims: claim(comms.Operational, "search")})
	long := strings.Repeat("x", 1<<12)
	for n := range 1200 { // so many that the old words are on no shelf
		p.Publish(pagetest.Update{Incident: fmt.Sprint("more ", n/100), Phase: comms.PhaseInvestigating, At: at(3, 1, 0).Add(time.Duration(n) * time.Second), Title: words("More", ""), HTML: text(long)})
	}
	clock := at(30, 0, 0).AddDate(0, 6, 0)
	k := page.NewKeeper(builder(t), p, nil, func() time.Time { return clock }, slog.New(slog.DiscardHandler))
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := "/incidents/" + string(pagetest.ID("old"))
	p.gone = old.Number()
	for _, of := range []string{path, path + ".json", "/components/search/feed.atom"} {
		if d, err := k.Snapshot().Page("en", of); err == nil || d != nil {
			t.Errorf("%s: words that do not verify were shown", of)
		}
	}
	if k.Unreadable() == nil {
		t.Error("nothing says that words cannot be shown")
	}
	if d, err := k.Snapshot().Page("en", "/"); err != nil || d == nil {
		t.Errorf("the front page, which they are not on: %v", err)
	}
	p.gone = 0
	if d, err := k.Snapshot().Page("en", path); err != nil || d == nil {
		t.Errorf("once they are as they were signed: %v", err)
	}
	if err := k.Unreadable(); err != nil {
		t.Errorf("it is still said that they cannot be shown: %v", err)
	}
}
