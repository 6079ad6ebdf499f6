package audit

import (
	"context"
	"maps"
	"slices"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// taken is what redactions that can be trusted took away.
type taken struct {
	updates   map[string]int64 // by which redaction, by update
	incidents map[string]bool  // whose old drafts may be empty as well
	records   map[string]store.RawUpdate
	published map[string]bool // digests
}

// redactions: words are gone where a redaction that can be trusted took them
// away, there alone, and all of them.
func (w *walk) redactions(ctx context.Context, rows store.Raw) error {
	all, err := rows.Redactions(ctx)
	if err != nil {
		return err
	}
	byNumber := make(map[int64]store.RawRedaction, len(all))
	for _, r := range all {
		byNumber[r.Redaction] = r
	}
	gone := taken{map[string]int64{}, map[string]bool{}, map[string]store.RawUpdate{}, map[string]bool{}}
	for _, p := range w.publications {
		gone.published[p.Digest().String()] = true
		r := p.Message().Redaction
		if r == nil {
			continue
		}
		update := string(r.Remains.Update)
		gone.updates[update] = p.Number()
		gone.incidents[string(incidentOf(p.Message()))] = true
		row, exists := byNumber[p.Number()]
		delete(byNumber, p.Number())
		if !exists || row.Publication != r.Publication || row.Update != update {
			w.find("redactions", number(r.Publication), "publication %d takes its words away, and no row says so", p.Number())
		}
	}
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		w.find("redactions", number(byNumber[n].Publication), "publication %d is no redaction of it that can be trusted", n)
	}
	updates, err := rows.Updates(ctx)
	for _, u := range updates {
		gone.records[u.ID] = u
	}
	w.emptiedContents(gone)
	w.emptiedDrafts(gone)
	return err
}

// emptiedContents looks at every message that was ever submitted. Beside a
// redaction, those that were never published and ask for nothing may be empty.
func (w *walk) emptiedContents(gone taken) {
	of := map[string]string{} // update, by digest
	for a := range w.desk.requirements {
		of[a.digest] = a.update
	}
	for _, r := range w.rows { // some asked for no signatures
		if r.WarrantKind == string(signoff.Holding) {
			of[r.Digest] = r.Update
		}
	}
	for _, digest := range slices.Sorted(maps.Keys(of)) {
		if by := gone.updates[of[digest]]; by != 0 && !w.emptied[digest] {
			w.find("contents", "digest "+digest, "its words still stand, and publication %d took them away", by)
		}
	}
	for _, digest := range slices.Sorted(maps.Keys(w.emptied)) {
		u := gone.records[of[digest]]
		idle := gone.incidents[u.Incident] && (u.Digest != digest || u.State == "withdrawn") && !gone.published[digest]
		if gone.updates[of[digest]] == 0 && !idle {
			w.find("contents", "digest "+digest, "its words are gone, and no redaction took them away")
		}
	}
}

// emptiedDrafts looks at every update. Beside a redaction, drafts that newer
// ones took the place of may be empty, and those of what was withdrawn.
func (w *walk) emptiedDrafts(gone taken) {
	for _, update := range slices.Sorted(maps.Keys(w.desk.texts)) {
		t, by, u := w.desk.texts[update], gone.updates[update], gone.records[update]
		beside := gone.incidents[u.Incident] && (!t.lost || u.State == "withdrawn")
		switch {
		case by == 0 && t.empty > 0 && !beside:
			w.find("revisions", "update "+update, "%d of its drafts are empty, and no redaction took their words away", t.empty)
		case by != 0 && t.written > 0:
			w.find("revisions", "update "+update, "%d of its drafts still have words, and publication %d took them away", t.written, by)
		}
	}
}
