package editor_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// shows fails for every text that the page of an update lacks.
func (b *browser) shows(t *testing.T, id comms.ID, wants ...string) {
	t.Helper()
	body := b.get("/updates/" + string(id)).body
	_, body, _ = strings.Cut(body, `id="changes"`)
	body, _, _ = strings.Cut(body, "</section>")
	text := strings.Join(strings.Fields(html.UnescapeString(words(body))), " ")
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("what is signed is not shown: %q in\n%s", want, text)
		}
	}
}

func (in *installation) signed(t *testing.T, who plan.PersonID, id comms.ID, digest comms.Digest) {
	t.Helper()
	if got := in.as(who).post("/updates/"+string(id)+"/sign", signature(digest)); got.status != http.StatusSeeOther || !strings.Contains(got.where, "published") {
		t.Fatalf("sign: %d %s\n%s", got.status, got.where, words(got.body))
	}
}

func TestEverythingThatIsSignedIsShown(t *testing.T) {
	ctx, dana := context.Background(), desk.Actor{Person: "dana"}
	in := install(t, "dana", "ines", "carlos")
	incident, first := in.opened("dana")
	digest := in.submit("dana", first, func(d *draft.Draft) {
		d.StartedAt, d.EndedAt = "2026-10-03T05:07", "2026-10-09T06:08"
	})
	began := []string{"Severity Major", "Began Saturday 3 October 2026, 05:07 UTC", "Phase ", "Next update by Sunday 22 November 2026, 14:15 UTC", "Mail for followers of Sign-in"}
	in.as("ines").shows(t, first, began...)
	in.as("carlos").shows(t, first, "Gravedad", "Empezó sábado 3 de octubre de 2026, 05:07 UTC", "Correo para quienes siguen")
	in.signed(t, "ines", first, digest)

	next, err := in.desk.Begin(ctx, dana, incident, "investigating", "")
	must(t, err)
	digest = in.submit("dana", next.ID, func(d *draft.Draft) {
		d.Severity, d.StartedAt = "minor", "2026-10-04T05:07"
	})
	moved := []string{"Severity Major → becomes Minor", "Began Saturday 3 October 2026, 05:07 UTC → becomes Sunday 4 October 2026, 05:07 UTC"}
	in.as("ines").shows(t, next.ID, moved...)
	in.as("carlos").shows(t, next.ID, "Empezó sábado 3 de octubre de 2026, 05:07 UTC → pasa a domingo 4 de octubre de 2026, 05:07 UTC")
	in.signed(t, "ines", next.ID, digest)
	in.as("ines").shows(t, next.ID, moved...) // as it went out
	in.as("ines").shows(t, first, began...)   // and not compared with what came later
}

func TestTheTargetOfACorrectionIsShown(t *testing.T) {
	ctx, dana := context.Background(), desk.Actor{Person: "dana"}
	in := install(t, "dana", "ines", "carlos")
	incident, first := in.opened("dana")
	in.signed(t, "ines", first, in.submit("dana", first, func(*draft.Draft) {}))
	got := in.as("dana").post("/incidents/"+string(incident)+"/corrections", url.Values{"publication": {"2"}})
	path, _, _ := strings.Cut(strings.TrimPrefix(got.where, "/updates/"), "?")
	if got.status != http.StatusSeeOther {
		t.Fatalf("begin: %d\n%s", got.status, words(got.body))
	}
	id := comms.ID(path)
	look, err := in.desk.Look(ctx, dana, id)
	must(t, err)
	in.submit("dana", id, func(d *draft.Draft) {
		for _, s := range look.Template.Slots {
			if d.Slots.Get("en", s.Name) == "" {
				d.Slots.Set("en", s.Name, "We named the wrong region")
			}
		}
	})
	page := in.as("ines").get("/updates/" + string(id)).body
	if !strings.Contains(page, `href="/updates/`+string(first)+`"`) {
		t.Error("no link leads to what is corrected")
	}
	in.as("ines").shows(t, id, "Corrects publication 2 of Sunday 22 November 2026, 14:00 UTC", "Reason, English Correction about Sign-in: We named the wrong region")
	in.as("carlos").shows(t, id, "Corrige la publicación 2 del domingo 22 de noviembre de 2026, 14:00 UTC", "Motivo, English Correction about Sign-in: We named")
}
