package audit

import (
	"context"
	"maps"
	"slices"

	"github.com/countersign/countersign/server/store"
)

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
	gone := map[string]int64{} // which redaction took the words of an update away
	for _, p := range w.publications {
		r := p.Message().Redaction
		if r == nil {
			continue
		}
		update := string(r.Remains.Update)
		gone[update] = p.Number()
		row, exists := byNumber[p.Number()]
		delete(byNumber, p.Number())
		if !exists || row.Publication != r.Publication || row.Update != update {
			w.find("redactions", number(r.Publication), "publication %d takes its words away, and no row says so", p.Number())
		}
	}
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		w.find("redactions", number(byNumber[n].Publication), "publication %d is no redaction of it that can be trusted", n)
	}
	w.emptiedContents(gone)
	for _, update := range slices.Sorted(maps.Keys(w.desk.texts)) {
		switch t, by := w.desk.texts[update], gone[update]; {
		case by == 0 && t.empty > 0:
			w.find("revisions", "update "+update, "%d of its drafts are empty, and no redaction took their words away", t.empty)
		case by != 0 && t.written > 0:
			w.find("revisions", "update "+update, "%d of its drafts still have words, and publication %d took them away", t.written, by)
		}
	}
	return nil
}

// emptiedContents looks at every content that was ever submitted for an update.
func (w *walk) emptiedContents(gone map[string]int64) {
	of := map[string]string{} // update, by digest
	for a := range w.desk.requirements {
		of[a.digest] = a.update
	}
	for _, digest := range slices.Sorted(maps.Keys(of)) {
		if by := gone[of[digest]]; by != 0 && !w.emptied[digest] {
			w.find("contents", "digest "+digest, "its words still stand, and publication %d took them away", by)
		}
	}
	for _, digest := range slices.Sorted(maps.Keys(w.emptied)) {
		if gone[of[digest]] == 0 {
			w.find("contents", "digest "+digest, "its words are gone, and no redaction took them away")
		}
	}
}
