package statuspage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/shelf"
)

// View is a record in one language. It is safe for use by several goroutines.
type View struct {
	r          *Record
	lang       comms.Lang
	p          language.Printer
	components []component
	words      *shelf.Reading // of the document that is being written
}

// In is the record for readers of a language; p speaks the frame's words in it.
func (r *Record) In(lang comms.Lang, p language.Printer) *View {
	v := &View{r: r, lang: lang, p: p}
	v.components = v.rows()
	return v
}

// listed is how many incidents, and how many maintenances, a list holds.
const listed = 50

// page names the status page in every document.
type page struct {
	ID        comms.ID `json:"id"`
	Name      string   `json:"name"`
	URL       string   `json:"url"`
	TimeZone  string   `json:"time_zone"`
	UpdatedAt string   `json:"updated_at"`
}

// Paths lists the documents that Document writes and that do not grow with
// what was published, but for the lists of 50.
func Paths() []string {
	return []string{
		"/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json", "/api/v2/incidents.json", "/api/v2/incidents/unresolved.json",
		"/api/v2/scheduled-maintenances.json", "/api/v2/scheduled-maintenances/upcoming.json", "/api/v2/scheduled-maintenances/active.json",
		"/history.atom", "/history.rss",
	}
}

// Document writes the document at one of the Paths, or of one incident
// ("/incidents/ID.json"), and tells its media type. It is nil when there is
// none.
func (v *View) Document(path string) (text []byte, media string, err error) {
	v = v.reading()
	defer func() { err = errors.Join(err, v.words.Err()) }()
	switch path {
	case "/history.atom":
		text, err = v.atom()
		return text, "application/atom+xml; charset=utf-8", err
	case "/history.rss":
		text, err = v.rss()
		return text, "application/rss+xml; charset=utf-8", err
	}
	value := v.value(path)
	if value == nil {
		return nil, "", nil
	}
	text, err = encode(value)
	return text, jsonType, err
}

// reading is the view while it writes a document.
func (v *View) reading() *View {
	r := *v
	r.words = v.r.shelf.Reading()
	return &r
}

// expect says that all words of incidents will be asked for.
func (v *View) expect(of []*incident) {
	var outlines []*signoff.Outline
	for _, i := range of {
		for _, u := range i.updates {
			outlines = append(outlines, u.Outline)
		}
	}
	v.words.Expect(outlines...)
}

const jsonType = "application/json; charset=utf-8"

func (v *View) value(path string) any {
	type incidents struct {
		Page      page     `json:"page"`
		Incidents []report `json:"incidents"`
	}
	type works struct {
		Page  page   `json:"page"`
		Works []work `json:"scheduled_maintenances"`
	}
	switch path {
	case "/api/v2/summary.json":
		return v.summary()
	case "/api/v2/status.json":
		return struct {
			Page   page   `json:"page"`
			Status status `json:"status"`
		}{v.page(), v.r.now()}
	case "/api/v2/components.json":
		return struct {
			Page       page        `json:"page"`
			Components []component `json:"components"`
		}{v.page(), v.components}
	case "/api/v2/incidents.json":
		return incidents{v.page(), v.reports(v.r.recent(comms.KindIncident, listed))}
	case "/api/v2/incidents/unresolved.json":
		return incidents{v.page(), v.reports(v.r.unresolved())}
	case "/api/v2/scheduled-maintenances.json":
		return works{v.page(), v.works(v.r.recent(comms.KindMaintenance, listed))}
	case "/api/v2/scheduled-maintenances/upcoming.json":
		return works{v.page(), v.works(v.r.ahead(comms.PhaseScheduled))}
	case "/api/v2/scheduled-maintenances/active.json":
		return works{v.page(), v.works(v.r.ahead(comms.PhaseInProgress, comms.PhaseVerifying))}
	}
	id, ok := strings.CutPrefix(path, "/incidents/")
	id, data := strings.CutSuffix(id, ".json")
	if i := v.r.byID[comms.ID(id)]; ok && data && i != nil {
		return v.alone(i)
	}
	return nil
}

// summary is everything that a client needs at once: what is open and what
// lies ahead, nothing that is over.
func (v *View) summary() any {
	return struct {
		Page       page        `json:"page"`
		Components []component `json:"components"`
		Incidents  []report    `json:"incidents"`
		Works      []work      `json:"scheduled_maintenances"`
		Status     status      `json:"status"`
	}{
		v.page(), v.components, v.reports(v.r.unresolved()),
		v.works(v.r.ahead(comms.PhaseScheduled, comms.PhaseInProgress, comms.PhaseVerifying)), v.r.now(),
	}
}

func (v *View) page() page {
	c := v.r.catalogue
	zone := c.TimeZone
	if zone == "UTC" {
		zone = "Etc/UTC" // the name that clients know
	}
	return page{v.r.page, c.Organisation, c.PageURL, zone, v.stamp(v.r.changed)}
}

func (v *View) reports(of []*incident) []report {
	v.expect(of)
	out := []report{}
	for _, i := range of {
		out = append(out, v.report(i))
	}
	return out
}

func (v *View) works(of []*incident) []work {
	v.expect(of)
	out := []work{}
	for _, i := range of {
		out = append(out, v.work(i))
	}
	return out
}

// recent lists the newest of a kind, the newest first.
func (r *Record) recent(kind comms.Kind, most int) []*incident {
	var out []*incident
	for _, i := range slices.Backward(r.incidents) {
		if i.kind == kind && len(out) < most {
			out = append(out, i)
		}
	}
	return out
}

func (r *Record) unresolved() []*incident {
	var out []*incident
	for _, i := range slices.Backward(r.incidents) {
		if i.kind == comms.KindIncident && i.open() {
			out = append(out, i)
		}
	}
	return out
}

// ahead lists the maintenances in one of the phases, the one that begins first
// in front.
func (r *Record) ahead(phases ...comms.Phase) []*incident {
	var out []*incident
	for _, i := range r.incidents {
		if slices.Contains(phases, i.latest().Phase()) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b *incident) int { return a.begins().Compare(b.begins()) })
	return out
}

func (i *incident) begins() time.Time {
	from, _ := i.window()
	return from
}

// window is when work was to begin and to end, as it was planned last; that of
// work which nobody announced is when it began and ended.
func (i *incident) window() (from, until time.Time) {
	planned := i.latest()
	for _, u := range slices.Backward(i.updates) {
		if u.Phase() == comms.PhaseScheduled {
			planned = u
			break
		}
	}
	from = planned.StartedAt()
	if from.IsZero() {
		from = i.first().At()
	}
	return from, cmp.Or(planned.EndedAt(), i.latest().EndedAt(), i.reached(comms.Phase.Closed), from)
}

// say picks words in the language of the view, else in the source's.
func (v *View) say(w comms.Words) string {
	s, _ := w.In(v.lang, v.r.catalogue.Source)
	return s
}

// address is a path of the page, in the view's language; the source's has
// paths without one.
func (v *View) address(path string) string {
	if v.lang != v.r.catalogue.Source {
		path = "/" + string(v.lang) + path
	}
	return v.r.catalogue.PageURL + path
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, fmt.Errorf("encode a document: %w", err)
	}
	return bytes.Clone(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), nil // kept long, and without room to grow
}
