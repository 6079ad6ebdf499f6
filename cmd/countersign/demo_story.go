package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// stage is one update of the demonstration's past.
type stage struct {
	at    time.Duration // after the story's beginning
	phase comms.Phase
	state comms.State
	// shared and words fill the template's slots; a shared value that begins
	// with "+" is a time after the story's beginning.
	shared map[string]string
	words  map[comms.Lang]map[string]string
}

// lastWeek is an incident from its first words to its end.
var lastWeek = []stage{
	{
		at: 9 * time.Minute, phase: comms.PhaseInvestigating, state: comms.Major,
		shared: map[string]string{"next_update": "+35m"},
		words: map[comms.Lang]map[string]string{
			"en": {
				"headline": "Exports do not finish", "impact": "Customers cannot download their work as a file.",
				"who": "everyone who starts an export", "not_affected": "Opening, writing and sharing documents works.",
				"action_us": "looking at everything that changed before 13:00 UTC", "action_customer": "Wait before you start an export again",
			},
			"es": {
				"headline": "Las exportaciones no terminan", "impact": "Los clientes no pueden descargar su trabajo en un archivo.",
				"who": "todas las personas que inician una exportación", "not_affected": "Abrir, escribir y compartir documentos funciona.",
				"action_us": "revisando todo lo que cambió antes de las 13:00 UTC", "action_customer": "Espere antes de volver a iniciar una exportación",
			},
		},
	},
	{
		at: 31 * time.Minute, phase: comms.PhaseIdentified, state: comms.Major,
		shared: map[string]string{"next_update": "+58m"},
		words: map[comms.Lang]map[string]string{
			"en": {"cause": "a change that we made at 12:40 UTC left no room for new files", "action_us": "undoing that change"},
			"es": {"cause": "un cambio que hicimos a las 12:40 UTC dejó sin espacio a los archivos nuevos", "action_us": "deshaciendo ese cambio"},
		},
	},
	{
		at: 54 * time.Minute, phase: comms.PhaseMonitoring, state: comms.Degraded,
		shared: map[string]string{"next_update": "+80m", "fixed_at": "+48m"},
		words: map[comms.Lang]map[string]string{
			"en": {"leftover": "Exports that were started before 13:50 UTC may take longer.", "action_customer": "Start the export again, and write to us if it does not finish"},
			"es": {"leftover": "Las exportaciones iniciadas antes de las 13:50 UTC pueden tardar más.", "action_customer": "Vuelva a iniciar la exportación y escríbanos si no termina"},
		},
	},
	{
		at: 78 * time.Minute, phase: comms.PhaseResolved, state: comms.Operational,
		shared: map[string]string{"data_statement": "no-loss"},
		words: map[comms.Lang]map[string]string{
			"en": {"impact_past": "Customers could not download their work as a file.", "action_after": "Please start exports that failed again."},
			"es": {"impact_past": "Los clientes no pudieron descargar su trabajo en un archivo.", "action_after": "Vuelva a iniciar las exportaciones que fallaron."},
		},
	},
}

// report is what the plan promises after an incident like lastWeek.
var report = stage{
	at: 50 * time.Hour, phase: comms.PhasePostmortem, state: comms.Operational,
	words: map[comms.Lang]map[string]string{
		"en": {
			"headline": "Exports did not finish", "who": "everyone who started an export",
			"impact_past":  "Customers could not download their work as a file.",
			"cause":        "A change that we made at 12:40 UTC kept old files for longer than before. After twenty minutes there was no room for new ones.",
			"what_we_did":  "At 13:31 UTC we knew the reason. At 13:50 UTC we had undone the change, and exports finished again.",
			"changes":      "Exports now stop old files from filling the space that new ones need, and we are told when less than a fifth of it is left.",
			"how_informed": "Our first update came nine minutes after the start, and we kept every time that we promised.",
		},
		"es": {
			"headline": "Las exportaciones no terminaban", "who": "todas las personas que iniciaron una exportación",
			"impact_past":  "Los clientes no pudieron descargar su trabajo en un archivo.",
			"cause":        "Un cambio que hicimos a las 12:40 UTC guardaba los archivos antiguos más tiempo que antes. En veinte minutos no quedó sitio para los nuevos.",
			"what_we_did":  "A las 13:31 UTC sabíamos el motivo. A las 13:50 UTC habíamos deshecho el cambio y las exportaciones volvieron a terminar.",
			"changes":      "Ahora los archivos antiguos no pueden ocupar el sitio que necesitan los nuevos, y se nos avisa cuando queda menos de una quinta parte.",
			"how_informed": "La primera actualización llegó nueve minutos después del inicio, y cumplimos todas las horas prometidas.",
		},
	},
}

// nextWeek announces planned work.
var nextWeek = stage{
	phase: comms.PhaseScheduled, state: comms.Operational,
	words: map[comms.Lang]map[string]string{
		"en": {
			"impact_future": "Search results may be incomplete for up to 60 minutes.", "not_affected": "Opening and writing documents works as usual.",
			"action_customer": "You need not do anything", "reason": "Searches in large folders will answer sooner",
		},
		"es": {
			"impact_future": "Los resultados de la búsqueda pueden estar incompletos hasta 60 minutos.", "not_affected": "Abrir y escribir documentos funciona como siempre.",
			"action_customer": "No tiene que hacer nada", "reason": "Las búsquedas en carpetas grandes responderán antes",
		},
	},
}

// clock is the time of the story while it is told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// teller lets the demonstration's people live through the story at the desk,
// each by the same steps that a person takes with a browser.
type teller struct {
	desk   *desk.Desk
	clock  *clock
	author desk.Actor
}

// past tells the incident of last week and the maintenance of next week.
func (t teller) past(ctx context.Context, now time.Time) error {
	start := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -7).Add(13*time.Hour + 2*time.Minute)
	err := t.incident(ctx, start, desk.Opening{
		Kind: comms.KindIncident, Name: "Exports do not finish", Severity: "major", Claims: []comms.Claim{{Component: "exports", State: comms.Major}},
	}, slices.Concat(lastWeek, []stage{report}))
	if err != nil {
		return fmt.Errorf("live through last week's incident: %w", err)
	}
	return t.planned(ctx, now)
}

// incident lives through an incident that began then, from its opening to the
// last of its updates.
func (t teller) incident(ctx context.Context, start time.Time, o desk.Opening, stages []stage) error {
	t.clock.at, o.StartedAt = start.Add(6*time.Minute), draft.FormatTime(start)
	inc, first, err := t.desk.Open(ctx, t.author, o)
	if err != nil {
		return fmt.Errorf("open it: %w", err)
	}
	for i, s := range stages {
		update := first.ID
		t.clock.at = start.Add(s.at - 3*time.Minute)
		if i > 0 {
			u, err := t.desk.Begin(ctx, t.author, inc.ID, s.phase, "")
			if err != nil {
				return fmt.Errorf("begin the phase %s: %w", s.phase, err)
			}
			update = u.ID
		}
		if err := t.publish(ctx, update, s, start); err != nil {
			return fmt.Errorf("publish the phase %s: %w", s.phase, err)
		}
	}
	return nil
}

func (t teller) planned(ctx context.Context, now time.Time) error {
	t.clock.at = now.Add(-26 * time.Hour)
	start := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 7).Add(2 * time.Hour)
	_, u, err := t.desk.Open(ctx, t.author, desk.Opening{
		Kind: comms.KindMaintenance, Name: "New search index", Severity: "maintenance",
		Claims:    []comms.Claim{{Component: "search", State: nextWeek.state}},
		StartedAt: draft.FormatTime(start), EndedAt: draft.FormatTime(start.Add(time.Hour)),
	})
	if err != nil {
		return fmt.Errorf("open next week's maintenance: %w", err)
	}
	if err := t.publish(ctx, u.ID, nextWeek, start); err != nil {
		return fmt.Errorf("publish next week's maintenance: %w", err)
	}
	return nil
}

// publish fills the draft, submits it and gets it signed.
func (t teller) publish(ctx context.Context, update comms.ID, s stage, start time.Time) error {
	view, err := t.desk.Look(ctx, t.author, update)
	if err != nil {
		return err
	}
	if err := t.submit(ctx, view, t.fill(view, s, start)); err != nil {
		return err
	}
	t.clock.at = t.clock.at.Add(2 * time.Minute)
	u, err := t.sign(ctx, update)
	if err == nil && u.State != desk.Published {
		err = fmt.Errorf("it is %s: %s", u.State, u.Note)
	}
	return err
}

// publishAt does so for an update that goes out by itself later.
func (t teller) publishAt(ctx context.Context, update comms.ID, s stage, start, at time.Time) error {
	view, err := t.desk.Look(ctx, t.author, update)
	if err != nil {
		return err
	}
	text := t.fill(view, s, start)
	text.PublishAt = at.UTC().Format(time.RFC3339)
	if err := t.submit(ctx, view, text); err != nil {
		return err
	}
	u, err := t.sign(ctx, update)
	if err == nil && u.State != desk.Approved {
		err = fmt.Errorf("it is %s: %s", u.State, u.Note)
	}
	return err
}

func (t teller) submit(ctx context.Context, view desk.View, text draft.Draft) error {
	saved, err := t.desk.Save(ctx, t.author, view.Update.ID, view.Latest.Number, text)
	if err == nil {
		_, err = t.desk.Submit(ctx, t.author, view.Update.ID, saved.Number)
	}
	return err
}

func (t teller) fill(view desk.View, s stage, start time.Time) draft.Draft {
	text := view.Latest.Draft.Clone()
	for i := range text.Claims {
		text.Claims[i].State = s.state
	}
	if s.phase == comms.PhaseResolved {
		text.EndedAt = draft.FormatTime(start.Add(48 * time.Minute))
	}
	for name, value := range s.shared {
		if after, err := time.ParseDuration(value); err == nil {
			value = draft.FormatTime(start.Add(after))
		}
		text.Slots.Set(draft.Shared, name, value)
	}
	for lang, words := range s.words {
		for name, value := range words {
			text.Slots.Set(lang, name, value)
		}
	}
	return text
}

// sign lets the people who may sign do so, each for one requirement.
func (t teller) sign(ctx context.Context, update comms.ID) (desk.Update, error) {
	view, err := t.desk.Look(ctx, t.author, update)
	if err != nil {
		return desk.Update{}, err
	}
	languages := slices.Sorted(maps.Keys(view.Preview.Message.Forms))
	u := view.Update
	for i, s := range view.Signatures {
		if len(s.May) == 0 {
			return u, fmt.Errorf("nobody with an account may give the signature %q", s.Requirement.Kind)
		}
		signer := desk.Actor{Person: s.May[0], Proof: signoff.MeansPassword}
		if i == 0 && len(view.Cause.May) > 0 {
			if err := t.desk.ConfirmCause(ctx, desk.Actor{Person: view.Cause.May[0]}, update, view.Cause.Digest); err != nil {
				return u, err
			}
		}
		if u, err = t.desk.Sign(ctx, signer, desk.Signing{Update: update, Digest: u.Digest, Requirement: i, Languages: languages}); err != nil {
			return u, err
		}
	}
	return u, nil
}

// cast is who may sign in: one of each role that the four steps need.
func cast(p *plan.Plan) ([]plan.PersonID, error) {
	var out []plan.PersonID
	for _, role := range []plan.RoleID{plan.Drafter, plan.IncidentLead, plan.CommsLead} {
		holders := p.Holders(role)
		if len(holders) == 0 {
			return nil, fmt.Errorf("the plan gives nobody the role %q", role)
		}
		out = append(out, holders[0])
	}
	return out, nil
}
