package audit

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// waivers: each finding that a signature waives is written down with the words
// and the reason that were signed, and nothing else is said to be part of it. A
// redaction alone empties them.
func (w *walk) waivers(ctx context.Context, rows store.Raw) error {
	all, err := rows.Waivers(ctx)
	if err != nil {
		return err
	}
	redacted, err := redactedIncidents(ctx, rows)
	if err != nil {
		return err
	}
	written := map[comms.ID][]store.RawWaiver{}
	for _, v := range all {
		key := "id " + string(v.ID)
		empty := v.Finding.Span == "" && v.Reason == ""
		if v.Approval != "" {
			written[v.Approval] = append(written[v.Approval], v)
			if a, ok := w.desk.approvals[string(v.Approval)]; !ok {
				w.find("waivers", key, "it says that it is part of a signature, and there is none such that can be trusted")
			} else if !signs(a, v, empty) {
				w.find("waivers", key, "it says other things than the signature of %s that it is part of", a.Person)
			}
		}
		if len(w.desk.requirements[asking{string(v.Update), v.Digest.String()}]) == 0 {
			w.find("waivers", key, "it is of words that never asked for signatures")
		}
		if empty && v.Finding.Level != "warn" && !redacted[string(v.Update)] {
			w.find("waivers", key, "its words are missing, and no redaction took them away")
		}
	}
	for id, a := range w.desk.approvals {
		for _, waived := range a.Waivers {
			if !writtenDown(waived, written[comms.ID(id)]) {
				w.find("approvals", "id "+id, "it waives a finding of the rule %s, and the words and the reason are not written down", waived.Rule)
			}
		}
	}
	return nil
}

// signs tells whether a signature waives what a row says that it does.
func signs(a signoff.Approval, row store.RawWaiver, empty bool) bool {
	if a.Person != row.Person || a.Digest != row.Digest || a.Update != row.Update {
		return false
	}
	for _, waived := range a.Waivers {
		if waived.Covers(row.Finding) {
			return empty || waived.Words == signoff.WaivedWords(row.Finding.Span, row.Reason)
		}
	}
	return false
}

func writtenDown(waived signoff.Waiver, rows []store.RawWaiver) bool {
	for _, r := range rows {
		if waived.Covers(r.Finding) {
			return true
		}
	}
	return false
}

// redactedIncidents lists the updates of incidents of which words were redacted.
func redactedIncidents(ctx context.Context, rows store.Raw) (map[string]bool, error) {
	redactions, err := rows.Redactions(ctx)
	if err != nil || len(redactions) == 0 {
		return nil, err
	}
	updates, err := rows.Updates(ctx)
	if err != nil {
		return nil, err
	}
	incidents, of := map[string]bool{}, map[string]string{}
	for _, u := range updates {
		of[u.ID] = u.Incident
	}
	for _, r := range redactions {
		incidents[of[r.Update]] = true
	}
	out := map[string]bool{}
	for id, incident := range of {
		out[id] = incidents[incident]
	}
	return out, nil
}
