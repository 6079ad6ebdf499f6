package editor

import (
	"net/http"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// mapLink drafts the change of the plan that makes an unknown key a link about
// a component. Its words are those of the component and of the service, in every
// language of the plan, and wait to be bettered; nothing counts before it is
// shown as a difference and signed.
func (e *Editor) mapLink(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.Request().PostForm
	key := form.Get("key")
	mine, err := e.myPlanDraft(v)
	if err != nil {
		return err
	}
	w, err := e.planWork(v, string(mine))
	if err != nil {
		return err
	}
	if w.plan == nil {
		return v.Redirect(http.StatusSeeOther, editPath("links", mine, "", ""))
	}
	entry := "link/" + key
	if !comms.LinkKey(key) {
		return comms.Refuse(comms.Invalid, "key", "%s", v.T("desk.links.no_key"))
	}
	if l, known := w.plan.Catalogue.Link(key); known { // by somebody, or by a press before
		return v.Redirect(http.StatusSeeOther, editPath("links", mine, "link/"+l.Key, ""))
	}
	component, ok := w.plan.Catalogue.Component(comms.ComponentID(form.Get("component")))
	if !ok {
		return comms.Refuse(comms.Invalid, "component", "%s", v.T("desk.links.no_component"))
	}
	r := refOf("link/new")
	files, err := r.write(w.files, w.plan, answers{}, e.firstWords(w.plan, key, component))
	if err == nil {
		_, err = plan.Read(files)
	}
	if err != nil {
		return err
	}
	id, err := e.keepPlan(v, w, files, v.T("desk.links.mapped", "key", key))
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, editPath("links", id, entry, "mapped"))
}

// firstWords are what a new link says until somebody finds better words: what
// another link about the component suggests to try, else to try again later.
func (e *Editor) firstWords(p *plan.Plan, key string, about comms.Component) answers {
	title, later := comms.Words{}, comms.Words{}
	for _, lang := range p.Catalogue.Languages {
		title[lang], _ = about.Name.In(lang, p.Catalogue.Source)
		later[lang] = e.c.Languages.For(lang).T("desk.links.try_later")
	}
	try := []comms.Words{later}
	for _, l := range p.Catalogue.Links {
		if len(l.Components) == 1 && l.Components[0] == about.ID && len(l.Try) > 0 {
			try = l.Try
		}
	}
	return answers{"key": key, "title": title, "components": []string{string(about.ID)}, "try": try, "help": ""}
}
