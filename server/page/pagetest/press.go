// Package pagetest mints real publications for tests: with a key of its own,
// a real plan, attested signatures and the one mint that there is.
package pagetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/shelf"
)

// Press publishes. It is a page.Source of what it has published.
type Press struct {
	t      testing.TB
	key    signoff.Key
	plan   *plan.Plan
	digest comms.Digest
	pubs   []signoff.Publication
	heads  map[comms.ID]signoff.Publication // latest of each incident
	planNo int64
	// withdraws is what the redaction that is being signed takes away.
	withdraws signoff.Publication
	// Fail, if set, is what Publications returns instead of publications.
	Fail error
	// Asked counts the calls of Publications, which come several at a time.
	Asked atomic.Int64
	// Read counts what Numbered was asked for.
	Read     atomic.Int64
	redacted map[int64]signoff.Publication // which took the words of which away
}

// New starts with the first plan, published at the time. Without files it is
// the plan that ships with the program.
func New(t testing.TB, at time.Time, files ...comms.PlanFile) *Press {
	t.Helper()
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	p := &Press{t: t, key: key, heads: map[comms.ID]signoff.Publication{}, redacted: map[int64]signoff.Publication{}}
	if files == nil {
		files = plan.Builtin()
	}
	read, err := plan.Read(files)
	if err != nil {
		t.Fatalf("the plan: %v", err)
	}
	p.mint(comms.Message{
		Kind: comms.MessagePlan, Update: ID("plan 1"),
		PlanVersion: &comms.PlanVersion{Version: 1, Files: read.Files, Catalogue: read.Catalogue},
	}, at)
	p.adopt(read)
	return p
}

func (p *Press) adopt(read *plan.Plan) {
	last := p.pubs[len(p.pubs)-1]
	p.plan, p.digest, p.planNo = read, last.Digest(), last.Number()
}

// Replan publishes another version of the plan.
func (p *Press) Replan(at time.Time, files ...comms.PlanFile) signoff.Publication {
	p.t.Helper()
	read, err := plan.Read(files)
	if err != nil {
		p.t.Fatalf("the plan: %v", err)
	}
	pub := p.mint(comms.Message{
		Kind: comms.MessagePlan, Update: ID(fmt.Sprint("plan ", len(p.pubs))), Plan: p.digest, Basis: p.planNo,
		PlanVersion: &comms.PlanVersion{Version: 2, Files: read.Files, Catalogue: read.Catalogue},
	}, at)
	p.adopt(read)
	return pub
}

// Renamed is the plan that ships with the program, for a company of another
// name.
func Renamed(t testing.TB, name string) []comms.PlanFile {
	t.Helper()
	files := slices.Clone(plan.Builtin())
	for n, f := range files {
		if f.Name == "organisation.yaml" {
			files[n].Text = strings.Replace(f.Text, "name: Northwind\n", "name: "+name+"\n", 1)
		}
	}
	return files
}

// Update is what to publish of an incident.
type Update struct {
	Incident string   // a name for the test; ID makes the identifier
	Of       comms.ID // the identifier itself, where there is no name
	Kind     comms.Kind
	Phase    comms.Phase
	Severity comms.Severity
	Claims   []comms.Claim
	Title    comms.Words
	HTML     comms.Words
	At       time.Time // of the publication
	Started  time.Time // At, if it is zero
	Ended    *time.Time
	Next     *time.Time
	// Corrects is what this puts right; the zero value for an update.
	Corrects signoff.Publication
	Reason   comms.Words
}

// Publish signs and publishes an update or a correction.
func (p *Press) Publish(u Update) signoff.Publication {
	p.t.Helper()
	id := ID(u.Incident)
	if u.Of != "" {
		id = u.Of
	}
	if u.Kind == "" {
		u.Kind = comms.KindIncident
	}
	if u.Severity == "" {
		u.Severity = map[comms.Kind]comms.Severity{comms.KindIncident: "minor", comms.KindMaintenance: "maintenance"}[u.Kind]
	}
	if u.Started.IsZero() {
		u.Started = u.At
	}
	states, others := p.states(id)
	m := comms.Message{
		Kind: comms.MessageUpdate, Update: ID(fmt.Sprint(u.Incident, len(p.pubs))), Plan: p.digest, Basis: p.heads[id].Number(),
		Incident: &comms.Incident{
			ID: id, Kind: u.Kind, Phase: u.Phase, Severity: u.Severity, Claims: u.Claims,
			Changes:   signoff.Changes(u.Claims, states, others),
			StartedAt: u.Started, EndedAt: u.Ended, NextUpdate: u.Next,
		},
		Forms: map[comms.Lang]comms.Forms{},
	}
	for lang, title := range u.Title {
		m.Forms[lang] = comms.Forms{Title: title, Subject: title, HTML: u.HTML[lang], Text: title, Short: title, Support: title, InProduct: title}
	}
	if !u.Corrects.IsZero() {
		m.Kind = comms.MessageCorrection
		m.Correction = &comms.Correction{
			Publication: u.Corrects.Number(), Digest: u.Corrects.Digest(), Update: u.Corrects.Message().Update, Reason: u.Reason,
		}
	}
	pub := p.mint(m, u.At)
	p.heads[id] = pub
	return pub
}

// Redact takes the words of a publication away. What Publications returned
// before still has them, as with a store.
func (p *Press) Redact(old signoff.Publication, at time.Time, reason comms.Words) signoff.Publication {
	p.t.Helper()
	id := old.Message().Incident.ID
	remains, standing := old.Message().WithoutWords(), *p.heads[id].Message().Incident
	states, others := p.states(id)
	standing.Changes = signoff.Changes(standing.Claims, states, others)
	p.withdraws = old
	pub := p.mint(comms.Message{
		Kind: comms.MessageRedaction, Update: ID(fmt.Sprint("redaction ", len(p.pubs))), Plan: p.digest, Basis: p.heads[id].Number(), Incident: &standing,
		Redaction: &comms.Redaction{Publication: old.Number(), Digest: old.Digest(), Remains: &remains, Reason: reason},
	}, at)
	p.heads[id], p.redacted[old.Number()] = pub, pub
	return pub
}

// Standing is the newest publication of an incident; the zero value for none.
func (p *Press) Standing(id comms.ID) signoff.Publication { return p.heads[id] }

// Phases lists the phases that an incident can be told of next.
func (p *Press) Phases(id comms.ID, kind comms.Kind) (out []comms.Phase) {
	phase := comms.PhaseNone
	if head := p.heads[id]; !head.IsZero() {
		phase = head.Message().Incident.Phase
	}
	for _, next := range comms.Phases() {
		if next.Of() == kind && p.plan.Follows(phase, next) {
			out = append(out, next)
		}
	}
	return out
}

// states is what customers see of each component, and would see without one incident.
func (p *Press) states(without comms.ID) (states, others map[comms.ComponentID]comms.State) {
	states, others = map[comms.ComponentID]comms.State{}, map[comms.ComponentID]comms.State{}
	for id, pub := range p.heads {
		i := pub.Message().Incident
		if i.Phase.Closed() {
			continue
		}
		for _, c := range i.Claims {
			states[c.Component] = comms.Worst(states[c.Component], c.State)
			if id != without {
				others[c.Component] = comms.Worst(others[c.Component], c.State)
			}
		}
	}
	return states, others
}

// mint signs a message by people who may, and publishes it.
func (p *Press) mint(m comms.Message, at time.Time) signoff.Publication {
	p.t.Helper()
	content, err := comms.Seal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	b := signoff.Basis{Plan: p.plan, PlanDigest: p.digest, Keys: signoff.NewKeyring(p.key.Public())}
	if len(p.pubs) > 0 {
		b.Chain = p.pubs[len(p.pubs)-1].Head()
	}
	var approvals []signoff.Approval
	if p.plan != nil {
		approvals = p.sign(m, content.Digest(), &b, at)
	}
	report := lint.NewReport(content.Digest(), 0, nil)
	pub, err := signoff.Countersign(p.key, content, report, approvals, b, at)
	if err != nil {
		p.t.Fatalf("publish: %v", err)
	}
	p.pubs = append(p.pubs, pub)
	return pub
}

func (p *Press) sign(m comms.Message, digest comms.Digest, b *signoff.Basis, at time.Time) []signoff.Approval {
	p.t.Helper()
	var proposed *plan.Plan
	var err error
	if m.PlanVersion != nil {
		b.Incident = p.planNo
		if proposed, err = plan.Read(m.PlanVersion.Files); err != nil {
			p.t.Fatal(err)
		}
	} else {
		head := p.heads[m.Incident.ID]
		b.Incident = head.Number()
		if !head.IsZero() {
			b.Phase, b.Severity = head.Message().Incident.Phase, head.Message().Incident.Severity
		}
		b.States, b.Others = p.states(m.Incident.ID)
		b.Standing, b.Withdraws = head.Message().Incident, p.withdraws
	}
	if b.Requirements, err = signoff.Requirements(m, b.Severity, p.plan, proposed); err != nil {
		p.t.Fatal(err)
	}
	langs := m.Languages()
	var out []signoff.Approval
	taken := map[plan.PersonID]bool{}
	for n, r := range b.Requirements {
		for _, who := range p.plan.People {
			if taken[who.ID] || !signoff.MayFill(p.plan, r, who.ID) {
				continue
			}
			a, err := signoff.Attest(p.key, signoff.Approval{
				ID: ID(fmt.Sprint("approval", len(p.pubs), n)), Update: m.Update, Digest: digest, Requirement: n,
				Person: who.ID, Means: signoff.MeansPassword, Languages: langs, At: at, Expires: at.Add(15 * time.Minute),
			})
			if err != nil {
				p.t.Fatal(err)
			}
			out, taken[who.ID] = append(out, a), true
			break
		}
	}
	return out
}

// All is everything that was published, oldest first.
func (p *Press) All() []signoff.Publication { return append([]signoff.Publication(nil), p.pubs...) }

// Publications is what page.Source asks for.
func (p *Press) Publications(_ context.Context, after int64, limit int) ([]signoff.Publication, error) {
	p.Asked.Add(1)
	if p.Fail != nil {
		return nil, p.Fail
	}
	rest := p.pubs[min(int(after), len(p.pubs)):]
	return append([]signoff.Publication(nil), rest[:min(limit, len(rest))]...), nil
}

// Numbered is what page.Source asks for.
func (p *Press) Numbered(ctx context.Context, numbers []int64) (out []signoff.Publication, err error) {
	p.Read.Add(int64(len(numbers)))
	if p.Fail != nil {
		return nil, p.Fail
	}
	for _, n := range numbers {
		if pub := p.pubs[n-1]; p.redacted[n].IsZero() {
			out = append(out, pub)
		} else if pub, err = pub.Without(p.redacted[n]); err == nil {
			out = append(out, pub)
		}
	}
	return out, err
}

// Outlines are those of publications, with a shelf that has the words.
func Outlines(t testing.TB, pubs []signoff.Publication) ([]*signoff.Outline, *shelf.Shelf) {
	t.Helper()
	outlines, err := signoff.Outlines(pubs)
	if err != nil {
		t.Fatal(err)
	}
	return outlines, shelf.Of(pubs)
}

// ID makes an identifier from a name, the same one every time.
func ID(name string) comms.ID {
	sum := sha256.Sum256([]byte(name))
	return comms.ID(hex.EncodeToString(sum[:])[:12])
}
