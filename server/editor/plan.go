package editor

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// planView is the plan in force, for people who are not engineers.
type planView struct {
	page
	Lead       string
	Drafts     []itemRow
	Judged     judgedPlan // the plan in force, before the incident
	Company    []line
	Severities []severityDetail
	Quorums    []line // who signs a change of each part
	Roles      []roleRow
	People     []line
	Practice   []factRow
	Drills     drillsView
	Templates  []templateRow
	Groups     []editGroup
	Texts      []line
	Values     []string
	Sentences  []string
	Steps      []line
	Rules      []ruleRow
	OwnRules   []ownRuleRow
	Habits     []line
	Alerts     []line // what becomes of alerts of the monitoring
	Terms      string
	Links      []line
}

// line is something with its name.
type line struct{ Name, Text string }

type roleRow struct{ Name, Holders, StandIns string }

type severityDetail struct {
	Name, Meaning, Long, Signatures, Warnings, Reminders string
	First, Then                                          line
}

// templateRow is a template with its words, as far as the reader opens it.
type templateRow struct {
	Name, When, Asks string
	Forms            []templateForm
}

type templateForm struct {
	Lang  comms.Lang
	Name  string
	Texts []line
}

// ruleRow is a language rule in plain words.
type ruleRow struct {
	ID, Text, Level string
	Block           bool
}

func (e *Editor) plan(v *visit) error { return e.showPlan(v, http.StatusOK, nil) }

// showPlan shows the plan in force; refused is why what was typed there is not
// taken.
func (e *Editor) showPlan(v *visit, status int, refused error) error {
	ctx := v.Request().Context()
	p, pub, err := e.c.Desk.Plan(ctx)
	if err != nil {
		return err
	}
	agenda, err := e.c.Desk.Agenda(ctx, v.actor)
	if err != nil {
		return err
	}
	view := planView{page: e.page(v, v.T("desk.plan.title"), "plan")}
	view.Lead = v.T("desk.plan.lead", "version", pub.Message().PlanVersion.Version, "since", v.DateTime(pub.At()), "digest", pub.Digest().Short())
	for _, i := range slices.Concat(agenda.ToSign, agenda.ToMend, agenda.Drafts, agenda.InReview) {
		if i.Update.Kind == comms.MessagePlan {
			view.Drafts = append(view.Drafts, v.items([]desk.Item{i}, e.c.Now())...)
		}
	}
	if view.Judged, err = e.judged(v, p.Files); err != nil {
		return err
	}
	view.Company = v.company(p)
	for _, s := range p.Severities {
		view.Severities = append(view.Severities, v.severityDetail(p, s))
	}
	for _, part := range plan.Parts() {
		view.Quorums = append(view.Quorums, line{Name: v.T("desk.part." + string(part)), Text: v.signers(p, p.Quorums[part])})
	}
	v.fillRoster(&view, p)
	view.Practice = v.practice(p, e.c.Now())
	if view.Drills, err = e.drills(v); err != nil {
		return err
	}
	if refused != nil {
		view.Problems = v.problemsOf(refused)
	}
	for _, t := range p.Templates {
		view.Templates = append(view.Templates, v.templateRow(p, t))
	}
	v.fillWords(&view, p)
	view.Rules, view.OwnRules = v.rules(p), v.ownRules(p)
	view.Habits, view.Alerts = v.habits(p), v.alertRows(p)
	return e.render(v, status, "plan", view)
}

// company says who speaks, in which languages, and whose names may be said.
func (v *visit) company(p *plan.Plan) []line {
	c := p.Catalogue
	var optional, required []string
	for _, l := range c.Languages {
		if slices.Contains(p.Required, l) {
			required = append(required, languageName(l))
		} else {
			optional = append(optional, languageName(l))
		}
	}
	var out []line
	for _, one := range []struct{ key, text string }{
		{"name", c.Organisation}, {"page", c.PageURL}, {"support", joinComma(c.SupportURL, c.SupportEmail)}, {"zone", c.TimeZone},
		{"required", strings.Join(required, ", ")}, {"optional", strings.Join(optional, ", ")}, {"products", strings.Join(p.Products, ", ")},
		{"suppliers", strings.Join(p.Suppliers, ", ")}, {"customers", strings.Join(p.Customers, ", ")}, {"domains", strings.Join(p.Domains, ", ")},
		{"life", v.length(p.ApprovalLife)},
	} {
		if one.text != "" {
			out = append(out, line{Name: v.T("desk.plan.company." + one.key), Text: one.text})
		}
	}
	return out
}

func (v *visit) severityDetail(p *plan.Plan, s plan.Severity) severityDetail {
	d := severityDetail{Name: in(s.Name, v.Printer, p.Catalogue), Meaning: in(s.Meaning, v.Printer, p.Catalogue), Signatures: v.signers(p, s.Approvals)}
	d.First, d.Then = line{Name: v.T("desk.plan.first"), Text: v.T("desk.plan.no_promise")}, line{Name: v.T("desk.plan.every"), Text: v.T("desk.plan.no_promise")}
	if s.Kind == comms.KindMaintenance {
		d.First.Name, d.Then = v.T("desk.plan.notice"), line{Name: v.T("desk.plan.told"), Text: v.T("desk.plan.told_ends")}
	}
	d.Warnings, d.Reminders = v.T("desk.plan.warnings."+string(s.Warnings)), v.reminded(p, s)
	if s.FirstUpdate > 0 {
		d.First.Text = v.length(s.FirstUpdate)
	}
	if s.Every > 0 {
		d.Then = line{Name: v.T("desk.plan.every"), Text: v.length(s.Every)}
	}
	if s.LongAfter > 0 && s.LongEvery > 0 {
		d.Long = v.T("desk.plan.long", "after", v.length(s.LongAfter), "every", v.length(s.LongEvery))
	}
	return d
}

// fillRoster says who holds which role, by role and by person.
func (v *visit) fillRoster(view *planView, p *plan.Plan) {
	for _, r := range p.Roles {
		view.Roles = append(view.Roles, roleRow{in(r.Name, v.Printer, p.Catalogue), v.people(r.Holders), v.people(r.StandIns)})
	}
	for _, one := range p.People {
		var said string
		for _, r := range p.Roles {
			name := in(r.Name, v.Printer, p.Catalogue)
			switch {
			case slices.Contains(r.Holders, one.ID):
				said = joinComma(said, name)
			case slices.Contains(r.StandIns, one.ID):
				said = joinComma(said, v.T("desk.plan.stands_in", "role", name))
			}
		}
		view.People = append(view.People, line{Name: one.Name, Text: cmp.Or(said, v.T("desk.edit.no_role"))})
	}
}

func (v *visit) templateRow(p *plan.Plan, t plan.Template) templateRow {
	row := templateRow{Name: in(t.Name, v.Printer, p.Catalogue), When: v.phase(t.Phase)}
	if t.Phase == comms.PhaseNone {
		row.When = v.T("desk.message." + string(t.Message))
	}
	if strings.EqualFold(row.When, row.Name) {
		row.When = ""
	}
	for _, s := range t.Severities {
		row.When = strings.TrimPrefix(row.When+" · "+v.severity(s), " · ")
	}
	for _, s := range t.Slots {
		if label := in(s.Label, v.Printer, p.Catalogue); label != "" && s.From == "" {
			row.Asks = strings.TrimSpace(row.Asks + " " + label)
		}
	}
	for _, l := range p.Catalogue.Languages {
		f, ok := t.Forms[l]
		if !ok {
			continue
		}
		form := templateForm{Lang: l, Name: languageName(l)}
		for _, one := range []struct{ key, text string }{{"title", f.Title}, {"subject", f.Subject}, {"body", strings.ReplaceAll(f.Body, "**", "")}, {"short", f.Short}, {"support", f.Support}, {"in_product", f.InProduct}} {
			if one.text != "" {
				form.Texts = append(form.Texts, line{Name: v.T("desk.plan.form." + one.key), Text: one.text})
			}
		}
		row.Forms = append(row.Forms, form)
	}
	return row
}

// fillWords says what customers know by name, and what decides in doubt.
func (v *visit) fillWords(view *planView, p *plan.Plan) {
	c := p.Catalogue
	for _, g := range c.Groups {
		group := editGroup{Title: in(g.Name, v.Printer, c)}
		for _, one := range g.Components {
			group.Rows = append(group.Rows, editRow{Name: in(one.Name, v.Printer, c), Detail: in(one.Description, v.Printer, c)})
		}
		view.Groups = append(view.Groups, group)
	}
	for _, one := range []struct {
		key  string
		text comms.Words
	}{{"title", c.Texts.Title}, {"about", c.Texts.About}, {"footer", c.Texts.Footer}, {"sender", c.Texts.Sender}, {"all_well", c.Texts.AllWell}} {
		if s := in(one.text, v.Printer, c); s != "" {
			view.Texts = append(view.Texts, line{Name: v.T("desk.edit.field." + one.key), Text: s})
		}
	}
	for _, w := range p.Values {
		view.Values = append(view.Values, in(w, v.Printer, c))
	}
	for _, s := range p.DataSentences {
		view.Sentences = append(view.Sentences, in(s.Text, v.Printer, c))
	}
	for _, from := range append([]comms.Phase{comms.PhaseNone}, comms.Phases()...) {
		var to string
		for _, next := range p.Transitions[from] {
			to = joinComma(to, v.phase(next))
		}
		if to != "" {
			view.Steps = append(view.Steps, line{Name: v.phase(from), Text: to})
		}
	}
	for _, l := range c.Links {
		var about string
		for _, id := range l.Components {
			about = joinComma(about, v.component(id))
		}
		view.Links = append(view.Links, line{Name: in(l.Title, v.Printer, c) + " (/go/" + l.Key + ")", Text: about})
	}
	view.Terms = v.T("desk.plan.terms", "count", len(p.Glossary))
}

// ruleName says in plain words what one of the language rules that everybody
// has looks for.
func (v *visit) ruleName(id string) string {
	return v.T("desk.rule." + strings.ToLower(strings.ReplaceAll(id, "-", "_")))
}

// rules says each language rule in plain words, those that stop first.
func (v *visit) rules(p *plan.Plan) []ruleRow {
	var out []ruleRow
	for id, level := range lint.Rules() {
		if set, ok := p.Rules[string(id)]; ok {
			level = set
		}
		out = append(out, ruleRow{ID: string(id), Text: v.ruleName(string(id)), Level: v.T("desk.plan.level." + string(level)), Block: level == plan.Block})
	}
	slices.SortFunc(out, func(a, b ruleRow) int {
		if a.Block != b.Block {
			if a.Block {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func joinComma(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}
