package editor

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// planEditView is a part of the plan, to be changed without its files.
type planEditView struct {
	page
	Part    string
	Parts   []option
	Draft   comms.ID // "" before the first change
	Waiting bool     // signatures are asked for, and a change takes them back
	Behind  *behindView
	Groups  []editGroup
	Form    *editForm
	Judged  judgedPlan
}

// planWork is what a request changes: the plan's files as they stand in a
// draft, or those in force before there is one.
type planWork struct {
	look  desk.View // zero before there is a draft
	files []comms.PlanFile
	base  int   // the revision of the draft
	grows int64 // the number of the publication that the files of no draft are from
	plan  *plan.Plan
}

// planWork reads the draft that a form or an address names.
func (e *Editor) planWork(v *visit, draft string) (planWork, error) {
	var w planWork
	if draft == "" {
		_, pub, err := e.c.Desk.Plan(v.Request().Context())
		if err != nil {
			return w, err
		}
		w.files, w.grows = pub.Message().PlanVersion.Files, pub.Number()
	} else {
		id, err := comms.ParseID(draft)
		if err != nil {
			return w, comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
		}
		if w.look, err = e.c.Desk.Look(v.Request().Context(), v.actor, id); err != nil {
			return w, err
		}
		if w.look.Update.Kind != comms.MessagePlan {
			return w, comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
		}
		if w.look.Update.State != desk.Published && w.look.Update.State != desk.Withdrawn {
			look, text, base, err := e.settled(v, w.look)
			if err != nil {
				return w, err
			}
			w.look, w.files, w.base = look, text.Files, base
		} else {
			return w, comms.Refuse(comms.Conflict, "", "%s", v.T("desk.edit.over"))
		}
	}
	var err error
	w.plan, err = plan.Read(w.files)
	var mistakes plan.Problems
	if asError(err, &mistakes) {
		err = nil
	}
	return w, err
}

// myPlanDraft is the change of the plan that the actor is writing; "" for none.
func (e *Editor) myPlanDraft(v *visit) (comms.ID, error) {
	agenda, err := e.c.Desk.Agenda(v.Request().Context(), v.actor)
	if err != nil {
		return "", err
	}
	for _, i := range slices.Concat(agenda.ToMend, agenda.Drafts) {
		if i.Update.Kind == comms.MessagePlan && i.Author == v.actor.Person {
			return i.Update.ID, nil
		}
	}
	return "", nil
}

// planEdit shows a part of the plan, or one entry of it.
func (e *Editor) planEdit(v *visit) error {
	part, draft := v.Param("part"), v.QueryParam("draft")
	if !slices.Contains(planParts, part) {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	if draft == "" {
		mine, err := e.myPlanDraft(v)
		if err != nil {
			return err
		}
		if mine != "" {
			to := editPath(part, mine, v.QueryParam("entry"), "")
			if alert := v.QueryParam("alert"); alert != "" {
				to += "&" + url.Values{"alert": {alert}}.Encode()
			}
			return v.Redirect(http.StatusSeeOther, to)
		}
	}
	w, err := e.planWork(v, draft)
	if err != nil {
		return err
	}
	entry := v.QueryParam("entry")
	return e.showPlanEdit(v, http.StatusOK, part, w, entry, askedOf(entry, v.QueryParam("alert")), nil)
}

// editPath is the address of a part, or of an entry, in a draft.
func editPath(part string, draft comms.ID, entry, said string) string {
	q := url.Values{}
	for key, value := range map[string]string{"draft": string(draft), "entry": entry, "said": said} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return "/plan/edit/" + part
	}
	return "/plan/edit/" + part + "?" + q.Encode()
}

// changePlanPart makes one change, in a draft that is begun with the first.
func (e *Editor) changePlanPart(v *visit) error {
	part := v.Param("part")
	if !slices.Contains(planParts, part) {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	w, err := e.planWork(v, form.Get("draft"))
	if err != nil {
		return err
	}
	r := refOf(form.Get("entry"))
	if w.plan == nil || r.part() != part {
		return e.showPlanEdit(v, http.StatusUnprocessableEntity, part, w, "", nil, nil)
	}
	files, name, err := v.changed(w, r, form)
	if err == nil {
		var id comms.ID
		if id, err = e.keepPlan(v, w, files, v.T("desk.edit.part."+part)+": "+name); err == nil {
			return v.Redirect(http.StatusSeeOther, editPath(part, id, "", "saved"))
		}
	}
	return e.again(v, err, func(v *visit, status int, refused error) error {
		entry := form.Get("entry")
		if form.Get("do") != "save" {
			entry, form = "", nil
		}
		return e.showPlanEdit(v, status, part, w, entry, form, v.entryProblems(refused, files, w, r))
	})
}

// changed works a form into the plan's files. With an error come the files as
// they would be, if it got that far.
func (v *visit) changed(w planWork, r entryRef, form url.Values) (files []comms.PlanFile, name string, err error) {
	before, ok := r.stored(w.plan)
	if !ok {
		return nil, "", comms.Refuse(comms.Conflict, "", "%s", v.T("desk.edit.gone"))
	}
	name = nameIn(before, w.plan)
	switch form.Get("do") {
	case "up":
		files, err = rewrite.Shift(w.files, r.path(w.plan, w.files), -1)
	case "down":
		files, err = rewrite.Shift(w.files, r.path(w.plan, w.files), 1)
	case "remove":
		files, err = r.remove(w.files, w.plan)
	default:
		now := r.typed(form, w.plan, before)
		if form.Get("was") != stamp(before) {
			return nil, name, comms.Refuse(comms.Conflict, "", "%s", v.T("desk.edit.changed"))
		}
		bad := v.lacking(r, now, w.plan)
		if r.Kind == "signal" {
			bad = v.signalLacks(w.plan, r, now)
		}
		if len(bad) > 0 {
			return nil, name, bad
		}
		name = nameIn(now, w.plan)
		files, err = r.write(w.files, w.plan, before, now)
	}
	if err == nil {
		_, err = plan.Read(files)
	}
	return files, name, err
}

// stamp tells whether an entry is still as the form was filled from it.
func stamp(a answers) string {
	text, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	return comms.DigestOf(text).Short()
}

// lacking lists what must be filled in and is not.
func (v *visit) lacking(r entryRef, now answers, p *plan.Plan) comms.Refusals {
	var bad comms.Refusals
	for _, in := range r.inputs() {
		field, empty := in.Key, now[in.Key] == ""
		if words, ok := now[in.Key].(comms.Words); ok {
			for _, lang := range p.Required {
				if in.Must && words[lang] == "" {
					bad = append(bad, comms.Refuse(comms.Invalid, in.Key+"."+string(lang), "%s", v.T("desk.edit.missing", "field", v.T("desk.edit.field."+in.Key))))
				}
			}
			continue
		}
		if in.Must && empty {
			bad = append(bad, comms.Refuse(comms.Invalid, field, "%s", v.T("desk.edit.missing", "field", v.T("desk.edit.field."+in.Key))))
		}
	}
	return bad
}

// keepPlan stores the files in the draft, or begins one.
func (e *Editor) keepPlan(v *visit, w planWork, files []comms.PlanFile, summary string) (comms.ID, error) {
	ctx := v.Request().Context()
	if w.look.Update.ID == "" {
		u, err := e.c.Desk.ChangePlanFrom(ctx, v.actor, w.grows, files, summary)
		return u.ID, err
	}
	text := w.look.Latest.Draft.Clone()
	text.Files = files
	if strings.TrimSpace(text.Summary) == "" {
		text.Summary = summary
	}
	_, err := e.c.Desk.Save(ctx, v.actor, w.look.Update.ID, w.base, text)
	var stale *desk.Stale
	if asError(err, &stale) {
		err = comms.Refuse(comms.Conflict, "", "%s", v.T("desk.edit.changed"))
	}
	return w.look.Update.ID, err
}

// entryProblems puts what is wrong beside the field that it is about.
func (v *visit) entryProblems(err error, files []comms.PlanFile, w planWork, r entryRef) []problem {
	var mistakes plan.Problems
	if !errors.As(err, &mistakes) {
		return v.problemsOf(err)
	}
	if r.Kind == "signal" && !r.isNew() { // known by what it matches now
		r.Name = signalOf(r.typed(v.Request().PostForm, w.plan, nil)).Name()
	}
	at := r.path(w.plan, files)
	if r.isNew() {
		names := rewrite.Names(files, at)
		if len(names) > 0 {
			at = append(slices.Clone(at), names[len(names)-1])
		}
	}
	var out []problem
	for _, m := range mistakes {
		text := v.problemText(m)
		where := strings.TrimPrefix(rewrite.Locate(files, at, m.File, m.Line, m.Column), "hours.")
		if where == "hours" {
			where = hourKeys[0]
		}
		if r.Kind == "signal" {
			where = signalQuestion(where)
		}
		if where == "" {
			text = m.File + ":" + number(m.Line) + ": " + text
		}
		out = append(out, problem{where, text})
	}
	return out
}
