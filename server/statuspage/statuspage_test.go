package statuspage_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/statuspage"
	"github.com/countersign/countersign/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The clocks of Madrid go back on 25 October 2026 at 01:00 UTC.
func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 7, 250_900_000, time.UTC)
}

func pointer(t time.Time) *time.Time { return &t }

func both(en, es string) comms.Words { return comms.Words{"en": en, "es": es} }

// press starts a page in a time zone.
func press(t testing.TB, zone string) *pagetest.Press {
	t.Helper()
	files := plan.Builtin()
	for n, f := range files {
		f.Text = strings.Replace(f.Text, "time_zone: Europe/Madrid", "time_zone: "+zone, 1)
		if f.Name == "severities.yaml" { // every phase that there is
			before, _, _ := strings.Cut(f.Text, "transitions:\n")
			f.Text = before + everyStep
		}
		files[n].Text = f.Text
	}
	return pagetest.New(t, at(9, 1, 8, 0), files...)
}

const everyStep = `transitions:
  start: [investigating, scheduled]
  investigating: [investigating, identified, resolved, false_alarm]
  identified: [identified, monitoring, resolved]
  monitoring: [resolved]
  resolved: [investigating, postmortem]
  scheduled: [in_progress, cancelled]
  in_progress: [verifying]
  verifying: [completed]
`

// life is an incident from its beginning across the change of the clocks.
func life(p *pagetest.Press, until ...comms.Phase) {
	phases := append([]comms.Phase{comms.PhaseInvestigating}, until...)
	for n, phase := range phases {
		u := pagetest.Update{
			Incident: "night", Phase: phase, Severity: "major", At: at(10, 24, 23+n, 30), Started: at(10, 24, 23, 10),
			Claims: []comms.Claim{{Component: "search", State: comms.Partial}, {Component: "exports", State: comms.Degraded}},
			Title:  both("Search finds <nothing> & exports wait", "La búsqueda no encuentra nada"), HTML: both("<p>Words.</p>", "<p>Palabras.</p>"),
		}
		if phase.Closed() {
			u.Ended, u.Claims = pointer(u.At.Add(-10*time.Minute)), []comms.Claim{{Component: "search", State: comms.Operational}}
		}
		p.Publish(u)
	}
}

// shift is planned work as far as the phases go.
func shift(p *pagetest.Press, phases ...comms.Phase) {
	for n, phase := range phases {
		state := comms.Maintenance
		if phase == comms.PhaseScheduled || phase.Closed() {
			state = comms.Operational
		}
		p.Publish(pagetest.Update{
			Incident: "shift", Kind: comms.KindMaintenance, Phase: phase, At: at(10, 26, 9+n, 0),
			Started: at(10, 28, 2, 0), Ended: pointer(at(10, 28, 4, 0)),
			Claims: []comms.Claim{{Component: "payments", State: state}}, Title: comms.Words{"en": "New disks"}, HTML: comms.Words{"en": "<p>For an hour.</p>"},
		})
	}
}

var words = sync.OnceValues(func() (*language.Catalogue, error) { return language.New(templates.FS) })

func view(t testing.TB, p *pagetest.Press, lang comms.Lang) *statuspage.View {
	t.Helper()
	words, err := words()
	if err != nil {
		t.Fatal(err)
	}
	r, err := recordOf(t, p.All())
	if err != nil {
		t.Fatal(err)
	}
	return r.In(lang, words.For(lang))
}

func recordOf(t testing.TB, pubs []signoff.Publication) (*statuspage.Record, error) {
	t.Helper()
	outlines, shelf := pagetest.Outlines(t, pubs)
	told := map[comms.ID][]*signoff.Told{}
	for _, o := range outlines {
		if o.Incident() != "" && o.Redacts() == 0 {
			told[o.Incident()] = signoff.Tell(told[o.Incident()], o)
		}
	}
	return statuspage.Read(outlines, func(id comms.ID) []*signoff.Told { return told[id] }, shelf)
}

func document(t testing.TB, v *statuspage.View, path string) []byte {
	t.Helper()
	text, media, err := v.Document(path)
	if err != nil || text == nil || !strings.HasSuffix(media, "; charset=utf-8") {
		t.Fatalf("%s: %q, %v", path, media, err)
	}
	return text
}

// states are what the interface is held to its shape in.
var states = map[string]func(*pagetest.Press){
	"quiet":    func(*pagetest.Press) {},
	"incident": func(p *pagetest.Press) { life(p, comms.PhaseIdentified) },
	"maintenance in progress": func(p *pagetest.Press) {
		life(p, comms.PhaseResolved)
		shift(p, comms.PhaseScheduled, comms.PhaseInProgress)
	},
	"after a postmortem": func(p *pagetest.Press) {
		life(p, comms.PhaseIdentified, comms.PhaseMonitoring, comms.PhaseResolved, comms.PhasePostmortem)
		shift(p, comms.PhaseScheduled, comms.PhaseInProgress, comms.PhaseVerifying, comms.PhaseCompleted)
	},
}

// TestShapes holds every document, in each state, zone and language, to the
// keys, their order and the kinds of value that real pages have.
func TestShapes(t *testing.T) {
	for name, fill := range states {
		for _, zone := range []string{"UTC", "Europe/Madrid"} {
			p := press(t, zone)
			fill(p)
			for _, lang := range []comms.Lang{"en", "es"} {
				v := view(t, p, lang)
				for _, path := range statuspage.Paths() {
					if strings.HasSuffix(path, ".json") {
						fits(t, path, fmt.Sprint(name, " ", zone, " ", lang, " ", path), document(t, v, path))
					}
				}
				for _, pub := range p.All() {
					if i := pub.Message().Incident; i != nil {
						path := "/incidents/" + string(i.ID) + ".json"
						fits(t, "/incidents/", fmt.Sprint(name, " ", zone, " ", lang, " ", path), document(t, v, path))
					}
				}
				text, err := v.History(1, at(10, 30, 12, 0))
				if err != nil {
					t.Fatal(err)
				}
				fits(t, "/history.json", fmt.Sprint(name, " ", zone, " ", lang, " /history.json"), text)
			}
		}
	}
}

// TestGolden shows each document whole, across the change of the clocks.
func TestGolden(t *testing.T) {
	p := press(t, "Europe/Madrid")
	states["after a postmortem"](p)
	v := view(t, p, "en")
	history, err := v.History(1, at(11, 3, 12, 0))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{
		"history.json": history, "history.atom": document(t, v, "/history.atom"), "history.rss": document(t, v, "/history.rss"),
		"incidents.json":    document(t, v, "/api/v2/incidents.json"),
		"maintenances.json": document(t, v, "/api/v2/scheduled-maintenances.json"),
		"incident.json":     document(t, v, "/incidents/"+string(pagetest.ID("night"))+".json"),
	}
	for name, got := range all {
		if strings.HasSuffix(name, ".json") {
			var indented strings.Builder
			enc := json.NewEncoder(&indented)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", " ")
			if err := enc.Encode(json.RawMessage(got)); err != nil {
				t.Fatal(err)
			}
			got = []byte(indented.String())
		}
		file := "testdata/" + name
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestTimes reads the offsets of one document on both sides of the change.
func TestTimes(t *testing.T) {
	for zone, want := range map[string][]string{
		"Europe/Madrid":    {"2026-10-25T01:30:07.250+02:00", "2026-10-25T02:30:07.250+02:00", "2026-10-25T02:30:07.250+01:00"},
		"Europe/London":    {"2026-10-25T00:30:07.250+01:00", "2026-10-25T01:30:07.250+01:00", "2026-10-25T01:30:07.250+00:00"},
		"America/St_Johns": {"2026-10-24T21:00:07.250-02:30"},
		"UTC":              {"2026-10-24T23:30:07.250Z"},
		"Etc/UTC":          {"2026-10-25T00:30:07.250Z"},
	} {
		p := press(t, zone)
		life(p, comms.PhaseIdentified, comms.PhaseMonitoring)
		text := string(document(t, view(t, p, "en"), "/api/v2/summary.json"))
		for _, stamp := range want {
			if !strings.Contains(text, `"created_at":"`+stamp+`"`) {
				t.Errorf("no update in %s is of %s", zone, stamp)
			}
		}
	}
}

type listed struct {
	ID, Name, Status string
	Position         int
	Group            bool
	GroupID          *string `json:"group_id"`
	Components       []string
}

// TestComponents holds the list of groups and components together: every
// reference leads to a row of it.
func TestComponents(t *testing.T) {
	p := press(t, "UTC")
	life(p)
	var d struct{ Components []listed }
	if err := json.Unmarshal(document(t, view(t, p, "en"), "/api/v2/components.json"), &d); err != nil {
		t.Fatal(err)
	}
	rows, position := map[string]listed{}, 0
	for _, c := range d.Components {
		if rows[c.ID].ID != "" || c.Position < position {
			t.Errorf("the row %s is there twice, or out of order", c.Name)
		}
		rows[c.ID], position = c, c.Position
	}
	if len(rows) != 14 {
		t.Errorf("%d rows, want four groups and ten components", len(rows))
	}
	for _, c := range d.Components {
		if c.Group != (c.Components != nil) || !c.Group && !slices.Contains(rows[*c.GroupID].Components, c.ID) {
			t.Errorf("%s and its group do not name each other", c.Name)
		}
		for _, id := range c.Components {
			if rows[id].GroupID == nil || *rows[id].GroupID != c.ID {
				t.Errorf("the group %s names %s, which is not of it", c.Name, id)
			}
		}
		if want := map[string]string{"Search": "partial_outage", "Exports": "degraded_performance", "Your work": "partial_outage"}[c.Name]; want != "" && c.Status != want {
			t.Errorf("%s is %s, want %s", c.Name, c.Status, want)
		}
	}
}
