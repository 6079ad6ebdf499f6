package editor

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// The fields that the script of the writing page adds to the form's own.
const (
	wasPrefix   = "was."     // what a field held when the page was told last
	disputed    = "disputed" // a field that somebody else changed in another way, not decided yet
	typedBy     = "me"       // who typed what the page holds
	typingField = "field"    // where the person is writing
)

// liveView is what the writing page shows besides the form itself: who else
// is there, and whether what is typed is saved by itself.
type liveView struct {
	TypedBy plan.PersonID
	Here    string // who else is writing here
	By      string // whose words were taken into the text
	Held    string // why nothing is saved by itself; "" when it is
	Change  string // of the button that saves all the same
}

// stoppedView is the answer to typing that cannot be saved any more.
type stoppedView struct {
	page
	Update   comms.ID
	Incident comms.ID
}

// live keeps what somebody is typing, and answers with the page as it is now:
// every form in each language, the findings, who else is there. The script
// takes from it whatever is not being typed in.
func (e *Editor) live(v *visit) error {
	look, form, err := e.typed(v)
	if err != nil {
		return err
	}
	ctx, id := v.Request().Context(), look.Update.ID
	show, decode := e.showWrite, func(f url.Values) draft.Draft { return decodeDraft(f, look.Latest.Draft, look.Plan) }
	if look.Update.Kind == comms.MessagePlan {
		show, decode = e.showPlanForm, func(f url.Values) draft.Draft { return decodePlan(f, look.Latest.Draft) }
	}
	if look.Update.Kind == comms.MessageRedaction {
		show = e.showRedact
	}
	if look.Update.Kind == comms.MessageStatement {
		show = e.showStatement
	}
	w := written{text: decode(form), base: base(form), me: v.actor.Person, live: true, whole: form.Get("whole") != ""}
	was := decode(wasOf(form))
	if key := form.Get("replace"); key != "" {
		w.text = e.replaced(ctx, v, look, w.text, key)
	}
	kept, err := desk.Kept{}, v.theirOwn(form)
	if err == nil {
		kept, err = e.c.Desk.Keep(ctx, v.actor, id, desk.Typing{Base: was, Text: w.text, Field: form.Get(typingField), Settle: form.Get("do") == "settle"})
	}
	switch status := statusOf(err); {
	case err == nil:
	case status == http.StatusUnprocessableEntity:
		w.err = err
		return show(v, status, look, w)
	case status == http.StatusConflict:
		return e.stopped(v, look, err)
	default:
		return err
	}
	w.kept, w.disputed = kept, append(form[disputed], kept.Conflicts...)
	if !kept.Held {
		w.text, w.base = kept.Text.Draft, kept.Text.Number
	}
	// Where the update stands may have changed since it was looked at above.
	if look, err = e.c.Desk.Look(ctx, v.actor, id); err != nil {
		return err
	}
	return show(v, http.StatusOK, look, w)
}

// stopped says why typing cannot be saved any more, and what to do instead.
func (e *Editor) stopped(v *visit, look desk.View, err error) error {
	view := stoppedView{page: e.page(v, v.T("desk.error.title.409"), ""), Update: look.Update.ID, Incident: look.Update.Incident}
	view.Problems = v.problemsOf(err)
	return e.renderPart(v, http.StatusConflict, "write", "stopped", view)
}

// wasOf picks the values out of a form that the page was told last.
func wasOf(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if bare, ok := strings.CutPrefix(name, wasPrefix); ok {
			out[bare] = values
		}
	}
	if form.Has("claims") {
		out.Set("claims", form.Get("claims"))
	}
	return out
}

// theirOwn refuses words that somebody else typed in this browser: whoever
// saves a text becomes its author, and its real author could sign it.
func (v *visit) theirOwn(form url.Values) error {
	me := plan.PersonID(form.Get(typedBy))
	if me == "" || me == v.actor.Person {
		return nil
	}
	return comms.Refuse(comms.Conflict, "", "%s typed this text, and you are signed in as %s; nothing was saved, so that nobody's words pass for another's: sign in as %s to save it, or type your own on a page that you open yourself",
		v.plan.PersonNamed(me), v.plan.PersonNamed(v.actor.Person), v.plan.PersonNamed(me))
}

// liveOf fills in what stands around the form.
func (v *visit) liveOf(look desk.View, w written) liveView {
	view := liveView{TypedBy: w.me}
	if len(w.kept.By) > 0 {
		view.By = v.T("desk.write.merged", "people", v.people(w.kept.By))
	}
	var here []plan.PersonID
	for _, p := range w.kept.Others {
		here = append(here, p.Person)
	}
	if len(here) > 0 {
		view.Here = v.T("desk.write.here", "count", len(here), "people", v.people(here))
	}
	if look.Update.State != desk.InReview && look.Update.State != desk.Approved {
		return view
	}
	given := 0
	for _, s := range look.Signatures {
		if s.Approval != nil {
			given++
		}
	}
	view.Held, view.Change = v.T("desk.write.held"), v.T("desk.write.change_none")
	if given > 0 {
		view.Change = v.T("desk.write.change", "count", given)
	}
	return view
}

// typists says in which fields others are writing, by field.
func (v *visit) typists(others []desk.Presence) map[string]string {
	in := map[string][]plan.PersonID{}
	for _, p := range others {
		if p.Field != "" {
			in[p.Field] = append(in[p.Field], p.Person)
		}
	}
	out := make(map[string]string, len(in))
	for name, people := range in {
		out[name] = v.T("desk.write.typing", "count", len(people), "people", v.people(people))
	}
	return out
}

// theirs heads what others wrote.
func (v *visit) theirs(people []plan.PersonID) string {
	if len(people) == 0 {
		return v.T("desk.write.theirs_too")
	}
	return v.T("desk.write.theirs", "people", v.people(people))
}

// choosing gives a field the buttons that decide between two texts.
func (v *visit) choosing(f field, by string) field {
	f.By, f.Take, f.Mine = by, v.T("desk.write.take"), v.T("desk.write.mine")
	return f
}

// beside adds to a field what others do in it.
func (s sheet) beside(f field) field {
	f.Here = s.here[f.Name]
	if slices.Contains(s.disputed, f.Name) {
		f.Theirs, f.HasTheirs = f.Value, true
		f = s.v.choosing(f, s.by)
	}
	for _, o := range f.Options {
		if f.HasTheirs && o.Value == f.Theirs {
			f.Theirs = o.Label
		}
	}
	if f.HasTheirs {
		f.By = s.by
	}
	return f
}
