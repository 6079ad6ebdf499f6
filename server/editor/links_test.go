package editor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/visits"
)

func (in *installation) visited(key string, ago time.Duration, t visits.Tally) {
	in.t.Helper()
	_, err := in.store.AddVisits(context.Background(), []visits.Hour{{Key: key, Hour: in.clock().Add(-ago).Truncate(time.Hour), Tally: t}}, nil)
	must(in.t, err)
}

func TestLinksShowWhereCustomersComeFrom(t *testing.T) {
	in := install(t, "dana", "carlos")
	in.visited("sign-in", 0, visits.Tally{Visits: 41, Reports: 3})
	in.visited("sign-in", 5*time.Hour, visits.Tally{Visits: 1})
	in.visited("export", 0, visits.Tally{Visits: 30})
	in.visited("export", 24*time.Hour, visits.Tally{Visits: 5000}) // thirty are nothing unusual
	in.visited("payment", 0, visits.Tally{Reports: 2})             // two may be chance
	unknown := []visits.Unknown{
		{Key: "checkout", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 7}},
		{Key: visits.Others, First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 12345}},
		{Key: "documents", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 99}}, // in the plan since
	}
	_, err := in.store.AddVisits(context.Background(), nil, unknown)
	must(t, err)
	got := in.as("dana").get("/links")
	if got.status != http.StatusOK {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	for _, want := range []string{
		"More people than usual", "/go/sign-in: in the last hour 41 visits and 3 “I see this too”. Usual is 0 visits", "Nothing is published about Sign-in, Company sign-in.",
		"42 visits", "5030 visits", `href="/incidents/new?component=sign-in&amp;component=company-sign-in&amp;name=Signing&#43;in"`,
		"/go/checkout", "7 visits", "12345 visits", "- key: &#34;checkout&#34;", "components: [sign-in]",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, words(got.body))
		}
	}
	for _, not := range []string{"/go/export: in the last hour", "/go/payment: in the last hour", "99 visits"} {
		if strings.Contains(got.body, not) {
			t.Errorf("the page says %q", not)
		}
	}
	if es := in.as("carlos").get("/links"); !strings.Contains(es.body, "Enlaces desde el producto") || !strings.Contains(es.body, "41 visitas") {
		t.Errorf("in Spanish: %s", words(es.body))
	}
	if got := in.browser().get("/links"); got.status == http.StatusOK {
		t.Error("the counts are shown to somebody who is not signed in")
	}
}

// What a team reads of an unknown key is a plan that can be read, once its
// component is the right one.
func TestUnknownKeyBecomesALink(t *testing.T) {
	in := install(t, "dana")
	_, err := in.store.AddVisits(context.Background(), nil, []visits.Unknown{{Key: "123", First: in.clock(), Last: in.clock(), Tally: visits.Tally{Visits: 1}}})
	must(t, err)
	body := in.as("dana").get("/links").body
	_, rest, ok := strings.Cut(body, `role="group">`)
	text, _, end := strings.Cut(rest, "</pre>")
	if !ok || !end {
		t.Fatalf("no lines to copy:\n%s", words(body))
	}
	text = strings.NewReplacer("&#34;", `"`).Replace(text)
	files := plan.Builtin()
	for i, f := range files {
		if f.Name == "links.yaml" {
			files[i].Text += text
		}
	}
	p, err := plan.Read(files)
	must(t, err)
	if _, ok := p.Catalogue.Link("123"); !ok {
		t.Error("the key is not in the plan")
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

// TestLinksHintEndsWithThePublication walks a draft, which customers do not
// see, to its publication.
func TestLinksHintEndsWithThePublication(t *testing.T) {
	in := install(t, "dana", "ines")
	in.visited("sign-in", 0, visits.Tally{Reports: 10})
	id, digest := in.submitted("dana")
	dana := in.as("dana")
	if got := dana.get("/links").body; !strings.Contains(got, "More people than usual") {
		t.Errorf("a draft silences the hint:\n%s", words(got))
	}
	if got := in.as("ines").post("/updates/"+string(id)+"/sign", signature(digest)); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, words(got.body))
	}
	if got := dana.get("/links").body; strings.Contains(got, "More people than usual") || !strings.Contains(got, "Customers read what is published about this.") {
		t.Errorf("after the publication:\n%s", words(got))
	}
}
