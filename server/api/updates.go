package api

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// update is one message on its way to customers.
type update struct {
	ID          comms.ID          `json:"id"`
	Incident    *comms.ID         `json:"incident"` // null for a change of the plan
	Kind        comms.MessageKind `json:"kind"`
	State       desk.UpdateState  `json:"state"`
	Note        string            `json:"note,omitempty"` // why changes were asked for, or why it is parked
	CreatedAt   *time.Time        `json:"created_at"`
	CreatedBy   plan.PersonID     `json:"created_by"`
	SubmittedAt *time.Time        `json:"submitted_at"`
	Publication *int64            `json:"publication"` // its number, once it is out
	Digest      *comms.Digest     `json:"digest"`      // of the message that would go out; null if there is none
	URL         string            `json:"url"`         // at the desk, for people
	revision
	Signatures []signature `json:"signatures"` // that it needs
	Waivers    []waiver    `json:"waivers"`    // findings that stand in what was submitted
	// Suggestions are other wordings, and what became of them.
	Suggestions []suggestion `json:"suggestions"`
	// Cause is that which the text gives, null for none and for what is out.
	Cause *cause `json:"cause"`
}

// waiver is a finding that somebody let stand.
type waiver struct {
	Rule     lint.Rule     `json:"rule"`
	Level    plan.Level    `json:"level"`
	Language *comms.Lang   `json:"language"` // null for what all languages share
	Field    string        `json:"field"`
	Words    string        `json:"words"`
	Person   plan.PersonID `json:"person"`
	Signed   bool          `json:"signed"` // waived by a second person's signature
	Reason   string        `json:"reason"`
	At       *time.Time    `json:"at"`
}

// signature is one that an update needs.
type signature struct {
	Requirement int               `json:"requirement"`
	Kind        plan.ApprovalKind `json:"kind"`
	Roles       []plan.RoleID     `json:"roles"`
	May         []plan.PersonID   `json:"may"` // who may give it now
	Given       *given            `json:"given"`
}

type given struct {
	Person  plan.PersonID `json:"person"`
	At      *time.Time    `json:"at"`
	Expires *time.Time    `json:"expires"`
}

func (a *api) updateOf(v *visit, look desk.View) update {
	u := look.Update
	out := update{
		ID: u.ID, Kind: u.Kind, State: u.State, Note: u.Note, CreatedAt: at(u.CreatedAt), CreatedBy: u.CreatedBy,
		SubmittedAt: at(u.SubmittedAt), Publication: number(u.Publication), URL: a.c.DeskURL + "/updates/" + string(u.ID),
		revision: revisionOf(look.Latest), Signatures: []signature{}, Waivers: []waiver{}, Suggestions: suggestionsOf(look), Cause: causeOf(look),
	}
	if u.Incident != "" {
		out.Incident = &u.Incident
	}
	if digest := look.Preview.Content.Digest(); !digest.IsZero() {
		out.Digest = &digest
	}
	for _, s := range look.Signatures {
		one := signature{Requirement: s.Index, Kind: s.Requirement.Kind, Roles: append([]plan.RoleID{}, s.Requirement.Roles...), May: append([]plan.PersonID{}, s.May...)}
		if s.Approval != nil {
			one.Given = &given{s.Approval.Person, at(s.Approval.At), at(s.Approval.Expires)}
		}
		out.Signatures = append(out.Signatures, one)
	}
	for _, w := range look.Waivers {
		f := w.Finding
		one := waiver{Rule: f.Rule, Level: f.Level, Field: f.Field, Words: f.Span, Person: w.Person, Signed: w.Approval != "", Reason: w.Reason, At: at(w.At)}
		if f.Lang != draft.Shared {
			one.Language = &f.Lang
		}
		out.Waivers = append(out.Waivers, one)
	}
	return out
}

// etag names a revision of a text (RFC 9110 section 8.8.3).
func etag(revision int) string { return `"` + strconv.Itoa(revision) + `"` }

// show answers with an update as it stands now.
func (a *api) show(v *visit, status int, id comms.ID) error {
	look, err := a.c.Desk.Look(v.Request().Context(), v.actor, id)
	if err != nil {
		return err
	}
	v.Response().Header().Set("ETag", etag(look.Latest.Number))
	return v.answer(status, a.updateOf(v, look))
}

func (a *api) update(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}

// look shows the update of the path, of an incident: plans and redactions are written at the desk.
func (a *api) look(v *visit) (desk.View, error) {
	id, err := v.id()
	if err != nil {
		return desk.View{}, err
	}
	look, err := a.c.Desk.Look(v.Request().Context(), v.actor, id)
	switch {
	case err != nil:
	case look.Update.Kind == comms.MessagePlan:
		err = comms.Refuse(comms.Conflict, "", "this is a change of the plan; write it at the desk or with `countersign plan submit`")
	case look.Update.Kind == comms.MessageStatement:
		err = comms.Refuse(comms.Conflict, "", "this approves a holding statement; ask for it at the desk")
	case look.Update.Kind == comms.MessageRedaction:
		err = comms.Refuse(comms.Conflict, "", "this takes the words of a publication away; write it at the desk")
	}
	return look, err
}

var entityTag = regexp.MustCompile(`(W/)?"([^"]*)"`)

// base is the revision that the request is about: the latest if If-Match names
// it, else one that the desk will find to be old. Weak tags match nothing
// (RFC 9110 section 13.1.1), and neither does "*": nobody writes over a text
// that they have not seen.
func (v *visit) base(latest int) (int, error) {
	header := v.Request().Header.Values("If-Match")
	if len(header) == 0 {
		return 0, noRevision{}
	}
	for _, line := range header {
		for _, m := range entityTag.FindAllStringSubmatch(line, -1) {
			if m[1] == "" && m[2] == strconv.Itoa(latest) {
				return latest, nil
			}
		}
	}
	return 0, nil
}

// save stores the text as a new revision.
func (a *api) save(v *visit) error {
	look, err := a.look(v)
	if err != nil {
		return err
	}
	base, err := v.base(look.Latest.Number)
	if err != nil {
		return err
	}
	text, err := v.text(look)
	if err != nil {
		return err
	}
	if _, err := a.c.Desk.Save(v.Request().Context(), v.actor, look.Update.ID, base, text); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, look.Update.ID)
}

// submit asks for the signatures.
func (a *api) submit(v *visit) error {
	look, err := a.look(v)
	if err != nil {
		return err
	}
	base, err := v.base(look.Latest.Number)
	if err != nil {
		return err
	}
	o, _, err := v.object(true)
	var reasons desk.Reasons
	if err == nil {
		reasons, err = o.reasons(), o.end()
	}
	if err != nil {
		return err
	}
	_, err = a.c.Desk.SubmitWith(v.Request().Context(), v.actor, look.Update.ID, base, reasons)
	var blocked *desk.Blocked
	var undecided *desk.Undecided
	switch {
	case errors.As(err, &blocked):
		return a.stopped(v, look, err, 0)
	case errors.As(err, &undecided):
		return a.stopped(v, look, err, len(undecided.Findings))
	}
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, look.Update.ID)
}

// reasons reads why findings may stand, by rule.
func (o *object) reasons() desk.Reasons {
	given := o.object("waivers")
	out := desk.Reasons{}
	for _, rule := range given.names() {
		out[lint.Rule(rule)] = given.text(rule)
	}
	return out
}

// stopped explains what stops a text in the language of the request.
func (a *api) stopped(v *visit, look desk.View, cause error, undecided int) error {
	tried, err := a.c.Desk.Try(v.Request().Context(), look.Update.ID, look.Latest.Draft, v.Lang())
	if err != nil {
		return err
	}
	return &stoppedText{cause, findings(tried.Report, look.Template, look.Plan.Catalogue.Languages), len(tried.Report.Blocks()), undecided}
}

// text reads the whole text of an update.
func (v *visit) text(look desk.View) (text draft.Draft, err error) {
	o, _, err := v.object(false)
	if err != nil {
		return text, err
	}
	text = o.draft(look.Plan)
	if text.Template == "" {
		o.refuse("/template", "name the template; GET /api/v1/templates lists them")
	}
	if text.Severity == "" {
		o.refuse("/severity", "name the severity; GET /api/v1/severities lists them")
	}
	if err := o.end(); err != nil {
		return text, err
	}
	if t, ok := look.Plan.Template(text.Template); !ok || t.Phase == comms.PhaseNone {
		text.Phase = look.Latest.Draft.Phase
	}
	return text, checkSlots(look.Plan, text, look.Latest.Draft)
}

// withdraw ends an update that is not published, with a reason.
func (a *api) withdraw(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	reason := o.text("reason")
	if err := o.end(); err != nil {
		return err
	}
	if _, err := a.c.Desk.Withdraw(v.Request().Context(), v.actor, id, reason); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}

// approve gives a person's signature. The request carries the proof of the
// person, which is looked at again at the last moment: the credential may be
// reset while it is checked.
func (a *api) approve(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	s := desk.Signing{Update: id, Digest: o.digest("digest"), Requirement: o.number("requirement")}
	for _, l := range o.texts("languages") {
		s.Languages = append(s.Languages, comms.Lang(l))
	}
	s.Reasons = o.reasons()
	password, code := o.text("password"), o.text("code")
	if err := o.end(); err != nil {
		return err
	}
	ctx, actor := v.Request().Context(), v.actor
	proof, err := a.c.Auth.Prove(ctx, actor.Person, password, code)
	if err != nil {
		return err
	}
	actor.Proof = proof.Means
	if err := a.c.Auth.Stands(ctx, proof); err != nil {
		return err
	}
	if _, err := a.c.Desk.Sign(ctx, actor, s); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}

// reject sends an update back to its author with a reason.
func (a *api) reject(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	o, _, err := v.object(false)
	if err != nil {
		return err
	}
	digest, reason := o.digest("digest"), o.text("reason")
	if err := o.end(); err != nil {
		return err
	}
	if _, err := a.c.Desk.AskChanges(v.Request().Context(), v.actor, id, digest, reason); err != nil {
		return err
	}
	return a.show(v, http.StatusOK, id)
}

// digest reads which exact message is meant.
func (o *object) digest(name string) comms.Digest {
	d, err := comms.ParseDigest(o.text(name))
	if err != nil {
		o.refuse(o.pointer(name), "give the digest of the message that you have read, 64 hexadecimal digits")
	}
	return d
}

// preview shows the saved text as it would go out.
func (a *api) preview(v *visit) error {
	look, err := a.look(v)
	if err != nil {
		return err
	}
	return a.showPreview(v, look, look.Latest.Draft)
}

// try shows a text that is not saved as it would go out.
func (a *api) try(v *visit) error {
	look, err := a.look(v)
	if err != nil {
		return err
	}
	text, err := v.text(look)
	if err != nil {
		return err
	}
	text.Kind, text.Corrects = look.Latest.Draft.Kind, look.Latest.Draft.Corrects
	return a.showPreview(v, look, text)
}

func (a *api) showPreview(v *visit, look desk.View, text draft.Draft) error {
	tried, err := a.c.Desk.Try(v.Request().Context(), look.Update.ID, text, v.Lang())
	if err != nil {
		return err
	}
	out := struct {
		Ready    bool                       `json:"ready"` // nothing would keep it from being submitted
		Digest   *comms.Digest              `json:"digest"`
		Changes  []comms.Change             `json:"changes"` // what customers would see change
		Forms    map[comms.Lang]comms.Forms `json:"forms"`
		Findings []finding                  `json:"findings"`
		Errors   []fault                    `json:"errors"` // why there is nothing to show
	}{Changes: []comms.Change{}, Forms: map[comms.Lang]comms.Forms{}, Findings: []finding{}, Errors: []fault{}}
	if tried.Err != nil {
		var p problem
		if a.fill(v, tried.Err, &p) == internal {
			return tried.Err
		}
		if out.Errors = p.Errors; len(p.Errors) == 0 {
			out.Errors = []fault{{Detail: p.Detail}}
		}
		return v.answer(http.StatusOK, out)
	}
	t, ok := look.Plan.Template(text.Template)
	if !ok {
		t = look.Template
	}
	digest := tried.Content.Digest()
	out.Digest, out.Forms = &digest, tried.Message.Forms
	out.Changes = append(out.Changes, tried.Message.Incident.Changes...)
	out.Findings = findings(tried.Report, t, look.Plan.Catalogue.Languages)
	out.Ready = !slices.ContainsFunc(out.Findings, func(f finding) bool { return f.Level == plan.Block && !f.Confirm })
	return v.answer(http.StatusOK, out)
}
