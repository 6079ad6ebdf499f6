package desk_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// office is a desk on a real database, with a clock of its own.
type office struct {
	*desk.Desk
	t     testing.TB
	ctx   context.Context
	store *store.Store
	plan  *plan.Plan
	keys  signoff.Keyring

	mu  sync.Mutex
	now time.Time
}

var monday = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)

// open is an office on a SQLite database of its own, a copy of the first that
// was founded.
func open(t testing.TB) *office {
	t.Helper()
	o := unfounded(t, foundedFile(t))
	o.planInForce()
	return o
}

var foundedFile = storetest.Copies(func(st *store.Store) error {
	o := &office{ctx: context.Background(), now: monday, store: st}
	o.Desk = desk.New(desk.Config{Store: st, Key: storetest.Key(), Keys: storetest.Keys(), Now: o.clock})
	return o.begin()
})

// openAt is an office on the database at an address. Whatever a test does to
// it, the audit must find nothing in what is left.
func openAt(t testing.TB, address string) *office {
	t.Helper()
	o := unfounded(t, address)
	if err := o.begin(); err != nil {
		t.Fatal(err)
	}
	o.planInForce()
	return o
}

func unfounded(t testing.TB, address string) *office {
	t.Helper()
	o := &office{t: t, ctx: context.Background(), now: monday, keys: storetest.Keys()}
	o.start(address)
	return o
}

// begin publishes the built-in plan, and gives everybody on it an account.
func (o *office) begin() error {
	if _, err := o.Found(o.ctx, plan.Builtin()); err != nil {
		return err
	}
	p, _, err := o.Plan(o.ctx)
	if err != nil {
		return err
	}
	for _, person := range p.People {
		if err := o.store.AddAccount(o.ctx, auth.Account{Person: person.ID, CreatedAt: monday, ChangedAt: monday}); err != nil {
			return err
		}
	}
	return nil
}

func (o *office) planInForce() {
	o.t.Helper()
	var err error
	if o.plan, _, err = o.Plan(o.ctx); err != nil {
		o.t.Fatal(err)
	}
}

// start opens the database at an address, and a desk on it.
func (o *office) start(address string) {
	t := o.t
	t.Helper()
	var err error
	if o.store, err = store.Open(o.ctx, address, store.Options{Keys: o.keys, Now: o.clock}); err != nil {
		t.Fatal(err)
	}
	opened := o.store
	t.Cleanup(func() {
		if r, err := audit.Verify(o.ctx, opened, o.keys, nil); err != nil || !r.Holds() {
			t.Errorf("the audit finds what the desk let through: %v\n%s", err, r)
		}
		unchanged(t, opened)
		opened.Close()
	})
	o.Desk = desk.New(desk.Config{Store: o.store, Key: storetest.Key(), Keys: o.keys, Now: o.clock})
}

// unchanged looks whether everybody who was given a publication left it as it
// is: the store gives the same value to whoever reads it next.
func unchanged(t testing.TB, st *store.Store) {
	head, err := st.Head(context.Background())
	if err != nil {
		return // the audit has said why
	}
	for n := int64(1); n <= head.Number; n++ {
		p, err := st.Publication(context.Background(), n)
		if err != nil || p.Redacted() != nil {
			continue
		}
		if c, err := comms.Seal(p.Message()); err != nil || c.Digest() != p.Digest() {
			t.Errorf("somebody changed publication %d in memory: %v", n, err)
		}
	}
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) wait(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// holder is the first person who holds a role.
func (o *office) holder(role plan.RoleID) plan.PersonID { return o.plan.Holders(role)[0] }

func (o *office) drafter() desk.Actor { return desk.Actor{Person: o.holder(plan.Drafter)} }

func signer(p plan.PersonID) desk.Actor {
	return desk.Actor{Person: p, Proof: signoff.MeansPassword}
}

// incident opens a major incident of two components.
func (o *office) incident() desk.Update {
	o.t.Helper()
	_, u, err := o.Open(o.ctx, o.drafter(), desk.Opening{
		Kind: comms.KindIncident, Name: "Sign-in trouble", Severity: "major",
		Claims: []comms.Claim{{Component: o.component(0), State: comms.Partial}, {Component: o.component(1), State: comms.Degraded}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

func (o *office) component(i int) comms.ComponentID { return o.plan.Catalogue.Components()[i].ID }

// write fills every slot with honest words and saves.
func (o *office) write(a desk.Actor, update comms.ID, words string) desk.Revision {
	o.t.Helper()
	v, err := o.Look(o.ctx, a, update)
	if err != nil {
		o.t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	if len(text.Claims) == 0 {
		text.Claims = []comms.Claim{{Component: o.component(0), State: comms.Partial}}
	}
	o.fill(&text, v.Template, words)
	r, err := o.Save(o.ctx, a, update, v.Latest.Number, text)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func (o *office) fill(text *draft.Draft, t plan.Template, words string) {
	for _, f := range render.Fields(t, o.plan.Catalogue.Languages) {
		value := words
		switch f.Slot.Type {
		case plan.SlotNextUpdate:
			within := 25 * time.Minute
			if s, ok := o.plan.Severity(text.Severity); ok && s.Every > 0 {
				within = min(within, s.Every)
			}
			value = draft.FormatTime(o.clock().Add(within))
		case plan.SlotTime, plan.SlotDate:
			value = draft.FormatTime(o.clock().Add(-10 * time.Minute))
		case plan.SlotData:
			value = o.plan.DataSentences[0].Key
		case plan.SlotChoice:
			value = f.Slot.Options[0].Key
		}
		text.Slots.Set(f.Lang, f.Slot.Name, value)
	}
}

const honest = "people with a password cannot sign in"

// submitted brings a new incident to the point where signatures are asked for.
func (o *office) submitted() desk.Update {
	o.t.Helper()
	u := o.incident()
	r := o.write(o.drafter(), u.ID, honest)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	return u
}

func (o *office) explain(update comms.ID, err error) {
	o.t.Helper()
	if v, look := o.Look(o.ctx, o.drafter(), update); look == nil {
		for _, f := range v.Preview.Report.Findings() {
			o.t.Logf("%s %s %s %q: %s", f.Level, f.Rule, f.Field, f.Span, f.Reason)
		}
		for lang, f := range v.Preview.Message.Forms {
			o.t.Logf("%s: %s\n%s", lang, f.Title, f.Text)
		}
	}
	o.t.Fatal(err)
}

// sign confirms the cause that a text gives, if its signer may, and signs.
func (o *office) sign(p plan.PersonID, u desk.Update) (desk.Update, error) {
	if v, err := o.Look(o.ctx, signer(p), u.ID); err == nil && v.Cause.You {
		if err := o.ConfirmCause(o.ctx, signer(p), u.ID, v.Cause.Digest); err != nil {
			return u, err
		}
	}
	return o.Sign(o.ctx, signer(p), desk.Signing{Update: u.ID, Digest: u.Digest, Languages: o.plan.Catalogue.Languages})
}

func (o *office) head() int64 {
	o.t.Helper()
	var head signoff.Head
	err := o.store.Read(o.ctx, func(tx desk.Tx) (err error) {
		head, err = tx.Head(o.ctx)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return head.Number
}
