package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server"
)

// decade makes an installation with ten years behind it. Its people live
// through them at the desk: every update is written, submitted, judged and
// signed as in any other installation, and the audit holds.
type decade struct {
	folder     server.Folder
	components int
	incidents  int
	out        io.Writer // hears how far it is
}

const (
	atOnce     = 25 // incidents of one transaction
	decadeMark = "# made by countersign bench large"
	tenYears   = 10 * 365 * 24 * time.Hour
	grouped    = 15 // components of a made-up group
)

// make makes what is missing: a folder that has everything stays as it is.
func (d decade) make(ctx context.Context) (err error) {
	config := fmt.Sprintf("%s: %d components, %d incidents\nsmtp: \"127.0.0.1:25\"\nsmtp_security: none\nmail_from: %q\n", decadeMark, d.components, d.incidents, demoSender)
	if err := d.folder.Prepare([]byte(config)); err != nil {
		return err
	}
	if err := d.folder.MakeKeys(false); err != nil {
		return err
	}
	story := &clock{at: time.Now().Add(-tenYears - 24*time.Hour)}
	in, err := server.Open(ctx, stored(d.folder), server.Options{Now: story.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	people, err := d.people(ctx, in)
	if err != nil {
		return err
	}
	told, err := in.Desk.Incidents(ctx, desk.Actor{}, false, d.incidents)
	if err != nil {
		return err
	}
	for n, began := len(told), time.Now(); n < d.incidents; n += atOnce {
		err := in.Store.Write(ctx, func(tx desk.Tx) error {
			b := &sitting{Tx: tx}
			t := teller{desk: in.DeskOn(b, story.now), clock: story, author: desk.Actor{Person: people[0]}}
			for i := n; i < min(n+atOnce, d.incidents); i++ {
				if err := t.trouble(ctx, d, i); err != nil {
					return fmt.Errorf("live through incident %d of %d: %w", i+1, d.incidents, err)
				}
			}
			return nil
		})
		if err == nil {
			err = settled(ctx, in)
		}
		if err != nil {
			return err
		}
		made := min(n+atOnce, d.incidents)
		fmt.Fprintf(d.out, "%d of %d incidents, %.1f ms for each update\n", made, d.incidents, time.Since(began).Seconds()*1000/float64((made-len(told))*len(troubles)))
	}
	return nil
}

// sitting lets the desk do many things in one transaction, so that not each of
// them waits for the disk and reads the plan.
type sitting struct {
	desk.Tx
	plan signoff.Publication // in force
}

// Read implements desk.Store.
func (s *sitting) Read(_ context.Context, fn func(desk.Tx) error) error { return fn(s) }

// Write implements desk.Store.
func (s *sitting) Write(_ context.Context, fn func(desk.Tx) error) error { return fn(s) }

// PlanInForce implements desk.Ledger. Nobody changes the plan in these years.
func (s *sitting) PlanInForce(ctx context.Context) (p signoff.Publication, err error) {
	if s.plan.IsZero() {
		s.plan, err = s.Tx.PlanInForce(ctx)
	}
	return s.plan, err
}

// people founds the installation, if nobody has, and lets its people sign.
func (d decade) people(ctx context.Context, in *server.Installation) ([]plan.PersonID, error) {
	p, _, err := in.Desk.Plan(ctx)
	if comms.CodeOf(err) == comms.NotFound {
		if _, err = in.Desk.Found(ctx, withComponents(plan.Builtin(), d.components)); err == nil {
			p, _, err = in.Desk.Plan(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	people, err := cast(p)
	for _, id := range people {
		if err == nil {
			err = in.Auth.SetPassword(ctx, id, "nobody signs in here "+string(comms.NewID()))
		}
	}
	return people, err
}

// withComponents adds groups to a plan until it has so many components.
func withComponents(files []comms.PlanFile, want int) []comms.PlanFile {
	p, err := plan.Read(files)
	if err != nil {
		return files // whoever founds with it says what is wrong
	}
	var groups strings.Builder
	for n := range want - len(p.Catalogue.Components()) {
		if n%grouped == 0 {
			fmt.Fprintf(&groups, "  - id: region-%d\n    name: { en: Region %d, es: Región %d }\n    components:\n", n/grouped+1, n/grouped+1, n/grouped+1)
		}
		fmt.Fprintf(&groups, "      - id: service-%03d\n        name: { en: Service %d, es: Servicio %d }\n        description: { en: What service %d does in its region, es: Lo que hace el servicio %d en su región }\n", n+1, n+1, n+1, n+1, n+1)
	}
	out := slices.Clone(files)
	for i, f := range out {
		if f.Name == "catalogue.yaml" {
			out[i].Text = strings.Replace(f.Text, "\nstates:\n", "\n"+groups.String()+"\nstates:\n", 1)
		}
	}
	return out
}

// troubles are the five updates of each incident: last week's, and one that
// says that the search goes on.
var troubles = slices.Insert(slices.Clone(lastWeek), 1, stage{
	at: 20 * time.Minute, phase: comms.PhaseInvestigating, state: comms.Major,
	shared: map[string]string{"next_update": "+35m"},
	words: map[comms.Lang]map[string]string{
		"en": {"action_us": "comparing what the machines that work have in common"},
		"es": {"action_us": "comparando lo que tienen en común las máquinas que funcionan"},
	},
})

// trouble lives through the n-th incident of the ten years.
func (t teller) trouble(ctx context.Context, d decade, n int) error {
	p, _, err := t.desk.Plan(ctx)
	if err != nil {
		return err
	}
	components := p.Catalogue.Components()
	component := components[n*7%len(components)]
	start := time.Now().Add(-tenYears).Add(tenYears * time.Duration(n) / time.Duration(d.incidents)).UTC().Truncate(time.Minute)
	var stages []stage
	for _, s := range troubles {
		stages = append(stages, s.about(component, n))
	}
	return t.incident(ctx, start, desk.Opening{
		Kind: comms.KindIncident, Name: fmt.Sprintf("Trouble %d", n+1), Severity: "minor", Claims: []comms.Claim{{Component: component.ID, State: comms.Major}},
	}, stages)
}

// about is the stage with the words of one incident alone.
func (s stage) about(c comms.Component, n int) stage {
	words := maps.Clone(s.words)
	for lang, slots := range words {
		name, _ := c.Name.In(lang, "en")
		slots = maps.Clone(slots)
		if slots["headline"] != "" {
			slots["headline"] = fmt.Sprintf("%s: %s (%d)", name, slots["headline"], n+1)
		}
		words[lang] = slots
	}
	s.words = words
	return s
}

// settled notes that everybody got their mail: there is no mail server here.
func settled(ctx context.Context, in *server.Installation) error {
	at := time.Now()
	numbers, err := in.Store.Unspread(ctx)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		for done := false; !done; {
			if done, err = in.Store.Spread(ctx, n, 100, at); err != nil {
				return err
			}
		}
	}
	ids, err := in.Store.Unsent(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		n, _, err := in.Store.Notice(ctx, id)
		if err != nil {
			return err
		}
		for _, person := range n.To {
			if err := in.Store.NoticeSent(ctx, id, string(person), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// stored is where an installation keeps everything in its folder.
func stored(f server.Folder) server.Stored {
	return server.Stored{
		Database: "sqlite:" + server.DatabaseFile, SealKey: server.SealKeyFile, SealPub: server.SealPubFile, SecretKey: server.SecretFile,
	}.In(f)
}
