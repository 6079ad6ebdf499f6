package editor_test

import (
	"context"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

func TestThePlanSaysWhoIsThereNowAndHowToReachThem(t *testing.T) {
	in := install(t, "ines") // a Sunday
	b := in.as("ines")
	read := func(b *browser) string {
		return strings.Join(strings.Fields(html.UnescapeString(words(b.get("/plan").body))), " ")
	}
	page := read(b)
	for _, want := range []string{
		"Now one turns to Tomás Keller, Petra Novak, Nora Haddad, in this order.", "Marta Lindqvist (+34 900 000 102, @marta)",
		"5 working days after the end, for: Critical, Major, Data or security", "Mails always at once for Critical, Data or security",
		"every 90 days, with: Drafter, Incident lead",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the plan does not say %q:\n%s", want, page)
		}
	}
	in.pass(20 * time.Hour) // Monday
	if page := read(in.as("ines")); !strings.Contains(page, "Now one turns to Nora Haddad, Tomás Keller") {
		t.Errorf("on Monday one turns to somebody else:\n%s", page)
	}
}

// What a signer is told of mails is what delivery goes by.
func TestASignerIsToldUntilWhenMailsWait(t *testing.T) {
	files := plan.Builtin()
	for i, f := range files {
		files[i].Text = strings.Replace(f.Text, "# quiet:", "quiet:", 1) // mails of minor incidents wait from 22:00 to 07:00 in Madrid
	}
	in := installWith(t, files, "ines", "carlos")
	reads := func(b *browser, path string) string {
		return strings.Join(strings.Fields(html.UnescapeString(words(b.get(path).body))), " ")
	}
	waits := regexp.MustCompile(`people by mail; in the quiet hours mails wait until [^;]*07:00`)
	told := func(id comms.ID) bool { return waits.MatchString(reads(in.as("ines"), "/updates/"+string(id))) }

	byDay, _ := in.submittedAs("dana", "minor")
	if told(byDay) {
		t.Error("by day mails are said to wait")
	}
	in.pass(9 * time.Hour) // midnight in Madrid
	byNight, digest := in.submittedAs("dana", "minor")
	urgent, _ := in.submittedAs("dana", "critical")
	if !told(byNight) || told(urgent) {
		t.Errorf("at night mails of a minor incident wait: %v, and of a critical one: %v\n%s", told(byNight), told(urgent), reads(in.as("ines"), "/updates/"+string(byNight)))
	}
	in.signed(t, "ines", byNight, digest)
	in.pass(12 * time.Hour)
	if !told(byNight) {
		t.Error("the next day it is not said that they waited")
	}
	pub, err := in.desk.Look(context.Background(), desk.Actor{Person: "ines"}, byNight)
	must(t, err)
	out := pub.History[len(pub.History)-1]
	if from := out.Message().MailsFrom(out.At()); from.Sub(out.At()) != 7*time.Hour {
		t.Errorf("delivery lets them wait for %s", from.Sub(out.At()))
	}
}
