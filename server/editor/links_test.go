package editor_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rise"
	"github.com/countersign/countersign/server/visits"
)

func (in *installation) visited(key string, ago time.Duration, t visits.Tally) {
	in.t.Helper()
	_, err := in.store.AddVisits(context.Background(), []visits.Count{{Key: key, At: in.clock().Add(-ago), Tally: t}}, nil)
	must(in.t, err)
}

func TestLinksShowWhereCustomersComeFrom(t *testing.T) {
	in := install(t, "dana", "carlos")
	in.visited("sign-in", 0, visits.Tally{Visits: 41, Reports: 3})
	in.visited("sign-in", 5*time.Hour, visits.Tally{Visits: 1})
	in.visited("export", 24*time.Hour, visits.Tally{Visits: 5000})
	unknown := []visits.Unknown{
		{Key: "checkout", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 7}},
		{Key: visits.Others, First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 12345}},
		{Key: "documents", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 99}}, // in the plan since
	}
	for n := range 60 {
		unknown = append(unknown, visits.Unknown{Key: fmt.Sprint("flood-", n), First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 1}})
	}
	_, err := in.store.AddVisits(context.Background(), nil, unknown)
	must(t, err)
	got := in.as("dana").get("/links")
	if got.status != http.StatusOK {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	for _, want := range []string{
		"41 visits", "42 visits", "5000 visits", `href="/incidents/new?component=sign-in&amp;component=company-sign-in&amp;name=Signing&#43;in"`,
		"/go/checkout", "7 visits", "12345 visits", `<input type="hidden" name="key" value="checkout">`, "At most 500 are kept by name", "11 more are kept",
		`<title id="chart-sign-in-t">Visits of /go/sign-in, 7 days</title>`, "Altogether 42 visits", "at least 12 visits",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, words(got.body))
		}
	}
	for _, not := range []string{"99 visits", "More people than usual</h2>", "desk.links"} {
		if strings.Contains(got.body, not) {
			t.Errorf("the page says %q", not)
		}
	}
	if es := in.as("carlos").get("/links"); !strings.Contains(es.body, "Enlaces desde el producto") || !strings.Contains(es.body, "41 visitas") || strings.Contains(es.body, "desk.links") {
		t.Errorf("in Spanish: %s", words(es.body))
	}
	for _, path := range []string{"/links", "/links/sign-in"} {
		if got := in.browser().get(path); got.status == http.StatusOK {
			t.Errorf("%s is shown to somebody who is not signed in", path)
		}
	}
}

// One action drafts the change of the plan; it is a difference, and nothing
// before it is signed.
func TestUnknownKeyBecomesALink(t *testing.T) {
	in := install(t, "dana", "omar")
	_, err := in.store.AddVisits(context.Background(), nil, []visits.Unknown{{Key: "123", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 1}}})
	must(t, err)
	omar := in.as("omar")
	got := omar.post("/links/map", url.Values{"key": {"123"}, "component": {"web-app"}})
	id := comms.ID(omar.draftOf(got))
	if !strings.HasPrefix(got.where, "/plan/edit/links?") || !strings.Contains(got.where, "entry=link%2F123") {
		t.Errorf("it leads to %s", got.where)
	}
	page := omar.get(got.where)
	for _, want := range []string{"The link is in the draft of the plan", "123", "Wait a few minutes and try again.", "Espere unos minutos", `href="/updates/` + string(id) + `"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the draft does not say %q:\n%s", want, words(page.body))
		}
	}
	view, err := in.desk.Look(context.Background(), desk.Actor{Person: "omar"}, id)
	must(t, err)
	p, err := plan.Read(view.Latest.Draft.Files)
	must(t, err)
	if l, ok := p.Catalogue.Link("123"); !ok || len(l.Components) != 1 || l.Components[0] != "web-app" {
		t.Errorf("the draft has %+v", l)
	}
	if p, _, err := in.desk.Plan(context.Background()); err != nil {
		t.Fatal(err)
	} else if _, ok := p.Catalogue.Link("123"); ok {
		t.Error("the key is in force without a signature")
	}
	if again := omar.post("/links/map", url.Values{"key": {"123"}, "component": {"web-app"}}); omar.draftOf(again) != string(id) {
		t.Errorf("pressed twice: %s", again.where)
	}
	for _, bad := range []url.Values{
		{"key": {"123"}}, {"key": {"a/b"}, "component": {"web-app"}}, {"key": {"<script>"}, "component": {"web-app"}}, {"key": {""}, "component": {"web-app"}},
		{"key": {"ok"}, "component": {"teleport"}}, {"key": {strings.Repeat("a", 65)}, "component": {"web-app"}}, {"key": {"a\u202eb"}, "component": {"web-app"}},
	} {
		if got := omar.post("/links/map", bad); bad.Get("key") != "123" && got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
			t.Errorf("%v: %d", bad, got.status)
		}
	}
}

// The page of a link has the chart, its numbers as a table, and what customers
// were told beside them.
func TestALinkOverTime(t *testing.T) {
	in := install(t, "dana", "ines")
	in.visited("sign-in", 0, visits.Tally{Visits: 41, Reports: 3})
	in.visited("sign-in", 10*24*time.Hour, visits.Tally{Visits: 77})
	id, digest := in.submitted("dana")
	ines := in.as("ines")
	if got := ines.get("/links/sign-in"); !strings.Contains(got.body, "Nothing was published about it in this time.") || strings.Contains(got.body, `class="band`) {
		t.Errorf("a draft is shown as published:\n%s", words(got.body))
	}
	if got := ines.post("/updates/"+string(id)+"/sign", signature(digest)); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	got := ines.get("/links/sign-in?span=day")
	for _, want := range []string{`class="band incident"`, `class="published"`, "published 22 Nov", "goes on", `<td class="num">41</td><td class="num">3</td><td class="num">1: `, `aria-current="page">24 hours`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q:\n%s", want, got.body)
		}
	}
	if strings.Contains(got.body, ">77<") {
		t.Error("a day shows what came ten days ago")
	}
	if got := ines.get("/links/sign-in?span=month"); !strings.Contains(got.body, ">77<") {
		t.Error("a month does not show what came ten days ago")
	}
	if got := ines.get("/links/export"); strings.Contains(got.body, `class="band`) {
		t.Error("an incident stands beside a link that it does not touch")
	}
	for _, path := range []string{"/links/nowhere", "/links/%3Cscript%3E"} {
		if got := ines.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestLinkStartsAnIncident(t *testing.T) {
	in := install(t, "dana")
	got := in.as("dana").get("/incidents/new?component=sign-in&component=teleport&name=Signing+in+" + strings.Repeat("x", 300))
	for _, want := range []string{`value="Signing in x`, `<option value="degraded" selected>`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the form does not hold %s", want)
		}
	}
	if n := strings.Count(got.body, `value="degraded" selected`); n != 1 {
		t.Errorf("%d components are chosen, want one", n)
	}
}

// TestRisesNeedSomebody walks a rise from the first page to the publication.
func TestRisesNeedSomebody(t *testing.T) {
	in := install(t, "dana", "ines")
	came := map[string]rise.Arrivals{"sign-in": {Visits: rise.Reading{Rises: true, Window: rise.Short, Count: 40, Usual: 2.6}}, "export": {Reports: rise.Reading{Rises: true, Window: rise.Long, Count: 6}}}
	must(t, in.desk.SeeArrivals(context.Background(), came))
	dana := in.as("dana")
	for _, path := range []string{"/", "/links", "/links/sign-in"} {
		got := dana.get(path)
		if !strings.Contains(got.body, "40 visits in 15 minutes (usual: 3). It is about Sign-in, Company sign-in.") || !strings.Contains(got.body, "I know, it is nothing") {
			t.Errorf("%s does not say what rises:\n%s", path, words(got.body))
		}
	}
	now := dana.get("/")
	if !strings.Contains(now.body, "Customers know before we do") || !strings.Contains(now.body, "6 “I see this too” in 60 minutes") {
		t.Errorf("the first page:\n%s", words(now.body))
	}
	_, rest, _ := strings.Cut(dana.get("/links/export").body, `action="/links/seen"`)
	if got := dana.post("/links/seen", url.Values{"rise": {hidden(t, rest, "rise")}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	if got := dana.post("/links/seen", url.Values{"rise": {"nothing"}}); got.status != http.StatusNotFound {
		t.Errorf("of nothing: %d", got.status)
	}
	if got := dana.get("/links/export").body; !strings.Contains(got, "Dana Whitfield has known since") {
		t.Errorf("who knows is not said:\n%s", words(got))
	}
	id, digest := in.submitted("dana")
	if got := dana.get("/").body; !strings.Contains(got, "40 visits") || strings.Contains(got, "6 “I see") {
		t.Errorf("a draft silences, or what is known is not silent:\n%s", words(got))
	}
	if got := in.as("ines").post("/updates/"+string(id)+"/sign", signature(digest)); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	must(t, in.desk.SeeArrivals(context.Background(), came))
	if got := dana.get("/").body; strings.Contains(got, "40 visits") {
		t.Errorf("after the publication:\n%s", words(got))
	}
	if got := dana.get("/links").body; !strings.Contains(got, "Customers read what is published about this.") {
		t.Errorf("after the publication:\n%s", words(got))
	}
}
