package editor_test

import (
	"html"
	"strings"
	"testing"
	"time"
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
