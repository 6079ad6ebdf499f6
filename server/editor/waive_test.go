package editor_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestWordsThatARuleKeepsBack takes a host name that is none through the forms
// of its author and of the second person.
func TestWordsThatARuleKeepsBack(t *testing.T) {
	in := install(t, "dana", "ines")
	before := in.publications()
	incident, id := in.openedAs("dana", "major")
	path, dana := "/updates/"+string(id), in.as("dana")
	form := in.complete(1)
	form.Set("slots.en.impact", "Customers who use db-prod-03 cannot sign in with a password.")
	got := dana.post(path+"/submit", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="waivers.SEC-HOST"`) || !strings.Contains(got.body, "db-prod-03 cannot sign in") {
		t.Fatalf("without a reason: %d\n%s", got.status, words(got.body))
	}
	form.Set("base", "2")
	form.Set("waivers.SEC-HOST", "Customers <chose> that name.")
	if got = dana.post(path+"/submit", form); got.status != http.StatusSeeOther {
		t.Fatalf("with a reason: %d\n%s", got.status, words(got.body))
	}
	ines := in.as("ines")
	review := ines.get(path)
	for _, want := range []string{`name="waivers.SEC-HOST"`, "Customers &lt;chose&gt; that name.", "What stands all the same"} {
		if !strings.Contains(review.body, want) {
			t.Errorf("the page to sign lacks %q:\n%s", want, words(review.body))
		}
	}
	if own := dana.get(path); strings.Contains(own.body, `name="waivers.SEC-HOST"`) {
		t.Error("the author is offered to waive it")
	}
	sign := signature([32]byte{})
	sign.Set("digest", hidden(t, review.body, "digest"))
	if got = ines.post(path+"/sign", sign); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "why it is no secret") || in.publications() != before {
		t.Fatalf("signed without a word about it: %d\n%s", got.status, words(got.body))
	}
	sign.Set("waivers.SEC-HOST", "It is a product.")
	if got = ines.post(path+"/sign", sign); got.status != http.StatusSeeOther || in.publications() != before+1 {
		t.Fatalf("signed: %d\n%s", got.status, words(got.body))
	}
	for _, page := range []string{path, "/incidents/" + string(incident)} {
		if got := dana.get(page); !strings.Contains(got.body, "It is a product.") {
			t.Errorf("%s does not tell of the waiver:\n%s", page, words(got.body))
		}
	}
}

// TestWarningsAreDecided submits jargon where the plan asks.
func TestWarningsAreDecided(t *testing.T) {
	in := install(t, "dana", "ines", "nora")
	_, id := in.openedAs("dana", "data")
	path, dana := "/updates/"+string(id), in.as("dana")
	form := in.complete(1)
	form.Set("severity", "data")
	form.Set("slots.en.impact", "Customers in Europe cannot sign in during the failover.")
	got := dana.post(path+"/submit", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="waivers.JARGON"`) || !strings.Contains(got.body, "Why may “failover” stay?") {
		t.Fatalf("without a reason: %d\n%s", got.status, words(got.body))
	}
	form.Set("base", "2")
	form.Set("waivers.JARGON", "They say so themselves.")
	for _, rule := range []string{"LEN-SENT", "NONPLAIN", "TIME-VAGUE", "ACR"} {
		form.Set("waivers."+rule, "It is short enough.")
	}
	if got = dana.post(path+"/submit", form); got.status != http.StatusSeeOther {
		t.Fatalf("with a reason: %d\n%s", got.status, words(got.body))
	}
	if got := dana.get(path); !strings.Contains(got.body, "They say so themselves.") {
		t.Errorf("the reason is not shown:\n%s", words(got.body))
	}
}
