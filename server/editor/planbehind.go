package editor

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// behindView says what came into force since a change of the plan was begun,
// and asks whose words stay where both changed the same.
type behindView struct {
	Title   string
	What    string
	Changes []planChange // of the version in force
	Both    []bothChanged
	Form    string // the identifier of the form that is sent along; "" for one of its own
	Action  string
	Base    int
	Seen    int64
	Part    string // where one goes on; "" for the whole plan
}

// bothChanged is one thing that both changed.
type bothChanged struct {
	ID, Name     string // of the field
	Place        string
	Mine, Theirs sideView
	Chosen       string
	Error        string
}

// sideView is what one of two changed.
type sideView struct {
	Gone    bool         // it took the whole of it out
	Changes []planChange // in words, from the place that both changed; none where that has only its text
	Text    template.HTML
}

// sidePrefix begins the name of a field in which a side is chosen.
const sidePrefix = "side."

// behind is nil when nothing came into force.
func (v *visit) behind(look desk.View, base int, part string, p page) *behindView {
	b := look.Behind
	if b == nil {
		return nil
	}
	out := &behindView{
		Title: v.T("desk.plan.behind", "now", b.InForce, "grew", b.Grew), What: v.T("desk.plan.behind_what", "now", b.InForce),
		Changes: v.changesOf(b.Before, look.Plan), Action: "/updates/" + string(look.Update.ID) + "/rebase", Base: base, Seen: b.Number, Part: part,
	}
	for _, c := range b.Both {
		name := sidePrefix + c.Key()
		both := bothChanged{ID: fieldID(name), Name: name, Place: v.disputedPlace(b.Before, look.Plan, c), Error: p.Problem(name), Chosen: v.Request().PostForm.Get(name)}
		both.Mine, both.Theirs = v.side(b.Before, c, rewrite.Mine), v.side(b.Before, c, rewrite.Theirs)
		out.Both = append(out.Both, both)
	}
	return out
}

func (v *visit) disputedPlace(before, after *plan.Plan, c rewrite.Conflict) string {
	if len(c.At) == 0 {
		return v.T("desk.plan.behind_file", "name", c.File)
	}
	return v.placeName(before, after, c.At)
}

// side says what one side changed of what both did.
func (v *visit) side(before *plan.Plan, c rewrite.Conflict, which rewrite.Side) sideView {
	text := strings.TrimSpace(c.Of(which))
	out := sideView{Gone: text == "", Text: brief(strings.TrimSpace(c.Base), text)}
	if out.Gone {
		return out
	}
	after, err := plan.Read(c.Alone(before.Files, which))
	if err != nil { // it needs something else that the side changed
		return out
	}
	place := v.disputedPlace(before, after, c) // by this side's names
	for _, change := range v.changesOf(before, after) {
		if change.Raw != c.File { // more than how the file is written
			change.Path = strings.TrimPrefix(strings.TrimPrefix(change.Path, place), " › ")
			out.Changes = append(out.Changes, change)
		}
	}
	return out
}

// rebase brings a change of the plan up to date with the plan in force. Files
// that were being typed come along and are saved first.
func (e *Editor) rebase(v *visit) error {
	look, form, err := e.typed(v)
	if err != nil {
		return err
	}
	ctx, id := v.Request().Context(), look.Update.ID
	if look.Update.Kind != comms.MessagePlan {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	w := written{base: base(form), me: v.actor.Person, text: look.Latest.Draft}
	if holds(form, filePrefix) {
		if err := v.theirOwn(form); err != nil {
			return e.refused(v, look, w, err, e.showPlanForm)
		}
		w.text = decodePlan(form, look.Latest.Draft)
		saved, err := e.c.Desk.Save(ctx, v.actor, id, w.base, w.text)
		if err != nil {
			return e.refused(v, look, w, err, e.showPlanForm)
		}
		w.base = saved.Number
	}
	left, err := e.c.Desk.Rebase(ctx, v.actor, id, w.base, number64(form.Get("seen")), sides(form))
	if err == nil && len(left) == 0 {
		if part := form.Get("part"); slices.Contains(planParts, part) {
			return v.Redirect(http.StatusSeeOther, editPath(part, id, "", "rebased"))
		}
		return v.see("/updates/"+string(id), "rebased")
	}
	if look, err2 := e.c.Desk.Look(ctx, v.actor, id); err2 == nil {
		return e.stillBehind(v, look, w, left, err)
	}
	return err
}

// stillBehind shows the page again, with what is to be chosen or what was wrong.
func (e *Editor) stillBehind(v *visit, look desk.View, w written, left []rewrite.Conflict, err error) error {
	if err == nil {
		var bad comms.Refusals
		for _, c := range left {
			place := v.disputedPlace(look.Behind.Before, look.Plan, c)
			bad = append(bad, comms.Refuse(comms.Invalid, sidePrefix+c.Key(), "%s", v.T("desk.plan.behind_choose", "place", place)))
		}
		err = bad
	}
	part := v.Request().PostForm.Get("part")
	if !slices.Contains(planParts, part) {
		return e.refused(v, look, w, err, e.showPlanForm)
	}
	return e.again(v, err, func(v *visit, status int, refused error) error {
		work, err := e.planWork(v, string(look.Update.ID))
		if err != nil {
			return err
		}
		return e.showPlanEdit(v, status, part, work, "", nil, v.problemsOf(refused))
	})
}

// number64 reads the number of a publication; 0 for what is none.
func number64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// holds tells whether a form has a field whose name begins so.
func holds(form url.Values, prefix string) bool {
	for name := range form {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// sides are the sides that were chosen, by the key of what both changed.
func sides(form url.Values) map[string]rewrite.Side {
	out := map[string]rewrite.Side{}
	for name := range form {
		key, ok := strings.CutPrefix(name, sidePrefix)
		if side := rewrite.Side(form.Get(name)); ok && (side == rewrite.Mine || side == rewrite.Theirs) {
			out[key] = side
		}
	}
	return out
}
