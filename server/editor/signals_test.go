package editor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
)

// tell lets the monitoring tell of an alert, and returns the draft that it began.
func (in *installation) tell(fingerprint, alertname string) comms.ID {
	in.t.Helper()
	heard, err := in.desk.Hear(context.Background(), desk.Actor{Person: "dana", Token: "alertmanager"}, []desk.Alert{{
		Fingerprint: fingerprint, Firing: true, Since: in.clock(), Labels: map[string]string{"alertname": alertname, "instance": "<b>db-7</b>"},
		Notes: map[string]string{"summary": "it burns"},
	}})
	must(in.t, err)
	return heard[0].Update
}

func TestAlertsAreShownBesideWhatTheyBegan(t *testing.T) {
	in := install(t, "dana", "ines")
	update := in.tell("a1", "SignInErrors")
	in.tell("x1", "DiskFull")
	dana := in.as("dana")
	look, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, update)
	must(t, err)
	shows := func(path string, want ...string) string {
		t.Helper()
		got := dana.get(path)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", path, got.status, words(got.body))
		}
		for _, w := range want {
			if !strings.Contains(got.body, w) {
				t.Errorf("%s does not show %q:\n%s", path, w, words(got.body))
			}
		}
		return got.body
	}
	shows("/", "Begun by an alert", "DiskFull", "that the plan does not know", `href="/plan/edit/signals?entry=signal%2Fnew&amp;alert=DiskFull"`)
	shows("/plan/edit/signals?entry=signal%2Fnew&alert=DiskFull", `value="alertname"`, `value="DiskFull"`)
	shows("/incidents/"+string(look.Incident.ID), "SignInErrors", "it burns", "&lt;b&gt;db-7")
	if body := shows("/updates/"+string(update), "SignInErrors"); strings.Contains(body, "Since this text was written") {
		t.Error("an alert that the text was made of is said to be newer")
	}
	in.submit("dana", update, func(*draft.Draft) {})
	in.pass(time.Minute)
	in.tell("a2", "SignInErrors")
	shows("/updates/"+string(update), "Since this text was written: SignInErrors")
	shows("/updates/"+string(update)+"?edit=1", "Since this text was written: SignInErrors")
}
