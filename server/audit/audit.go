// Package audit walks everything that the store holds from nothing and says
// which rows cannot be true: words that do not fit their digest, seals that do
// not fit their publication, links that are missing from the chain, signatures
// that nobody gave or nobody could give, records that say other things than
// the publications that they follow from.
//
// The law in the database refuses ordinary SQL; this finds whoever took the
// law away first. Whoever holds the database, the seal key and a shell can
// forge a whole history: only a head of the chain that was kept outside, as
// approval mails print it, shows that.
//
// Some rows carry no proof, and whoever writes them in keeping with the rest
// is not found: entries of the audit, whose numbers alone are checked (they say
// what the desk wrote down; what counts as signed is in approvals and
// publications); when a signature was taken back and why; who confirmed a
// cause, among those who could; who submitted an update; a delivery that is
// first claimed and then settled by hand; accounts and subscribers.
package audit

import (
	"context"
	"fmt"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// Finding is one row that cannot be true.
type Finding struct {
	Table string // "publications"
	Key   string // of the row: "number 7"
	Text  string // what is wrong with it
}

func (f Finding) String() string { return f.Table + " " + f.Key + ": " + f.Text }

// Result is what a walk found, and how far it went.
type Result struct {
	Publications, Contents, Approvals, Deliveries, Entries int64
	Head                                                   signoff.Head // the end of the chain
	Findings                                               []Finding
}

// Holds tells whether nothing was found.
func (r Result) Holds() bool { return len(r.Findings) == 0 }

// String gives a line for each finding, and one that sums up.
func (r Result) String() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintln(&b, f)
	}
	fmt.Fprintf(&b, "%d publications, %d contents, %d signatures, %d deliveries and %d entries of the audit were checked. ",
		r.Publications, r.Contents, r.Approvals, r.Deliveries, r.Entries)
	if r.Holds() {
		fmt.Fprintf(&b, "Everything holds. The head of the chain is %s\n", r.Head)
	} else {
		fmt.Fprintf(&b, "%d rows cannot be true: restore the database from a backup that holds, and find out who could write to it.\n", len(r.Findings))
	}
	return b.String()
}

// Verify walks everything. A head that was kept outside, or nil, must lie on
// the chain. The error is for a database that cannot be read; what cannot be
// true is in the findings.
func Verify(ctx context.Context, st *store.Store, keys signoff.Keyring, head *signoff.Head) (Result, error) {
	w := &walk{keys: keys, words: map[string][]byte{}, emptied: map[string]bool{}, told: map[int64]comms.Severity{}, wereInForce: map[comms.Digest]*plan.Plan{}, inForceAt: map[int64]*plan.Plan{}, ends: map[int64]comms.ID{}}
	err := st.Inspect(ctx, func(rows store.Raw) error {
		for _, step := range []func(context.Context, store.Raw) error{
			w.contents, w.chain, w.signatures, w.redactions, w.checkpoints, w.endings, w.plans, w.waivers, w.suggestions, w.causes, w.asked, w.updates, w.incidents, w.deliveries, w.entries,
		} {
			if err := step(ctx, rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("walk through the database: %w", err)
	}
	if head != nil {
		w.outside(*head)
	}
	return w.Result, nil
}

// walk is what one walk knows so far.
type walk struct {
	Result
	keys         signoff.Keyring
	rows         []store.RawPublication
	publications []signoff.Publication // those that could be restored
	seals        map[int64]string      // by number, as stored
	words        map[string][]byte     // contents by their digest, those that hash to it
	emptied      map[string]bool       // contents without bytes, by their digest
	told         map[int64]comms.Severity
	wereInForce  map[comms.Digest]*plan.Plan // plans that were, by the digest of their publication
	inForceAt    map[int64]*plan.Plan        // that was when a publication was made, by its number
	inForce      *plan.Plan                  // in the end
	adopted      adoptions
	ends         map[int64]comms.ID // the incident whose end a publication tells
	ended        map[int64]int64    // after which publication the approval of a holding statement was taken back, by its own
	declared     map[string]int64   // when a person declared an incident, by its identifier
	desk         deskRows
}

func (w *walk) find(table, key, text string, args ...any) {
	w.Findings = append(w.Findings, Finding{Table: table, Key: key, Text: fmt.Sprintf(text, args...)})
}

func number(n int64) string { return fmt.Sprintf("number %d", n) }
