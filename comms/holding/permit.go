package holding

import (
	"reflect"
	"slices"

	"github.com/countersign/countersign/comms"
)

// Permit refuses an update that is not what a statement allows: the first of an
// incident, of a permitted severity, with permitted claims, told to those who
// follow what it names. Its words are Worded's question. Whether the statement
// itself still counts is asked by neither, nor when the update goes out.
func Permit(s comms.Statement, m comms.Message) error {
	refuse := func(field, format string, args ...any) error {
		return comms.Refuse(comms.Unsigned, field, "the holding statement %q does not cover this: %s", s.ID, comms.Say(format, args...))
	}
	i := m.Incident
	switch {
	case m.Kind != comms.MessageUpdate || i == nil || m.Holding == nil || i.Kind != comms.KindIncident:
		return refuse("", "it is for the first update of an incident and nothing else")
	case m.Basis != 0 || !m.After.IsZero():
		return refuse("", "customers were told something of the incident before; write the next update")
	case m.PublishAt != nil:
		return refuse("publish_at", "it goes out at once, and not at a time that was chosen before")
	case m.Correction != nil || m.Redaction != nil || m.PlanVersion != nil || m.Statement != nil:
		return refuse("", "it says more than its words")
	case m.Holding.ID != s.ID || i.Template != s.Template || i.Phase != s.Phase:
		return refuse("phase", "it announces the phase %q", s.Phase)
	case !slices.Contains(s.Severities, i.Severity):
		return refuse("severity", "it is not for the severity %q", i.Severity)
	case i.EndedAt != nil:
		return refuse("ended_at", "it does not say that anything has ended")
	case (i.NextUpdate != nil) != s.Has("next_update"):
		return refuse("next_update", "a next update is promised in its words, or not at all")
	}
	if err := claims(s, *i); err != nil {
		return refuse("components", "%s", err)
	}
	if !reflect.DeepEqual(m.Audience, Audience(s, *i)) {
		return refuse("audience", "it is told to those who follow what it names, and to nobody else")
	}
	return nil
}

// Worded refuses an update whose words are not exactly those of the statement,
// in every language of it, filled in from its lists and clocks.
func Worded(s comms.Statement, m comms.Message) error {
	want, err := Fill(s, *m.Incident, m.Holding.Choices)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(want, m.Forms) {
		return comms.Refuse(comms.Unsigned, "forms", "these are not the words of the holding statement %q, filled in from its lists", s.ID)
	}
	return nil
}

// Audience is who gets mail of a statement about an incident: those who follow
// what it names, if the severity is told by mail at all; nil sends none.
func Audience(s comms.Statement, i comms.Incident) *comms.Audience {
	for _, m := range s.Mails {
		if m.Severity == i.Severity && m.Sent {
			return &comms.Audience{Components: named(i), Kind: i.Kind, Quiet: m.Quiet}
		}
	}
	return nil
}

// claims tells what is wrong with what is said of components.
func claims(s comms.Statement, i comms.Incident) error {
	if len(i.Claims) == 0 {
		return comms.Refuse(comms.Invalid, "", "no component is named")
	}
	for n, c := range i.Claims {
		p, known := s.Permits(c.Component)
		switch {
		case !known:
			return comms.Refuse(comms.Invalid, "", "it may not name the component %q", c.Component)
		case !slices.Contains(p.States, c.State):
			return comms.Refuse(comms.Invalid, "", "it may not say %q of the component %q", c.State, c.Component)
		case n > 0 && i.Claims[n-1].Component >= c.Component:
			return comms.Refuse(comms.Invalid, "", "the components are not each named once, in order")
		}
	}
	for _, c := range i.Changes {
		if !slices.ContainsFunc(i.Claims, func(claim comms.Claim) bool { return claim.Component == c.Component }) {
			return comms.Refuse(comms.Invalid, "", "it changes the component %q and does not name it", c.Component)
		}
	}
	return nil
}

// named lists the components of an incident's claims.
func named(i comms.Incident) []comms.ComponentID {
	out := make([]comms.ComponentID, len(i.Claims))
	for n, c := range i.Claims {
		out[n] = c.Component
	}
	return out
}
