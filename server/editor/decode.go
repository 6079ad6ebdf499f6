package editor

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// The prefixes of field names in the form of an update.
const (
	slotPrefix  = "slots."
	claimPrefix = "claims."
	filePrefix  = "files."
)

// decodeDraft reads what was typed into the form of an update. Fields that the
// form did not show keep what they had, so that changing the template back
// brings the old words back.
func decodeDraft(form url.Values, before draft.Draft, p *plan.Plan) draft.Draft {
	d := before.Clone()
	if d.Slots == nil {
		d.Slots = draft.Slots{}
	}
	for name := range form {
		if slot, ok := strings.CutPrefix(name, slotPrefix); ok {
			lang, slot := slotName(slot, p)
			d.Slots.Set(lang, slot, lines(form.Get(name)))
		}
	}
	if form.Has("claims") {
		d.Claims = decodeClaims(form, p)
	}
	for name, to := range map[string]*string{"started_at": &d.StartedAt, "ended_at": &d.EndedAt, "publish_at": &d.PublishAt, "expires_at": &d.ExpiresAt} {
		if form.Has(name) {
			*to = strings.TrimSpace(form.Get(name))
		}
	}
	if s := form.Get("severity"); s != "" {
		d.Severity = comms.Severity(s)
	}
	if id := form.Get("template"); id != "" {
		d.Template = id
		if t, ok := p.Template(id); ok && t.Phase != comms.PhaseNone {
			d.Phase = t.Phase
		}
	}
	return d
}

// slotName splits "en.impact" and "next_update".
func slotName(s string, p *plan.Plan) (comms.Lang, string) {
	if lang, name, ok := strings.Cut(s, "."); ok && slices.Contains(p.Catalogue.Languages, comms.Lang(lang)) {
		return comms.Lang(lang), name
	}
	return draft.Shared, s
}

// decodeClaims reads one state for each component; components without one are
// not claimed. The order is the page's.
func decodeClaims(form url.Values, p *plan.Plan) []comms.Claim {
	var out []comms.Claim
	for _, c := range p.Catalogue.Components() {
		if state := form.Get(claimPrefix + string(c.ID)); state != "" {
			out = append(out, comms.Claim{Component: c.ID, State: comms.State(state)})
		}
	}
	return out
}

// decodePlan reads the files of a plan from its form.
func decodePlan(form url.Values, before draft.Draft) draft.Draft {
	d := before.Clone()
	for i, f := range d.Files {
		if form.Has(filePrefix + f.Name) {
			d.Files[i].Text = lines(form.Get(filePrefix + f.Name))
			if strings.HasSuffix(f.Text, "\n") && !strings.HasSuffix(d.Files[i].Text, "\n") {
				d.Files[i].Text += "\n"
			}
		}
	}
	if form.Has("summary") {
		d.Summary = strings.TrimSpace(lines(form.Get("summary")))
	}
	return d
}

// lines undoes what forms do to line breaks.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// base is the revision that the form was filled from, 0 if it does not say.
func base(form url.Values) int {
	n, err := strconv.Atoi(form.Get("base"))
	if err != nil {
		return 0
	}
	return n
}
