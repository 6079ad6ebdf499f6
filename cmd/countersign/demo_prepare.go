package main

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store"
)

func (d *demo) stored() server.Stored { return stored(d.folder) }

// prepare makes the company and its past, if they are not there, and gives
// its people passwords for this run.
func (d *demo) prepare(ctx context.Context) error {
	if err := d.folder.MakeKeys(false); err != nil {
		return err
	}
	story := &clock{at: time.Now().AddDate(0, 0, -8)}
	in, err := server.Open(ctx, d.stored(), server.Options{Now: story.now, Log: d.log})
	if err != nil {
		return err
	}
	defer in.Close()
	p, _, err := in.Desk.Plan(ctx)
	if comms.CodeOf(err) == comms.NotFound {
		p, err = d.found(ctx, in)
	}
	if err != nil {
		return err
	}
	people, err := cast(p)
	if err != nil {
		return err
	}
	told, err := in.Desk.Incidents(ctx, desk.Actor{}, false, 1)
	if err != nil {
		return err
	}
	if len(told) > 0 {
		story.at = time.Now() // the sessions of earlier runs end now
		return d.admit(ctx, in, p, people)
	}
	if err := d.admit(ctx, in, p, people); err != nil {
		return err
	}
	if err := d.subscribe(ctx, in.Store, story.at); err != nil {
		return err
	}
	t := teller{desk: in.Desk, clock: story, author: desk.Actor{Person: people[0]}}
	if err := t.past(ctx, time.Now()); err != nil {
		return fmt.Errorf("tell the demonstration's past: %w; start over with --reset", err)
	}
	return nil
}

// found publishes the built-in plan with the page's present address.
func (d *demo) found(ctx context.Context, in *server.Installation) (*plan.Plan, error) {
	files, err := server.AtPage(plan.Builtin(), d.pageURL())
	if err != nil {
		return nil, err
	}
	if err := server.WritePlan(d.folder.File(server.PlanFolder), files); err != nil {
		return nil, err
	}
	if _, err := in.Desk.Found(ctx, files); err != nil {
		return nil, fmt.Errorf("publish the first plan: %w", err)
	}
	p, _, err := in.Desk.Plan(ctx)
	return p, err
}

// admit gives people passwords for this run, and accounts if they have none.
func (d *demo) admit(ctx context.Context, in *server.Installation, p *plan.Plan, people []plan.PersonID) error {
	d.people = nil
	for _, id := range people {
		password := auth.NewPassword()
		if err := in.Auth.SetPassword(ctx, id, password); err != nil {
			return err
		}
		person, _ := p.Person(id)
		role := ""
		for _, r := range p.Roles {
			if len(r.Holders) > 0 && r.Holders[0] == id {
				role, _ = r.Name.In(p.Catalogue.Source, p.Catalogue.Source)
				break
			}
		}
		d.people = append(d.people, account{id: string(id), name: person.Name, role: role, password: password})
	}
	return nil
}

// subscribe adds a few people who want mail.
func (d *demo) subscribe(ctx context.Context, s *store.Store, at time.Time) error {
	n, err := s.SubscriberCount(ctx)
	if err != nil || n > 0 {
		return err
	}
	for _, v := range []comms.Subscriber{
		{Address: "kim@customer.example", Lang: "en", Choice: comms.Choice{Everything: true}},
		{Address: "pilar@cliente.example", Lang: "es", Choice: comms.Choice{Everything: true}},
		{Address: "jo@customer.example", Lang: "en", Choice: comms.Choice{Components: []comms.ComponentID{"exports", "search"}}},
	} {
		v.ID, v.ConfirmedAt = comms.NewID(), at
		if err := s.AddSubscriber(ctx, v); err != nil {
			return err
		}
	}
	return nil
}
