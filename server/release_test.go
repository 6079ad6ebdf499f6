package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/auth"
)

// clock is a clock that a test sets.
type clock struct{ now atomic.Int64 }

func (c *clock) read() time.Time      { return time.UnixMicro(c.now.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.now.Add(d.Microseconds()) }

// TestPlannedWorkThroughTheWholeServer signs planned work in advance, and
// reads of its start and its end on the page without anybody's doing: of the
// start while the service runs, of the end after an outage at its time.
func TestPlannedWorkThroughTheWholeServer(t *testing.T) {
	s, c := installed(t), &clock{}
	c.now.Store(time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC).UnixMicro())
	in, err := Open(t.Context(), s.Stored, Options{Now: c.read})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for _, person := range []plan.PersonID{"dana", "ines"} {
		if err := in.Store.AddAccount(t.Context(), auth.Account{Person: person, CreatedAt: c.read(), ChangedAt: c.read()}); err != nil {
			t.Fatal(err)
		}
	}
	_, announced, err := in.Desk.Open(t.Context(), desk.Actor{Person: "dana"}, desk.Opening{
		Kind: comms.KindMaintenance, Name: "New disks", Severity: "maintenance", Claims: []comms.Claim{{Component: "exports", State: comms.Maintenance}},
		StartedAt: draft.FormatTime(c.read().Add(time.Hour)), EndedAt: draft.FormatTime(c.read().Add(2 * time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := in.Desk.PrepareWork(t.Context(), desk.Actor{Person: "dana"}, announced.Incident)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range append([]desk.Update{announced}, prepared...) {
		bringToSignature(t, in, u.ID)
	}

	page, stop := running(t, s, c)
	shows := func(words string) bool {
		res, err := http.Get(page + "/maintenances/" + string(announced.Incident))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return strings.Contains(string(body), words)
	}
	await := func(words string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !shows(words); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the page never says %q", words)
			}
		}
	}
	await("Planned work on Exports, Monday 23 November")
	if shows("has started") {
		t.Fatal("the page speaks of the start before its time")
	}
	c.pass(time.Hour)
	await("Planned work on Exports has started")
	stop()
	c.pass(time.Hour + 5*time.Minute)
	page, stop = running(t, s, c)
	defer stop()
	await("Planned work on Exports is finished")
}

// bringToSignature fills every empty slot, asks for the signature and gives it.
func bringToSignature(t *testing.T, in *Installation, update comms.ID) {
	t.Helper()
	submitted(t, in, update, func(comms.Lang) string { return "people cannot open a report in the web app" })
	signed(t, in, update)
}

// submitted fills every empty slot with words of a language, and asks for the
// signatures.
func submitted(t *testing.T, in *Installation, update comms.ID, words func(comms.Lang) string) {
	t.Helper()
	ctx, author := t.Context(), desk.Actor{Person: "dana"}
	v, err := in.Desk.Look(ctx, author, update)
	if err != nil {
		t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	for _, f := range render.Fields(v.Template, v.Plan.Catalogue.Languages) {
		switch {
		case text.Slots.Get(f.Lang, f.Slot.Name) != "" || !f.Slot.Required && f.Slot.Type != plan.SlotText:
		case f.Slot.Type == plan.SlotChoice:
			text.Slots.Set(f.Lang, f.Slot.Name, f.Slot.Options[0].Key)
		default:
			text.Slots.Set(f.Lang, f.Slot.Name, words(f.Lang))
		}
	}
	saved, err := in.Desk.Save(ctx, author, update, v.Latest.Number, text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Desk.Submit(ctx, author, update, saved.Number); err != nil {
		t.Fatal(err)
	}
}

// signed gives every signature that an update asks for.
func signed(t *testing.T, in *Installation, update comms.ID) {
	t.Helper()
	v, err := in.Desk.Look(t.Context(), desk.Actor{Person: "dana"}, update)
	if err != nil {
		t.Fatal(err)
	}
	u := v.Update
	if len(v.Cause.May) > 0 {
		if err := in.Desk.ConfirmCause(t.Context(), desk.Actor{Person: v.Cause.May[0]}, update, v.Cause.Digest); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range v.Signatures {
		if len(s.May) == 0 {
			t.Fatalf("nobody may give the signature %d", i)
		}
		u, err = in.Desk.Sign(t.Context(), desk.Actor{Person: s.May[0], Proof: signoff.MeansPassword},
			desk.Signing{Update: update, Digest: u.Digest, Requirement: i, Languages: v.Preview.Message.Languages()})
		if err != nil {
			t.Fatal(err)
		}
	}
	if u.State != desk.Published && u.State != desk.Approved {
		t.Fatalf("after its signatures the update is %s: %s", u.State, u.Note)
	}
}

// running starts the service; stop ends it and waits until it has ended.
func running(t *testing.T, s Settings, c *clock) (page string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Settings: s, Options: Options{Now: c.read}, Started: func(public, _ net.Addr) { started <- "http://" + public.String() }})
	}()
	select {
	case page = <-started:
	case err := <-ended:
		t.Fatal(err)
	}
	return page, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
