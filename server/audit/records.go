package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

const published = "published"

// updates: those that are marked as published are, and what is published is
// marked so.
func (w *walk) updates(ctx context.Context, rows store.Raw) error {
	all, err := rows.Updates(ctx)
	byNumber := make(map[int64]store.RawPublication, len(w.rows))
	for _, r := range w.rows {
		byNumber[r.Number] = r
	}
	marked := make(map[string]int64, len(all))
	for _, u := range all {
		if began, written := w.desk.began[u.ID]; written && began != u.CreatedBy {
			w.find("updates", "id "+u.ID, "it says that %s began it, and its first revision is by %s", u.CreatedBy, began)
		}
		p, exists := byNumber[u.Publication]
		switch {
		case u.State != published && u.Publication != 0:
			w.find("updates", "id "+u.ID, "it is %q and names publication %d", u.State, u.Publication)
		case u.State != published:
			continue
		case !exists:
			w.find("updates", "id "+u.ID, "it is marked as published, and there is no publication %d", u.Publication)
		case p.Update != u.ID || p.Digest != u.Digest || p.Incident != u.Incident || p.Kind != u.Kind:
			w.find("updates", "id "+u.ID, "it is marked as published, and publication %d says other things", u.Publication)
		}
		marked[u.ID] = u.Publication
	}
	for _, r := range w.rows {
		if marked[r.Update] != r.Number && r.WarrantKind != string(signoff.Genesis) {
			w.find("updates", "id "+r.Update, "publication %d is of it, and it is not marked as published by that number", r.Number)
		}
	}
	return err
}

// incidents: the desk's records stand where the latest publication left them.
func (w *walk) incidents(ctx context.Context, rows store.Raw) error {
	all, err := rows.Incidents(ctx)
	latest := map[string]store.RawPublication{}
	for _, r := range w.rows {
		if r.Incident != "" {
			latest[r.Incident] = r
		}
	}
	signed := make(map[int64]*comms.Incident, len(w.publications))
	for _, p := range w.publications {
		if m := p.Message(); m.Incident != nil {
			signed[p.Number()] = m.Incident
		}
	}
	for _, i := range all {
		p := latest[i.ID]
		delete(latest, i.ID)
		if i.Head != p.Number {
			w.find("incidents", "id "+i.ID, "its head is publication %d, and the latest of it is %d", i.Head, p.Number)
		}
		if i.Phase != p.Phase {
			w.find("incidents", "id "+i.ID, "it is in the phase %q, and customers were told %q", i.Phase, p.Phase)
		}
		if m, ok := signed[p.Number]; ok {
			w.incident(i, m)
		}
	}
	for _, r := range w.rows {
		if p, left := latest[r.Incident]; left && p.Number == r.Number {
			w.find("incidents", "id "+r.Incident, "it is missing, and publication %d is of it", r.Number)
		}
	}
	return err
}

// incident compares a record with what customers were told last.
func (w *walk) incident(i store.RawIncident, told *comms.Incident) {
	if i.Kind != string(told.Kind) {
		w.find("incidents", "id "+i.ID, "it is of the kind %q, and customers were told %q", i.Kind, told.Kind)
	}
	if i.Severity != string(told.Severity) {
		w.find("incidents", "id "+i.ID, "it is of the severity %q, and customers were told %q", i.Severity, told.Severity)
	}
	if began := time.UnixMicro(i.StartedAt).UTC(); !began.Equal(told.StartedAt.Truncate(time.Microsecond)) {
		w.find("incidents", "id "+i.ID, "it began at %s, and customers were told %s", began.Format(time.RFC3339), told.StartedAt.UTC().Format(time.RFC3339))
	}
}

// deliveries: mail went out of publications alone, not before them, and to
// their audience alone.
func (w *walk) deliveries(ctx context.Context, rows store.Raw) error {
	fanouts, err := rows.Fanouts(ctx)
	if err != nil {
		return err
	}
	made := make(map[int64]store.RawFanout, len(fanouts))
	for _, f := range fanouts {
		made[f.Publication] = f
		w.Deliveries += f.Found
	}
	for _, p := range w.publications {
		if p.Message().Audience != nil {
			w.ends[p.Number()] = w.ending(p.Message())
		}
		f, exists := made[p.Number()]
		delete(made, p.Number())
		if err := w.fanout(ctx, rows, p, f, exists); err != nil {
			return err
		}
	}
	for _, f := range fanouts {
		if _, left := made[f.Publication]; left && !w.known(f.Publication) {
			w.find("fanouts", fmt.Sprintf("publication %d", f.Publication), "there is no such publication")
		}
	}
	astray, err := rows.Astray(ctx)
	w.astray(astray)
	return err
}

func (w *walk) known(n int64) bool { _, ok := w.seals[n]; return ok }

func (w *walk) fanout(ctx context.Context, rows store.Raw, p signoff.Publication, f store.RawFanout, exists bool) error {
	key, a := fmt.Sprintf("publication %d", p.Number()), p.Message().Audience
	switch {
	case a == nil && exists:
		w.find("fanouts", key, "the publication has no audience")
		return nil
	case a == nil:
		return nil
	case !exists:
		w.find("fanouts", key, "it is missing, so nobody was told of the publication")
		return nil
	case f.Cutoff != p.At().UnixMicro() || comms.Kind(f.Kind) != a.Kind || f.Plan != p.Message().Plan.String() || !slices.Equal(f.Components, a.Components) ||
		comms.ID(f.Ends) != w.ends[p.Number()] || !w.circle(p, f.Circles):
		w.find("fanouts", key, "it is for another audience or time than the one that was signed")
	}
	if f.Made != f.Found {
		w.find("fanouts", key, "it made %d deliveries, and there are %d", f.Made, f.Found)
	}
	if f.DoneAt != 0 && f.DoneAt < f.Cutoff {
		w.find("fanouts", key, "it was done before it began")
	}
	// What was signed, whatever the row says.
	f.Cutoff, f.Kind, f.Components, f.Ends = p.At().UnixMicro(), string(a.Kind), a.Components, string(w.ends[p.Number()])
	if then := w.inForceAt[p.Number()]; then != nil {
		f.Circles = then.Catalogue.GroupsOf(a.Components)
	}
	outside, err := rows.Outside(ctx, f)
	if err != nil {
		return err
	}
	w.astray(outside)
	missed, err := rows.Missed(ctx, f)
	w.astray(missed)
	return err
}

// circle tells whether these are the groups of the publication's audience, as
// far as the plan of the time can still be read.
func (w *walk) circle(p signoff.Publication, groups []string) bool {
	then := w.inForceAt[p.Number()]
	return then == nil || slices.Equal(groups, then.Catalogue.GroupsOf(p.Message().Audience.Components))
}

// ending is the incident whose end the publication tells: itself, or by
// putting right one that does.
func (w *walk) ending(m comms.Message) comms.ID {
	switch {
	case m.Incident != nil && m.Kind == comms.MessageUpdate && m.Incident.Phase.Ends():
		return m.Incident.ID
	case m.Correction != nil:
		return w.ends[m.Correction.Publication]
	}
	return ""
}

func (w *walk) astray(all []store.Astray) {
	for _, d := range all {
		w.find("deliveries", fmt.Sprintf("publication %d, subscriber %s, way %s", d.Publication, d.Subscriber, d.Way), "%s", d.Why)
	}
}
