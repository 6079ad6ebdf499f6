package page

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestGrownFactsAreThoseFromTheBeginning publishes in random order: updates of
// several incidents and works, some of which began long before anybody wrote
// of them, corrections, redactions and plans. Facts that grew a few
// publications at a time are those that are made of all at once, and facts that
// others grew from stay what they were. Nor does it matter whether a part of them
// went through a checkpoint.
func TestGrownFactsAreThoseFromTheBeginning(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given { // each reads the plan, which takes long
		if err := flag.Set("rapid.checks", "25"); err != nil {
			t.Fatal(err)
		}
		defer flag.Set("rapid.checks", "100")
	}
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		clock := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
		p := pagetest.New(t, clock)
		var said []signoff.Publication
		var grown, kept *facts
		var stay []func() bool
		look := func() {
			known := 0
			if grown != nil {
				known = int(grown.head())
				was, f, then := dump(grown, clock), grown, clock
				stay = append(stay, func() bool { return dump(f, then) == was })
			}
			var err error
			if grown, err = grown.grow(p.All()[known:]); err != nil {
				r.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 20).Draw(r, "publications") {
			clock = clock.Add(time.Duration(rapid.IntRange(1, 4000).Draw(r, "minutes")) * time.Minute)
			happen(t, r, p, &said, clock)
			if rapid.Bool().Draw(r, "look") {
				look()
				if rapid.Bool().Draw(r, "keep") {
					kept = grown
				}
			}
		}
		look()
		kept = cmp.Or(kept, grown)
		var none *facts
		whole, err := none.grow(p.All())
		if err != nil {
			r.Fatal(err)
		}
		if got, want := dump(grown, clock), dump(whole, clock); got != want {
			r.Fatalf("grown:\n%s\nat once:\n%s", got, want)
		}
		if got, want := dump(grown.compact(), clock), dump(whole, clock); got != want {
			r.Fatalf("compact:\n%s\nbefore:\n%s", got, want)
		}
		resumed, titles, err := resume(t.Context(), key, kept, p)
		if err != nil {
			r.Fatal(err)
		}
		if got, want := dump(resumed.titled(titles), clock), dump(whole.titled(titles), clock); got != want {
			r.Fatalf("from the checkpoint at %d:\n%s\nat once:\n%s", kept.head(), got, want)
		}
		if slices.ContainsFunc(stay, func(same func() bool) bool { return !same() }) {
			r.Fatal("facts that others grew from have changed")
		}
	})
}

// resume makes facts as a start does, from a checkpoint and the publications since,
// and the headings that it finds later.
func resume(ctx context.Context, key signoff.Key, kept *facts, p *pagetest.Press) (*facts, map[int64][]text, error) {
	var numbers []int64
	for n := range p.All() {
		numbers = append(numbers, int64(n)+1)
	}
	all, err := p.Numbered(ctx, numbers)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := key.SealCheckpoint(signoff.NewCheckpoint(kept.chain, kept.outlines))
	if err != nil {
		return nil, nil, err
	}
	c, err := sealed.Open(signoff.NewKeyring(key.Public()))
	if err != nil {
		return nil, nil, err
	}
	var worded []signoff.Publication
	for _, n := range c.Worded() {
		worded = append(worded, all[n-1])
	}
	outlines, err := c.Outlines(worded)
	if err != nil {
		return nil, nil, err
	}
	f, err := factsOf(c.Head(), outlines)
	if err != nil {
		return nil, nil, err
	}
	if f, err = f.grow(all[f.head():]); err != nil {
		return nil, nil, err
	}
	titles := map[int64][]text{}
	for _, p := range all {
		if p.Redacted() == nil {
			titles[p.Number()] = titlesOf(p.Message())
		}
	}
	for _, o := range f.outlines {
		if !o.Is(all[o.Number()-1]) {
			return nil, nil, fmt.Errorf("the outline of publication %d is not its own", o.Number())
		}
	}
	return f, titles, nil
}

// dump writes everything that facts say.
func dump(f *facts, now time.Time) string {
	var out strings.Builder
	fmt.Fprintln(&out, f.plan, f.chain, f.since, f.redactions, f.at, f.firstSeen, f.gone, f.about, f.nextChange(now))
	for _, o := range f.outlines {
		fmt.Fprintf(&out, "%+v %+v\n", describe(o), o.Redacted())
	}
	for _, i := range f.incidents {
		fmt.Fprintln(&out, i.id, i.kind, i.head, i.titles, i.titled, i.filed, i.affects())
		for _, u := range i.updates {
			fmt.Fprint(&out, "  ", describe(u.Outline))
			if u.Corrects != nil {
				fmt.Fprint(&out, " corrects ", u.Corrects.Number())
			}
			for _, c := range u.Corrected {
				fmt.Fprint(&out, " corrected by ", c.Number())
			}
			fmt.Fprintln(&out)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.names)) {
		fmt.Fprint(&out, id)
		for _, s := range f.spans(id, now) {
			fmt.Fprint(&out, " ", s.from, s.to, s.state, s.of.id)
		}
		fmt.Fprintln(&out)
	}
	for _, m := range f.months(now) {
		fmt.Fprint(&out, m.id)
		for _, i := range m.incidents {
			fmt.Fprint(&out, " ", i.id)
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

func describe(o *signoff.Outline) string {
	return fmt.Sprint(o.Number(), o.At(), o.Digest(), o.Update(), o.Kind(), o.Plan(), o.Incident(), o.Work(), o.Severity(), o.Phase(), o.Claims(), o.Changes(),
		o.StartedAt(), o.EndedAt(), o.NextUpdate(), o.Announced(), o.Correction(), o.Redacts(), o.Redacted() != nil)
}

const subjects = 4

func subject(n int) string { return fmt.Sprint("subject ", n) }

// happen publishes something.
func happen(t *testing.T, r *rapid.T, p *pagetest.Press, said *[]signoff.Publication, clock time.Time) {
	what := rapid.SampledFrom([]string{"update", "update", "update", "update", "correction", "redaction", "redaction", "correction", "update", "update", "update", "plan"}).Draw(r, "what")
	if len(*said) == 0 && what != "plan" {
		what = "update"
	}
	n := rapid.IntRange(0, subjects-1).Draw(r, "of")
	u := pagetest.Update{
		Incident: subject(n), At: clock, Started: clock.Add(-time.Duration(rapid.IntRange(0, 9000).Draw(r, "before")) * time.Minute),
		Claims: []comms.Claim{{Component: rapid.SampledFrom([]comms.ComponentID{"search", "exports"}).Draw(r, "component"), State: rapid.SampledFrom([]comms.State{comms.Degraded, comms.Major, comms.Operational}).Draw(r, "state")}},
		Title:  comms.Words{"en": fmt.Sprint("Title ", clock.Unix()), "es": fmt.Sprint("Título ", clock.Unix())}, HTML: comms.Words{"en": clock.String(), "es": clock.String()},
	}
	if n == 0 {
		end := clock.Add(40 * time.Hour)
		u.Kind, u.Started, u.Ended = comms.KindMaintenance, clock.Add(30*time.Hour), &end
	}
	if what == "update" {
		phases := p.Phases(pagetest.ID(u.Incident), cmp.Or(u.Kind, comms.KindIncident))
		if len(phases) == 0 { // nothing follows
			return
		}
		u.Phase = rapid.SampledFrom(phases).Draw(r, "phase")
	}
	switch what {
	case "plan":
		p.Replan(clock, pagetest.Renamed(t, fmt.Sprint("Name of ", clock.Unix()))...)
		return
	case "correction", "redaction":
		i := rapid.IntRange(0, len(*said)-1).Draw(r, "old")
		old := (*said)[i]
		if what == "redaction" {
			p.Redact(old, clock, comms.Words{"en": "It named a customer."})
			*said = slices.Delete(*said, i, i+1)
			return
		}
		standing := p.Standing(old.Message().Incident.ID).Message().Incident
		u.Incident, u.Kind, u.Phase, u.Claims, u.Started, u.Ended = "", standing.Kind, standing.Phase, standing.Claims, standing.StartedAt, standing.EndedAt
		u.Of, u.Severity, u.Corrects, u.Reason = standing.ID, standing.Severity, old, comms.Words{"en": "A slip.", "es": "Un error."}
	}
	*said = append(*said, p.Publish(u))
}
