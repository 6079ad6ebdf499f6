package editor

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// planWriteView is the form in which a plan is changed.
type planWriteView struct {
	page
	Live     liveView
	Update   desk.Update // zero before the first save
	Base     int
	Action   string
	Summary  string
	Files    []planFile
	Mistakes []planFinding
	Parts    []option // where it is changed without its files
	Judged   judgedPlan
	Stale    string
	Behind   *behindView
	Grows    int64 // the number of the publication that the files are from, before the first save
	Note     string
	SavedAt  string
}

type planFile struct {
	Name, Field, Text string
	Rows              int
	Theirs            string
	HasTheirs         bool
	By, Take, Mine    string // see field
	Open              bool   // something in it needs attention
	Packed            string // where it is changed, of a picture that nobody reads as text
}

func (e *Editor) newPlan(v *visit) error {
	_, pub, err := e.c.Desk.Plan(v.Request().Context())
	if err != nil {
		return err
	}
	view := e.planForm(v, pub.Message().PlanVersion.Files, nil)
	view.Action, view.Grows = "/plan/new", pub.Number()
	return e.render(v, http.StatusOK, "planwrite", view)
}

// changePlan starts a new version of the plan.
func (e *Editor) changePlan(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	ctx := v.Request().Context()
	_, pub, err := e.c.Desk.Plan(ctx)
	if err != nil {
		return err
	}
	grows := number64(v.Request().PostForm.Get("grows"))
	text := decodePlan(v.Request().PostForm, planDraft(pub.Message().PlanVersion.Files))
	u, err := e.c.Desk.ChangePlanFrom(ctx, v.actor, grows, text.Files, text.Summary)
	if err == nil {
		return v.see("/updates/"+string(u.ID), "started")
	}
	return e.again(v, err, func(v *visit, status int, refused error) error {
		view := e.planForm(v, text.Files, v.problemsOf(refused))
		view.Action, view.Summary, view.Grows = "/plan/new", readable(text.Summary), grows
		return e.render(v, status, "planwrite", view)
	})
}

// showPlanForm shows a plan that is being changed, with its mistakes beside it.
func (e *Editor) showPlanForm(v *visit, status int, look desk.View, w written) error {
	var problems []problem
	if w.err != nil {
		problems = v.problemsOf(w.err)
	}
	view := e.planForm(v, w.text.Files, problems)
	view.Update, view.Base, view.Note = look.Update, w.base, v.Stored(look.Update.Note)
	view.Action = "/updates/" + string(look.Update.ID) + "/save"
	view.Summary = readable(w.text.Summary)
	if view.Behind = v.behind(look, w.base, "", view.page); view.Behind != nil {
		view.Behind.Form = "write"
	}
	view.SavedAt, view.Live = savedAt(look, w), v.liveOf(look, w)
	for i, f := range view.Files {
		if slices.Contains(w.disputed, f.Field) {
			d := v.choosing(field{Name: f.Field, Theirs: f.Text}, v.theirs(w.kept.By))
			f.Theirs, f.By, f.Take, f.Mine, f.HasTheirs, f.Open = d.Theirs, d.By, d.Take, d.Mine, true, true
			view.Files[i] = f
		}
	}
	proposed, err := plan.Read(w.text.Files)
	var mistakes plan.Problems
	if asError(err, &mistakes) {
		for _, p := range mistakes {
			view.Mistakes = append(view.Mistakes, planFinding{Text: v.problemText(p), Place: fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)})
		}
		for i, f := range view.Files {
			view.Files[i].Open = slices.ContainsFunc(mistakes, func(p plan.Problem) bool { return p.File == f.Name })
		}
	} else if err != nil {
		return err
	} else {
		if view.Judged, err = e.judged(v, w.text.Files); err != nil {
			return err
		}
		view.Judged.Changes = v.changesOf(grewOf(look), proposed)
		for _, part := range planParts {
			view.Parts = append(view.Parts, option{editPath(part, look.Update.ID, "", ""), v.T("desk.edit.part." + part), false})
		}
	}
	if w.stale != nil {
		view.Stale = v.T("desk.write.stale", "person", look.Plan.PersonNamed(w.stale.Theirs.Author), "time", v.Time(w.stale.Theirs.At))
		view.Problems = nil
		for i, f := range w.stale.Theirs.Draft.Files {
			if i < len(view.Files) && view.Files[i].Name == f.Name && view.Files[i].Text != f.Text {
				view.Files[i].Theirs, view.Files[i].HasTheirs, view.Files[i].Open = f.Text, true, true
				view.Files[i].By = v.theirs([]plan.PersonID{w.stale.Theirs.Author})
			}
		}
	}
	if w.live {
		return e.renderPart(v, status, "planwrite", "main", view)
	}
	return e.render(v, status, "planwrite", view)
}

func (e *Editor) planForm(v *visit, files []comms.PlanFile, problems []problem) planWriteView {
	view := planWriteView{page: e.page(v, v.T("desk.plan.change"), "plan")}
	view.Problems = problems
	for _, f := range files {
		if f.Name == plan.LogoFile {
			view.Files = append(view.Files, planFile{Name: f.Name, Field: filePrefix + f.Name, Packed: editPath("look", "", "", "")})
			continue
		}
		view.Files = append(view.Files, planFile{Name: f.Name, Field: filePrefix + f.Name, Text: readable(f.Text), Rows: min(30, max(8, countLines(f.Text)+1))})
	}
	return view
}

func countLines(s string) int {
	n := 0
	for _, r := range s {
		if r == '\n' {
			n++
		}
	}
	return n
}

// planChanges lists what a plan in review changes in the plan that it was
// written for.
func (v *visit) planChanges(look desk.View) []planChange {
	if look.Proposed == nil {
		return nil
	}
	return v.changesOf(grewOf(look), look.Proposed)
}

// grewOf is the plan that a change of it was begun on.
func grewOf(look desk.View) *plan.Plan {
	if look.Behind != nil {
		return look.Behind.Before
	}
	return look.Plan
}

func planDraft(files []comms.PlanFile) draft.Draft {
	return draft.Draft{Kind: comms.MessagePlan, Files: files}
}
