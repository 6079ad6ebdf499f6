package audit_test

import (
	"fmt"
	"testing"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// redact takes the words of the first incident away.
func (h *history) redact() (old, by signoff.Publication) {
	h.T.Helper()
	old, err := h.Store.Publication(h.T.Context(), 2)
	check(h.T, err)
	_, by = h.Redact(h.minor, old)
	h.head = by.Head()
	return old, by
}

func TestARedactedHistoryHolds(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		h := tell(t, st)
		h.redact()
		r, err := audit.Verify(t.Context(), st, storetest.Keys(), &h.head)
		check(t, err)
		if !r.Holds() || r.Publications != 5 {
			t.Errorf("an honest history with a redaction: %s", r)
		}
	})
}

// TestForgedRedactionsAreFound takes words away, and puts them back, with the
// law out of the way.
func TestForgedRedactionsAreFound(t *testing.T) {
	told := tell(t, storetest.SQLite(t))
	old, by := told.redact()
	data := told.data
	for name, c := range map[string]struct{ forge, want string }{
		"empty the words": {
			"UPDATE contents SET bytes = x'' WHERE digest = '" + data.Digest.String() + "'",
			"contents digest " + data.Digest.String() + ": its words are gone, and no redaction took them away",
		},
		"empty words that were never published": {
			"UPDATE contents SET bytes = x'' WHERE digest = '" + told.open.Digest.String() + "'",
			"contents digest " + told.open.Digest.String() + ": its words are gone, and no redaction took them away",
		},
		"empty a draft": {
			"UPDATE revisions SET draft = '' WHERE update_id = '" + string(data.ID) + "'",
			"revisions update " + string(data.ID) + ": 1 of its drafts are empty, and no redaction took their words away",
		},
		"put the words back": {
			fmt.Sprintf("UPDATE contents SET bytes = x'%x' WHERE digest = '%s'", old.Content().Bytes(), old.Digest()),
			fmt.Sprintf("contents digest %s: its words still stand, and publication %d took them away", old.Digest(), by.Number()),
		},
		"write other words into a draft": {
			"UPDATE revisions SET draft = '{}' WHERE update_id = '" + string(told.minor.ID) + "'",
			fmt.Sprintf("revisions update %s: 1 of its drafts still have words, and publication %d took them away", told.minor.ID, by.Number()),
		},
		"lose the redaction's row": {
			"DELETE FROM redactions",
			"redactions number 2: publication 5 takes its words away, and no row says so",
		},
		"point it at others": {
			"UPDATE redactions SET publication = 3, update_id = '" + string(data.ID) + "'",
			"redactions number 2: publication 5 takes its words away, and no row says so",
		},
		"say that another publication did it": {
			"UPDATE redactions SET redaction = 4",
			"redactions number 2: publication 4 is no redaction of it that can be trusted",
		},
		"say that one of no seal did it": {
			"UPDATE publications SET seal = previous WHERE number = 5",
			"publications number 2: publication 2 cannot be trusted: publication 5 cannot be trusted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := told.copy(t)
			h.lawless()
			h.Exec(c.forge)
			h.names([]string{c.want})
		})
	}
}
