package audit

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// contents: the stored bytes are those that were named.
func (w *walk) contents(ctx context.Context, rows store.Raw) error {
	return rows.Contents(ctx, func(digest string, bytes []byte) {
		w.Contents++
		if len(bytes) == 0 {
			w.emptied[digest] = true // redactions looks by what right
			return
		}
		if got := comms.DigestOf(bytes).String(); got != digest {
			w.find("contents", "digest "+digest, "its bytes hash to %s; they were changed after they were stored", got)
			return
		}
		w.words[digest] = bytes
	})
}

// chain: publications are numbered from 1 without gaps, each follows the seal
// before it, and each can be restored.
func (w *walk) chain(ctx context.Context, rows store.Raw) (err error) {
	if w.rows, err = rows.Publications(ctx); err != nil {
		return err
	}
	w.seals = make(map[int64]string, len(w.rows))
	for _, r := range w.rows {
		w.Publications++
		for missing := w.Head.Number + 1; missing < r.Number; missing++ {
			w.find("publications", number(missing), "it is missing from the chain")
		}
		if r.Number == w.Head.Number+1 && r.Previous != w.Head.Seal.String() {
			w.find("publications", number(r.Number), "it does not follow the seal of the publication before it")
		}
		w.seals[r.Number] = r.Seal
		w.Head.Number = r.Number
		if w.Head.Seal, err = signoff.ParseSeal(r.Seal); err != nil {
			w.Head.Seal = signoff.Seal{} // found by Restore, and by whoever follows
		}
		p, err := r.Restore(w.keys)
		if err != nil {
			w.find("publications", number(r.Number), "%v", err)
			continue
		}
		w.publications = append(w.publications, p)
	}
	return nil
}

// outside: a head that was kept outside lies on the chain.
func (w *walk) outside(h signoff.Head) {
	if h.Number == 0 {
		return
	}
	seal, ok := w.seals[h.Number]
	switch {
	case !ok:
		w.find("publications", number(h.Number), "it is missing, and the head that was kept outside names it: the chain ends at %d", w.Head.Number)
	case seal != h.Seal.String():
		w.find("publications", number(h.Number), "its seal is not the one that was kept outside: the history was written anew")
	}
}

// entries: the audit is numbered from 1 without gaps. An entry proves nothing
// else about itself.
func (w *walk) entries(ctx context.Context, rows store.Raw) error {
	gap, n, err := rows.AuditGap(ctx)
	w.Entries = n
	if gap != 0 {
		w.find("audit", number(gap), "it is missing")
	}
	return err
}
