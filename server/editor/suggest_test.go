package editor_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
)

const plainer = "Customers in Europe get no further than the sign-in page."

// TestAWordingIsSuggestedAndAccepted takes other words from the approver's form
// through the author's button to the publication that the approver signs.
func TestAWordingIsSuggestedAndAccepted(t *testing.T) {
	in := install(t, "dana", "ines")
	before := in.publications()
	id, digest := in.submitted("dana")
	look := in.look(id)
	path, incident := "/updates/"+string(id), "/incidents/"+string(look.Update.Incident)
	dana, ines := in.as("dana"), in.as("ines")
	if own := dana.get(path); strings.Contains(own.body, path+"/suggestions") {
		t.Error("the author is offered to suggest")
	}
	review := ines.get(path)
	if !strings.Contains(review.body, `name="slots.en.impact"`) || strings.Contains(review.body, `name="slots.next_update"`) {
		t.Errorf("the form to suggest has other fields:\n%s", words(review.body))
	}
	form := url.Values{"digest": {digest.String()}, "slots.en.impact": {"It is " + strings.Repeat("slow ", 100)}}
	got := ines.post(path+"/suggestions", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "slow slow") || !strings.Contains(got.body, `id="suggest" open`) {
		t.Errorf("a wording that is too long: %d\n%s", got.status, words(got.body))
	}
	form.Set("slots.en.impact", plainer)
	if got = ines.post(path+"/suggestions", form); got.status != http.StatusSeeOther || !strings.Contains(got.where, "said=suggested") {
		t.Fatalf("suggested: %d\n%s", got.status, words(got.body))
	}
	answer := path + "/suggestions/" + string(in.look(id).Suggestions[0].ID)
	for _, page := range []string{path, incident, path + "?edit=1"} {
		if got := dana.get(page); !strings.Contains(got.body, answer+"/accept") || !strings.Contains(got.body, "<ins>") {
			t.Errorf("%s shows no difference to accept:\n%s", page, words(got.body))
		}
		if got := ines.get(page); strings.Contains(got.body, answer+"/accept") {
			t.Errorf("%s lets who suggested accept", page)
		}
	}
	if now := dana.get("/"); !strings.Contains(now.body, "suggests another wording") {
		t.Errorf("the first page does not say so:\n%s", words(now.body))
	}
	if got = ines.post(answer+"/accept", nil); got.status != http.StatusForbidden {
		t.Errorf("who suggested accepts: %d", got.status)
	}
	if got = dana.post(answer+"/accept", nil); got.status != http.StatusSeeOther || !strings.Contains(got.where, "said=resubmitted") {
		t.Fatalf("accepted: %d %s\n%s", got.status, got.where, words(got.body))
	}
	look = in.look(id)
	if look.Update.State != desk.InReview || look.Latest.Author != "dana" || look.Latest.Draft.Slots.Get("en", "impact") != plainer {
		t.Fatalf("afterwards %s by %s: %v", look.Update.State, look.Latest.Author, look.Latest.Draft.Slots)
	}
	if got = ines.post(path+"/sign", signature(look.Update.Digest)); got.status != http.StatusSeeOther || in.publications() != before+1 {
		t.Fatalf("signed: %d\n%s", got.status, words(got.body))
	}
	if got := dana.get(path); !strings.Contains(got.body, "suggests for") || !strings.Contains(got.body, "The words are theirs from then on") {
		t.Errorf("what went out does not say whose words they were:\n%s", words(got.body))
	}
}

// TestAnAnswerKeepsWhatElseWasTyped answers within the form that is being
// written, without scripts.
func TestAnAnswerKeepsWhatElseWasTyped(t *testing.T) {
	in := install(t, "dana", "ines")
	id, digest := in.submitted("dana")
	path, dana, ines := "/updates/"+string(id), in.as("dana"), in.as("ines")
	suggest := func(text string) string {
		t.Helper()
		in.pass(time.Second)
		if got := ines.post(path+"/suggestions", url.Values{"digest": {digest.String()}, "slots.en.impact": {text}}); got.status != http.StatusSeeOther {
			t.Fatalf("suggested: %d\n%s", got.status, words(got.body))
		}
		all := in.look(id).Suggestions
		return string(all[len(all)-1].ID)
	}
	one, two := suggest(plainer), suggest("Nobody in Europe gets in.")
	form := in.complete(2)
	form.Set("slots.en.who", "about one in nine customers in Europe")
	got := dana.post(path+"/suggestions/"+two+"/decline", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "one in nine customers") {
		t.Fatalf("declined without a word: %d\n%s", got.status, words(got.body))
	}
	form.Set("word."+two, "Some of them do.")
	if got = dana.post(path+"/suggestions/"+two+"/decline", form); got.status != http.StatusOK || !strings.Contains(got.body, "one in nine customers") || in.look(id).Update.State != desk.InReview {
		t.Fatalf("declined: %d\n%s", got.status, words(got.body))
	}
	changed := in.complete(2)
	changed.Set("slots.en.impact", "Another thing altogether is the matter here.")
	if got = dana.post(path+"/suggestions/"+one+"/accept", changed); got.status != http.StatusConflict || !strings.Contains(got.body, "Another thing altogether") {
		t.Fatalf("accepted over what was typed: %d\n%s", got.status, words(got.body))
	}
	if got = dana.post(path+"/suggestions/"+one+"/accept", form); got.status != http.StatusSeeOther {
		t.Fatalf("accepted: %d\n%s", got.status, words(got.body))
	}
	slots := in.look(id).Latest.Draft.Slots
	if slots.Get("en", "impact") != plainer || slots.Get("en", "who") != "about one in nine customers in Europe" {
		t.Errorf("the text is %v", slots)
	}
	if got = ines.get(path); !strings.Contains(got.body, "Some of them do.") {
		t.Errorf("the word does not reach who suggested:\n%s", words(got.body))
	}
}
