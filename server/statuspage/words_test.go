package statuspage_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/statuspage"
)

// told is what a client reads of an incident.
type told struct {
	Name, Status, Impact    string
	UpdatedAt               time.Time    `json:"updated_at"`
	MonitoringAt            *time.Time   `json:"monitoring_at"`
	ResolvedAt              *time.Time   `json:"resolved_at"`
	ScheduledFor            *time.Time   `json:"scheduled_for"`
	ScheduledUntil          *time.Time   `json:"scheduled_until"`
	PostmortemBody          *string      `json:"postmortem_body"`
	Updates                 []toldUpdate `json:"incident_updates"`
	Components              []struct{ Name, Status string }
	PostmortemPublishedAt   *time.Time `json:"postmortem_published_at"`
	PostmortemBodyChangedAt *time.Time `json:"postmortem_body_last_updated_at"`
}

type toldUpdate struct {
	Status, Body string
	UpdatedAt    time.Time `json:"updated_at"`
}

func read[T any](t *testing.T, text []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func one(t *testing.T, v *statuspage.View, name string) told {
	t.Helper()
	return read[told](t, document(t, v, "/incidents/"+string(pagetest.ID(name))+".json"))
}

// TestWithoutCounterpart reads what clients see of what the interface has no
// word for.
func TestWithoutCounterpart(t *testing.T) {
	p := press(t, "UTC")
	publish := func(name string, kind comms.Kind, severity comms.Severity, hour int, phase comms.Phase, state comms.State) {
		u := pagetest.Update{
			Incident: name, Kind: kind, Severity: severity, Phase: phase, At: at(10, 1, hour, 0), Title: both(name, name), HTML: both("<p>.</p>", "<p>.</p>"),
			Claims: []comms.Claim{{Component: "search", State: state}},
		}
		if kind == comms.KindMaintenance {
			u.Started, u.Ended = at(10, 20, 1, 0), pointer(at(10, 20, 3, 0))
		}
		p.Publish(u)
	}
	publish("alarm", comms.KindIncident, "major", 1, comms.PhaseInvestigating, comms.Major)
	publish("alarm", comms.KindIncident, "major", 2, comms.PhaseFalseAlarm, comms.Operational)
	publish("off", comms.KindMaintenance, "maintenance", 3, comms.PhaseScheduled, comms.Operational)
	publish("off", comms.KindMaintenance, "maintenance", 4, comms.PhaseCancelled, comms.Operational)
	publish("leak", comms.KindIncident, "data", 5, comms.PhaseInvestigating, comms.Operational)
	v := view(t, p, "en")
	for name, want := range map[string]string{"alarm": "resolved none", "off": "completed maintenance", "leak": "investigating major"} {
		if i := one(t, v, name); i.Status+" "+i.Impact != want {
			t.Errorf("%s is %s with the impact %s, want %s", name, i.Status, i.Impact, want)
		}
	}
	if off := one(t, v, "off"); !off.ScheduledFor.Equal(at(10, 20, 1, 0).Truncate(time.Millisecond)) || !off.ResolvedAt.Equal(at(10, 1, 4, 0).Truncate(time.Millisecond)) {
		t.Errorf("work that was called off was to begin at %v and ended at %v", off.ScheduledFor, off.ResolvedAt)
	}
	s := read[struct {
		Status struct{ Indicator string }
	}](t, document(t, v, "/api/v2/status.json"))
	if s.Status.Indicator != "none" {
		t.Errorf("an incident that names no trouble of a component makes the whole %q", s.Status.Indicator)
	}
}

// TestReopened reads the times of an incident that came back.
func TestReopened(t *testing.T) {
	p := press(t, "UTC")
	life(p, comms.PhaseIdentified, comms.PhaseMonitoring, comms.PhaseResolved)
	if i := one(t, view(t, p, "en"), "night"); i.ResolvedAt == nil || i.MonitoringAt == nil || !i.ResolvedAt.Equal(at(10, 25, 2, 20).Truncate(time.Millisecond)) {
		t.Errorf("it was checked at %v and over at %v", i.MonitoringAt, i.ResolvedAt)
	}
	p.Publish(pagetest.Update{
		Incident: "night", Phase: comms.PhaseInvestigating, Severity: "major", At: at(10, 25, 9, 0), Title: both("Again", "Otra vez"), HTML: both("<p>.</p>", "<p>.</p>"),
		Claims: []comms.Claim{{Component: "search", State: comms.Major}},
	})
	if i := one(t, view(t, p, "en"), "night"); i.ResolvedAt != nil || i.MonitoringAt != nil || i.Name != "Again" || i.Status != "investigating" {
		t.Errorf("what came back is %s, checked at %v, over at %v", i.Status, i.MonitoringAt, i.ResolvedAt)
	}
}

// TestMarkedWords reads a correction, a redaction and words that are not
// translated.
func TestMarkedWords(t *testing.T) {
	p := press(t, "UTC")
	say := func(hour int, corrects signoff.Publication, title comms.Words) signoff.Publication {
		return p.Publish(pagetest.Update{
			Incident: "one", Phase: comms.PhaseInvestigating, At: at(10, 1, hour, 0), Title: title, HTML: title, Corrects: corrects, Reason: both("A slip.", "Un error."),
		})
	}
	wrong := say(1, signoff.Publication{}, both("Everywhere", "En todas partes"))
	say(2, wrong, both("In Europe", "En Europa"))
	secret := say(3, signoff.Publication{}, both("Use hunter2", "Use hunter2"))
	say(4, signoff.Publication{}, comms.Words{"en": "Only in English"})
	p.Redact(secret, at(10, 1, 5, 0), both("A password.", "Una contraseña."))
	r, err := recordOf(t, p.All())
	if err != nil {
		t.Fatal(err)
	}
	all, err := words()
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[comms.Lang][]string{
		"en": {
			"Only in English",
			"These words were removed on 1 Oct, 05:00 UTC. Why: A password.",
			"This puts right the update of 1 Oct, 01:00 UTC. Why: A slip.\n\nIn Europe",
			"These words were corrected on 1 Oct, 02:00 UTC. Why: A slip.\n\nEverywhere",
		},
		"es": {all.For("es").T("public.only_in") + "\n\nOnly in English", "Una contraseña.", "\n\nEn Europa", "\n\nEn todas partes"},
	} {
		i := one(t, r.In(lang, all.For(lang)), "one")
		for n, u := range i.Updates {
			if !strings.HasSuffix(u.Body, want[n]) {
				t.Errorf("%s: the update %d reads %q, want %q", lang, n, u.Body, want[n])
			}
		}
		if i.Name != "Only in English" || !i.Updates[1].UpdatedAt.Equal(at(10, 1, 5, 0).Truncate(time.Millisecond)) || !i.UpdatedAt.Equal(i.Updates[1].UpdatedAt) {
			t.Errorf("%s: %q was changed at %v, the removed update at %v", lang, i.Name, i.UpdatedAt, i.Updates[1].UpdatedAt)
		}
		for _, path := range statuspage.Paths() {
			if strings.Contains(string(document(t, r.In(lang, all.For(lang)), path)), "hunter2") {
				t.Errorf("%s still says what was removed", path)
			}
		}
	}
}

// TestBounds fills the page beyond what lists hold.
func TestBounds(t *testing.T) {
	p := press(t, "UTC")
	for n := range 60 {
		began := at(10, 1, 0, 0).Add(time.Duration(n) * time.Hour)
		phases := []comms.Phase{comms.PhaseInvestigating}
		if n < 58 {
			phases = append(phases, comms.PhaseResolved)
		}
		for _, phase := range phases {
			p.Publish(pagetest.Update{Incident: fmt.Sprint(n), Phase: phase, At: began, Title: both(fmt.Sprint(n), ""), HTML: both("<p>.</p>", "")})
			began = began.Add(time.Minute)
		}
	}
	v := view(t, p, "en")
	type list struct{ Incidents []told }
	recent, open := read[list](t, document(t, v, "/api/v2/incidents.json")), read[list](t, document(t, v, "/api/v2/incidents/unresolved.json"))
	if n := len(recent.Incidents); n != 50 || recent.Incidents[0].Name != "59" || recent.Incidents[49].Name != "10" {
		t.Errorf("the list holds %d", n)
	}
	if len(open.Incidents) != 2 || open.Incidents[0].Name != "59" {
		t.Errorf("%d are open", len(open.Incidents))
	}
	for _, path := range []string{"/history.atom", "/history.rss"} {
		feed, err := gofeed.NewParser().ParseString(string(document(t, v, path)))
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, item := range feed.Items {
			ids[item.GUID] = true
		}
		if len(feed.Items) != 25 || len(ids) != 25 || feed.Items[0].Title != "59" || !strings.Contains(feed.Items[1].Description+feed.Items[1].Content, "<strong>Investigating</strong> - 58") {
			t.Errorf("%s holds %d entries, %d identifiers", path, len(feed.Items), len(ids))
		}
	}
	for number, want := range map[int]int{1: 2, 2: 0, 1000: 0} { // November, and the October with everything in it
		text, err := v.History(number, at(11, 2, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		if months := read[struct{ Months []struct{ Incidents []any } }](t, text).Months; len(months) != want || want > 0 && len(months[1].Incidents) != 60 {
			t.Errorf("page %d of the history has %d months", number, len(months))
		}
	}
}

// TestGoneComponents reads an incident about a component that left the plan.
func TestGoneComponents(t *testing.T) {
	p := press(t, "UTC")
	life(p)
	files := plan.Builtin()
	for n, f := range files {
		if f.Name == "catalogue.yaml" {
			files[n].Text = strings.Replace(f.Text, "id: exports\n", "id: downloads\n", 1)
		}
		if f.Name == "links.yaml" || f.Name == "signals.yaml" {
			files[n].Text = strings.ReplaceAll(f.Text, "exports", "downloads")
		}
	}
	p.Replan(at(10, 26, 0, 0), files...)
	i := one(t, view(t, p, "en"), "night")
	if len(i.Components) != 1 || i.Components[0].Name != "Search" || i.Components[0].Status != "partial_outage" {
		t.Errorf("the incident is about %v", i.Components)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := recordOf(t, []signoff.Publication{{}}); err == nil {
		t.Error("what is no publication was read")
	}
	if _, err := recordOf(t, nil); err == nil {
		t.Error("a page without a plan was read")
	}
	v := view(t, press(t, "UTC"), "en")
	for _, path := range []string{"", "/", "/incidents/.json", "/incidents/" + string(pagetest.ID("night")) + ".json", "/api/v2/nothing.json"} {
		if text, _, err := v.Document(path); text != nil || err != nil {
			t.Errorf("%q: %q, %v", path, text, err)
		}
	}
}
