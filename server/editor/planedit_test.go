package editor_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// change is one change of the plan as a form sends it.
func (b *browser) change(part string, kv ...string) answer {
	b.t.Helper()
	form := url.Values{"do": {"save"}}
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i] == "do" {
			form.Del("do")
		}
		form.Add(kv[i], kv[i+1])
	}
	return b.post("/plan/edit/"+part, form)
}

// formOf reads the fields of an entry's form as the page shows them.
func (b *browser) formOf(part, draft, entry string) (was string, body string) {
	b.t.Helper()
	got := b.get("/plan/edit/" + part + "?" + url.Values{"draft": {draft}, "entry": {entry}}.Encode())
	if got.status != http.StatusOK {
		b.t.Fatalf("%s %s: %d\n%s", part, entry, got.status, words(got.body))
	}
	return hidden(b.t, got.body, "was"), got.body
}

func (b *browser) draftOf(got answer) string {
	b.t.Helper()
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("%d\n%s", got.status, words(got.body))
	}
	u, err := url.Parse(got.where)
	must(b.t, err)
	return u.Query().Get("draft")
}

// TestThePlanIsChangedWithoutItsFiles collects a change of every part in one
// draft, and has it signed.
func TestThePlanIsChangedWithoutItsFiles(t *testing.T) {
	in := install(t, "ines", "omar", "lucia", "ada")
	omar := in.as("omar")
	was, body := omar.formOf("components", "", "component/web-app")
	if !strings.Contains(body, `value="Web app"`) || !strings.Contains(body, `value="Aplicación web"`) {
		t.Fatalf("the form does not say what the plan says:\n%s", words(body))
	}
	draft := omar.draftOf(omar.change("components", "entry", "component/web-app", "was", was, "name.en", "Browser app", "name.es", "Aplicación web",
		"description.en", "Northwind in a browser", "description.es", "Northwind en un navegador", "group", "your-work"))
	if got := omar.get("/plan/edit/texts"); got.status != http.StatusSeeOther || !strings.Contains(got.where, "draft="+draft) {
		t.Errorf("the next part does not go on in the same draft: %d %s", got.status, got.where)
	}
	newOne := func(part, entry string, kv ...string) {
		t.Helper()
		was, _ := omar.formOf(part, draft, entry)
		omar.draftOf(omar.change(part, append([]string{"draft", draft, "entry", entry, "was", was}, kv...)...))
	}
	newOne("components", "component/new/developers", "name.en", "Web hooks", "name.es", "Webhooks", "group", "developers")
	newOne("components", "group/new", "name.en", "Shops", "name.es", "Tiendas", "first.en", "Tills", "first.es", "Cajas")
	newOne("texts", "texts", "title.en", "Northwind: what works", "title.es", "Northwind: qué funciona", "sender.en", "Northwind", "sender.es", "Northwind", "all_well.en", "All is well", "all_well.es", "Todo va bien")
	newOne("links", "link/new", "title.en", "Printing", "title.es", "Imprimir", "components", "web-app", "try.1.en", "Turn it off and on.", "try.1.es", "Apáguela y enciéndala.")
	newOne("roster", "person/new", "name", "Eva Ruiz", "email", "eva@northwind.example", "lang", "es")
	newOne("roster", "role/admin", "name.en", "Administrator", "name.es", "Administración", "holders", "ada", "stand_ins", "omar", "stand_ins", "eva-ruiz", "days", "mon", "days", "tue", "from", "08:00", "to", "16:30")
	newOne("roster", "role/legal", "name.en", "Legal", "name.es", "Asesoría jurídica", "holders", "nora", "stand_ins", "tomas", "stand_ins", "petra")
	newOne("links", "link/sign-in", "title.en", "Signing in", "title.es", "Iniciar sesión", "components", "sign-in", "try.1.en", "Wait.", "try.1.es", "Espere.", "former", "login-page, old-login")
	newOne("glossary", "term/en failover", "plain", "change to the spare", "note", "")
	newOne("glossary", "term/new", "lang", "en", "term", "Bluebird", "plain", "the export service")
	for _, move := range [][3]string{{"components", "component/public-api", "down"}, {"components", "group/developers", "up"}, {"roster", "person/petra", "remove"}} {
		omar.draftOf(omar.change(move[0], "draft", draft, "entry", move[1], "do", move[2]))
	}
	got := omar.get("/updates/" + draft)
	form := url.Values{"base": {hidden(t, got.body, "base")}, "summary": {"Many things"}}
	for _, f := range in.filesOf(draft) {
		form.Set("files."+f[0], strings.Replace(f[1], "remind: 30 ", "remind: 25 ", 1))
	}
	if got := omar.post("/updates/"+draft+"/submit", form); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	in.signPlan(draft, "ines", "lucia", "ada")
	p, _, err := in.desk.Plan(context.Background())
	must(t, err)
	c, _ := p.Catalogue.Component("web-app")
	hooks, _ := p.Catalogue.Component("web-hooks")
	link, _ := p.Catalogue.Link("printing")
	eva, _ := p.Person("eva-ruiz")
	_, petra := p.Person("petra")
	signIn, _ := p.Catalogue.Link("sign-in")
	hours := func(id plan.RoleID) plan.Hours {
		return p.Roles[slices.IndexFunc(p.Roles, func(r plan.Role) bool { return r.ID == id })].Hours
	}
	for what, ok := range map[string]bool{
		"a component is renamed": c.Name["en"] == "Browser app", "one is added": hooks.Name["es"] == "Webhooks",
		"a group comes with its first component": p.Catalogue.Groups[4].ID == "shops" && p.Catalogue.Groups[4].Components[0].ID == "tills",
		"a group moves up":                       p.Catalogue.Groups[2].ID == "developers", "the title changes": p.Catalogue.Texts.Title["en"] == "Northwind: what works",
		"a text that is emptied goes": p.Catalogue.Texts.About == nil, "a link comes": link.Try[0]["es"] == "Apáguela y enciéndala.",
		"a person comes": eva.Email == "eva@northwind.example", "and stands in": p.Holds("eva-ruiz", plan.Admin),
		"a person goes, from the roles too": !petra && !p.Holds("petra", plan.LegalRole),
		"a link keeps its former keys":      len(signIn.Former) == 2 && signIn.Had("old-login"),
		"a role gets hours":                 hours(plan.Admin).String() == "mon, tue 08:00-16:30", "and another is there always": hours(plan.LegalRole).String() == "-",
		"a term is said otherwise": p.Glossary[0].Plain == "change to the spare", "an own one comes": p.Glossary[1].Term == "Bluebird" && len(p.Glossary) > 100,
	} {
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
	for _, f := range p.Files {
		if f.Name == "catalogue.yaml" && (!strings.HasPrefix(f.Text, "# Every word that customers see") || !strings.Contains(f.Text, "show_overdue: true # the page says")) {
			t.Error("comments of the files are gone")
		}
	}
	got = omar.get("/plan/changes/2")
	if s := words(got.body); !strings.Contains(s, "Browser app › name › English") || !strings.Contains(s, "Signed by") {
		t.Errorf("what changed is not said:\n%s", s)
	}
	for lang, wants := range map[string][]string{
		"en": {"reminders › a reminder goes out", "Administrator › stand-ins", "reminders.remind"},
		"es": {"avisos › se avisa", "Administración › suplentes", "reminders.remind"},
	} {
		got := omar.do(http.MethodGet, "/plan/changes/2", "", map[string]string{"Accept-Language": lang})
		for _, want := range wants {
			if s := words(got.body); !strings.Contains(s, want) {
				t.Errorf("in %s %q is not among what changed:\n%s", lang, want, s)
			}
		}
	}
}

// filesOf lists the files of a draft.
func (in *installation) filesOf(draft string) (out [][2]string) {
	for _, f := range in.look(comms.ID(draft)).Latest.Draft.Files {
		out = append(out, [2]string{f.Name, f.Text})
	}
	return out
}

var asked = regexp.MustCompile(`name="requirement" value="(\d)"`)

// signPlan gives the signatures that people may.
func (in *installation) signPlan(draft string, people ...plan.PersonID) {
	in.t.Helper()
	before := in.publications()
	for _, who := range people {
		page := in.as(who).get("/updates/" + draft)
		if !strings.Contains(page.body, `id="sign"`) {
			continue
		}
		b := in.as(who)
		form := url.Values{"digest": {hidden(in.t, page.body, "digest")}, "requirement": {asked.FindStringSubmatch(page.body)[1]}, "password": {password}}
		if got := b.post("/updates/"+draft+"/sign", form); got.status != http.StatusSeeOther {
			in.t.Fatalf("%s signs: %d\n%s", who, got.status, words(got.body))
		}
	}
	if in.publications() != before+1 {
		in.t.Fatal("the plan is not published")
	}
}

func TestAWrongChangeOfThePlanComesBack(t *testing.T) {
	in := install(t, "omar", "dana")
	omar := in.as("omar")
	for name, c := range map[string]struct {
		part, entry string
		form        []string
		status      int
		says, field string
	}{
		"an empty name":              {"components", "component/web-app", []string{"name.es", "Aplicación", "group", "your-work"}, 422, "Name is empty", "name.en"},
		"a name that is too long":    {"components", "component/web-app", []string{"name.en", strings.Repeat("x", 61), "group", "your-work"}, 422, "Shorten it to 60 characters", "name.en"},
		"an identifier that is none": {"components", "component/new/developers", []string{"id", "Web App!", "name.en", "W", "group", "developers"}, 422, "is no identifier", "id"},
		"an identifier that is used": {"components", "component/new/developers", []string{"id", "web-app", "name.en", "W", "group", "developers"}, 422, "is used already", "id"},
		"no mail address":            {"roster", "person/new", []string{"name", "Eva", "email", "eva at home"}, 422, "is not a mail address", "email"},
		"a host of somebody else":    {"links", "link/sign-in", []string{"title.en", "Signing in", "components", "sign-in", "try.1.en", "Try.", "help", "https://evil.example"}, 422, "is not one of the plan", "help"},
		"a former key that is used":  {"links", "link/sign-in", []string{"title.en", "Signing in", "components", "sign-in", "try.1.en", "Try.", "former", "no key!"}, 422, "is no", "former"},
		"hours that end at once":     {"roster", "role/admin", []string{"name.en", "Administrator", "holders", "ada", "days", "mon", "from", "09:00", "to", "09:00"}, 422, "ends when it begins", "to"},
		"hours without a day":        {"roster", "role/admin", []string{"name.en", "Administrator", "holders", "ada", "from", "09:00", "to", "17:00"}, 422, "no days", "days"},
		"nothing to try":             {"links", "link/sign-in", []string{"title.en", "Signing in", "components", "sign-in"}, 422, "try", ""},
		"something that went":        {"components", "component/gone", []string{"name.en", "x"}, 409, "not in the plan any more", ""},
	} {
		t.Run(name, func(t *testing.T) {
			was := ""
			if c.entry != "component/gone" {
				was, _ = omar.formOf(c.part, "", c.entry)
			}
			before := in.publications()
			got := omar.change(c.part, append([]string{"entry", c.entry, "was", was}, c.form...)...)
			if got.status != c.status || !strings.Contains(words(got.body), c.says) {
				t.Fatalf("%d, want %d and %q:\n%s", got.status, c.status, c.says, words(got.body))
			}
			if c.field != "" && !strings.Contains(got.body, `href="#f-`+c.field+`"`) {
				t.Errorf("the field %s is not named:\n%s", c.field, words(got.body))
			}
			if typed := c.form[1]; c.field != "" && !strings.Contains(got.body, typed) {
				t.Errorf("what was typed is gone: %q", typed)
			}
			if mine := omar.get("/plan/edit/components"); mine.status != http.StatusOK || in.publications() != before {
				t.Error("a refused change left a draft")
			}
		})
	}
	was, _ := omar.formOf("components", "", "component/web-app")
	draft := omar.draftOf(omar.change("components", "entry", "component/web-app", "was", was, "name.en", "One", "group", "your-work"))
	if got := in.as("dana").change("components", "draft", draft, "entry", "component/web-app", "was", was, "name.en", "Two", "group", "your-work"); got.status != http.StatusConflict || !strings.Contains(got.body, `value="Two"`) {
		t.Errorf("over what somebody else wrote: %d\n%s", got.status, words(got.body))
	}
	for _, path := range []string{"/plan/edit/nothing", "/plan/edit/components?entry=component/gone", "/plan/edit/components?draft=nothing", "/plan/changes/1", "/plan/changes/x", "/plan/changes/7"} {
		if got := in.as("dana").get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// TestAQuorumThatCannotBeMetIsShown takes people out of a role until its
// signature could not be given.
func TestAQuorumThatCannotBeMetIsShown(t *testing.T) {
	in := install(t, "omar")
	omar := in.as("omar")
	was, _ := omar.formOf("roster", "", "role/legal")
	draft := omar.draftOf(omar.change("roster", "entry", "role/legal", "was", was, "name.en", "Legal", "holders", "nora"))
	got := omar.get("/plan/edit/roster?draft=" + draft)
	if s := words(got.body); !strings.Contains(s, "Nora Haddad wrote it") {
		t.Errorf("nothing says so:\n%s", s)
	}
	if s := words(omar.get("/updates/" + draft).body); !strings.Contains(s, "Nora Haddad wrote it") {
		t.Errorf("nothing says so before it is submitted:\n%s", s)
	}
}

// TestAChangeIsBroughtUpToDate: what came into force meanwhile is shown, and
// where both changed the same thing somebody chooses in sight of both.
func TestAChangeIsBroughtUpToDate(t *testing.T) {
	in := install(t, "ines", "omar", "lucia", "ada")
	omar, ada := in.as("omar"), in.as("ada")
	rename := func(b *browser, draft, entry, name, es string) string {
		was, _ := b.formOf("components", draft, "component/"+entry)
		return b.draftOf(b.change("components", "draft", draft, "entry", "component/"+entry, "was", was, "name.en", name, "name.es", es, "group", "your-work"))
	}
	submit := func(b *browser, draft string) answer {
		form := url.Values{"base": {hidden(t, b.get("/updates/"+draft).body, "base")}, "summary": {"Other names"}}
		for _, f := range in.filesOf(draft) {
			form.Set("files."+f[0], f[1])
		}
		return b.post("/updates/"+draft+"/submit", form)
	}
	mine := rename(omar, "", "web-app", "Browser app", "Aplicación web")
	mine = rename(omar, mine, "mobile-app", "Phone apps", "Aplicaciones móviles")
	theirs := rename(ada, "", "web-app", "Web pages", "Aplicación web")
	submit(ada, theirs)
	in.signPlan(theirs, "ines", "lucia")

	behind := "/plan/edit/components?draft=" + mine
	got := omar.get(behind)
	for _, want := range []string{"Version 2 is in force since this was begun on version 1", "What version 2 changed", "Browser app", "Web pages"} {
		if !strings.Contains(words(got.body), want) {
			t.Fatalf("%q is not on the page:\n%s", want, words(got.body))
		}
	}
	both := strings.Join(strings.Fields(words(got.body[strings.Index(got.body, "<fieldset"):])), " ")
	for _, want := range []string{"Web pages › name As written here English Web Browser app name: {", "As in force English Web app pages name: {"} {
		if !strings.Contains(both, want) {
			t.Errorf("the sides do not say %q:\n%s", want, both)
		}
	}
	form := url.Values{"base": {hidden(t, got.body, "base")}, "seen": {hidden(t, got.body, "seen")}, "part": {"components"}}
	name := regexp.MustCompile(`name="(side\.[^"]+)"`).FindStringSubmatch(got.body)
	if name == nil {
		t.Fatalf("nothing asks whose words stay:\n%s", got.body)
	}
	undecided := omar.post("/updates/"+mine+"/rebase", form)
	if undecided.status != http.StatusUnprocessableEntity || !strings.Contains(words(undecided.body), "choose whose words stay") {
		t.Errorf("%d\n%s", undecided.status, words(undecided.body))
	}
	form.Set(name[1], "mine")
	if got := omar.post("/updates/"+mine+"/rebase", form); got.status != http.StatusSeeOther || !strings.Contains(got.where, "said=rebased") {
		t.Fatalf("%d %s\n%s", got.status, got.where, words(got.body))
	}
	for _, page := range []string{behind, "/updates/" + mine} {
		got := omar.get(page)
		if strings.Contains(got.body, `id="behind"`) || !strings.Contains(words(got.body), "Phone apps") || !strings.Contains(words(got.body), "Browser app") {
			t.Errorf("%s: %s", page, words(got.body))
		}
	}
	if got := submit(omar, mine); !strings.Contains(got.where, "said=submitted") {
		t.Errorf("%d %s\n%s", got.status, got.where, words(got.body))
	}
}
