package editor_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

// tab is a writing page as its script sees it: what the fields hold, and what
// the server told of them last.
type tab struct {
	*browser
	path     string
	now, was url.Values
}

func (b *browser) tab(id comms.ID, form url.Values) *tab {
	t := &tab{b, "/updates/" + string(id), url.Values{}, url.Values{}}
	for name, values := range form {
		t.now[name] = values
		t.was[name] = values
	}
	return t
}

// send sends what the script sends at a pause, with more fields.
func (t *tab) send(more ...string) answer {
	form := url.Values{}
	for name, values := range t.now {
		form[name] = values
	}
	for name, values := range t.was {
		form["was."+name] = values
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	got := t.post(t.path+"/live", form)
	got.body = html.UnescapeString(got.body)
	return got
}

func (in *installation) look(id comms.ID) desk.View {
	in.t.Helper()
	v, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, id)
	must(in.t, err)
	return v
}

// begun is an update whose text is saved, open in the tabs of people.
func (in *installation) begun(people ...plan.PersonID) (comms.ID, []*tab) {
	in.t.Helper()
	_, id := in.opened("dana")
	form := in.complete(1)
	first := in.as(people[0])
	if got := first.post("/updates/"+string(id)+"/save", form); got.status != http.StatusSeeOther {
		in.t.Fatalf("save: %d\n%s", got.status, words(got.body))
	}
	form.Set("base", "2")
	tabs := []*tab{first.tab(id, form)}
	for _, p := range people[1:] {
		tabs = append(tabs, in.as(p).tab(id, form))
	}
	return id, tabs
}

func TestAPauseIsKeptAndShown(t *testing.T) {
	in := install(t, "dana")
	id, tabs := in.begun("dana")
	dana := tabs[0]
	dana.now.Set("slots.en.impact", "Requests to db-prod-03 fail in Europe.")
	got := dana.send()
	if got.status != http.StatusOK || !strings.Contains(got.body, `<mark class="block">db-prod-03</mark>`) || !strings.Contains(got.body, "SEC-HOST") {
		t.Fatalf("the answer is %d and lacks the preview or the finding:\n%s", got.status, words(got.body))
	}
	if strings.Contains(got.body, "<html") {
		t.Error("the answer holds the page's frame as well")
	}
	v := in.look(id)
	if v.Latest.Number != 2 || v.Typed == nil || v.Typed.Author != "dana" || v.Typed.Draft.Slots.Get("en", "impact") != "Requests to db-prod-03 fail in Europe." {
		t.Fatalf("revision %d and %+v are kept", v.Latest.Number, v.Typed)
	}
	page := dana.get(dana.path)
	if !strings.Contains(page.body, "Requests to db-prod-03") || hidden(t, page.body, "base") != "3" {
		t.Errorf("the page opened anew does not hold what was typed:\n%s", words(page.body))
	}
	if v := in.look(id); v.Latest.Number != 3 || v.Typed != nil {
		t.Errorf("opening the page made revision %d, and left %+v", v.Latest.Number, v.Typed)
	}
}

func TestTwoTabsAreMerged(t *testing.T) {
	in := install(t, "dana", "sam")
	id, tabs := in.begun("dana", "sam")
	dana, sam := tabs[0], tabs[1]
	dana.now.Set("slots.en.impact", "Dana says what customers cannot do.")
	if got := dana.send("field", "slots.en.impact"); got.status != http.StatusOK {
		t.Fatalf("dana: %d", got.status)
	}
	sam.now.Set("slots.en.who", "Sam says who is affected")
	got := sam.send()
	for _, want := range []string{"Dana says what", "Sam says who", "is writing here too", "is writing here.", "Changed by Dana"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("sam's answer lacks %q:\n%s", want, words(got.body))
		}
	}
	sam.now.Set("slots.en.impact", "Sam says what customers cannot do.")
	sam.now.Set("claims.sign-in", "major")
	got = sam.send()
	if got.status != http.StatusOK || !strings.Contains(got.body, `data-take="slots.en.impact"`) || strings.Contains(got.body, `data-take="claims.sign-in"`) {
		t.Fatalf("the same field gave %d:\n%s", got.status, words(got.body))
	}
	if v := in.look(id); v.Typed.Draft.Slots.Get("en", "impact") != "Dana says what customers cannot do." || v.Typed.Draft.Claims[0].State != comms.Major {
		t.Errorf("kept %+v", v.Typed.Draft)
	}

	// Until it is decided it is shown, also when dana goes on; then it is kept.
	sam.was.Set("slots.en.impact", "Dana says what customers cannot do.")
	sam.was.Set("claims.sign-in", "major")
	waiting := sam.now.Get("slots.en.impact")
	sam.now.Set("slots.en.impact", sam.was.Get("slots.en.impact"))
	if got = sam.send("disputed", "slots.en.impact"); !strings.Contains(got.body, `data-mine="slots.en.impact"`) {
		t.Errorf("an open question is forgotten:\n%s", words(got.body))
	}
	sam.now.Set("slots.en.impact", waiting)
	if got = sam.send("do", "settle"); got.status != http.StatusOK || strings.Contains(got.body, "data-take") {
		t.Errorf("the decision gave %d:\n%s", got.status, words(got.body))
	}
	v := in.look(id)
	if v.Latest.Draft.Slots.Get("en", "impact") != waiting || v.Typed != nil || v.Latest.Number != 4 || hidden(t, got.body, "base") != "4" {
		t.Errorf("revision %d is %+v, and %+v is typed", v.Latest.Number, v.Latest.Draft, v.Typed)
	}
}

func TestClaimsThatTwoChange(t *testing.T) {
	in := install(t, "dana", "sam")
	_, tabs := in.begun("dana", "sam")
	tabs[0].now.Set("claims.sign-in", "major")
	tabs[0].send()
	tabs[1].now.Set("claims.sign-in", "degraded")
	got := tabs[1].send()
	if !strings.Contains(got.body, `data-take="claims.sign-in"`) || !strings.Contains(got.body, "Dana Whitfield wrote:") {
		t.Errorf("the answer does not ask:\n%s", words(got.body))
	}
}

func TestTypingIsStopped(t *testing.T) {
	in := install(t, "dana", "sam", "ines")
	_, tabs := in.begun("dana", "sam")
	dana, sam := tabs[0], tabs[1]
	for name, test := range map[string]struct {
		field, value string
		status       int
		want         string
	}{
		"a bidi override":     {"slots.en.impact", "Turned \u202e around", 422, "U+202E"},
		"no such template":    {"template", "none", 422, "no such template"},
		"a state that is no":  {"claims.sign-in", "exploded", 422, "no state of a component"},
		"10 MB":               {"slots.en.impact", strings.Repeat("x", 10<<20), 413, "More than 1 MB"},
		"typed by another":    {"me", "sam", 409, "Sam Okafor typed this text, and you are signed in as Dana Whitfield"},
		"a field of no place": {"field", "x\u0000", 422, "U+0000"},
	} {
		t.Run(name, func(t *testing.T) {
			before := dana.now.Get(test.field)
			dana.now.Set(test.field, test.value)
			defer dana.now.Set(test.field, before)
			if got := dana.send(); got.status != test.status || !strings.Contains(got.body, test.want) {
				t.Errorf("got %d, want %d with %q:\n%.2000s", got.status, test.status, test.want, words(got.body))
			}
		})
	}
	dana.now.Del("me")
	dana.now.Del("field")

	if got := dana.post(dana.path+"/submit", dana.now); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	sam.now.Set("slots.en.impact", "Typed into a text that is in review.")
	got := sam.send()
	if got.status != http.StatusOK || !strings.Contains(got.body, "data-held") || !strings.Contains(got.body, "is not saved by itself") || !strings.Contains(got.body, "Typed into a text") {
		t.Fatalf("in review: %d\n%s", got.status, words(got.body))
	}
	v, err := in.desk.Look(context.Background(), desk.Actor{Person: "ines"}, comms.ID(strings.TrimPrefix(sam.path, "/updates/")))
	must(t, err)
	if v.Update.State != desk.InReview || v.Typed != nil {
		t.Fatalf("typing made it %s", v.Update.State)
	}
	if got := in.as("ines").post(sam.path+"/sign", signature(v.Update.Digest)); got.status != http.StatusSeeOther {
		t.Fatalf("sign: %d\n%s", got.status, words(got.body))
	}
	got = sam.send()
	if got.status != http.StatusConflict || !strings.Contains(got.body, "is published") || !strings.Contains(got.body, "/incidents/"+string(v.Incident.ID)) {
		t.Errorf("published: %d\n%s", got.status, words(got.body))
	}
}

func TestTypingNeedsASession(t *testing.T) {
	in := install(t, "dana")
	_, tabs := in.begun("dana")
	dana := tabs[0]
	secret, err := in.auth.NewToken(context.Background(), "dana", "robot", auth.ScopeDraft, time.Hour)
	must(t, err)
	for name, test := range map[string]struct {
		header map[string]string
		status int
	}{
		"another site": {map[string]string{"Origin": "https://evil.example"}, 403},
		"a token":      {map[string]string{"Authorization": "Bearer " + secret}, 403},
	} {
		test.header["Content-Type"] = "application/x-www-form-urlencoded"
		if got := dana.do(http.MethodPost, dana.path+"/live", dana.now.Encode(), test.header); got.status != test.status {
			t.Errorf("%s: %d\n%s", name, got.status, words(got.body))
		}
	}
	stranger := in.browser().tab(comms.ID(strings.TrimPrefix(dana.path, "/updates/")), dana.now)
	if got := stranger.send(); got.status != http.StatusUnauthorized {
		t.Errorf("without a session: %d", got.status)
	}
	if got := dana.post("/updates/aaaaaaaaaaaa/live", dana.now); got.status != http.StatusNotFound {
		t.Errorf("no such update: %d", got.status)
	}
}

func TestAReplacementWhileTyping(t *testing.T) {
	in := install(t, "dana")
	id, tabs := in.begun("dana")
	dana := tabs[0]
	dana.now.Set("slots.en.action_us", "looking at the failover")
	got := dana.send()
	dana.was.Set("slots.en.action_us", "looking at the failover")
	got = dana.send("replace", button(t, got.body, "JARGON|en|action_us"))
	if text := in.look(id).Typed.Draft.Slots.Get("en", "action_us"); got.status != http.StatusOK || strings.Contains(text, "failover") || !strings.Contains(got.body, text) {
		t.Errorf("replaced to %q: %d", text, got.status)
	}
}

func TestWordsOfAnotherAreNotSaved(t *testing.T) {
	in := install(t, "dana", "sam")
	id, tabs := in.begun("dana", "sam")
	form := tabs[1].now
	form.Set("me", "dana")
	form.Set("slots.en.impact", "Dana typed this in a browser of Sam.")
	got := tabs[1].post(tabs[1].path+"/save", form)
	if got.status != http.StatusConflict || hidden(t, got.body, "me") != "dana" || !strings.Contains(got.body, "Dana typed this in a browser of Sam.") {
		t.Errorf("save: %d\n%s", got.status, words(got.body))
	}
	if v := in.look(id); v.Latest.Number != 2 {
		t.Errorf("it was saved as revision %d", v.Latest.Number)
	}
}

func TestAPlanIsKeptWhileItIsTyped(t *testing.T) {
	in := install(t, "carlos")
	ctx := context.Background()
	_, pub, err := in.desk.Plan(ctx)
	must(t, err)
	files := pub.Message().PlanVersion.Files
	u, err := in.desk.ChangePlan(ctx, desk.Actor{Person: "carlos"}, files, "A change")
	must(t, err)
	carlos := in.as("carlos").tab(u.ID, url.Values{"summary": {"A change"}, "files." + files[0].Name: {files[0].Text}})
	carlos.now.Set("summary", "A change of names")
	got := carlos.send()
	v := in.look(u.ID)
	if got.status != http.StatusOK || v.Typed == nil || v.Typed.Draft.Summary != "A change of names" || v.Typed.Draft.Files[0].Text != files[0].Text {
		t.Errorf("%d, kept %+v", got.status, v.Typed)
	}
}
