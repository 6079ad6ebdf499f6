package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/mail"
)

// notifier sends one notice to the desk's people that it is for.
type notifier struct {
	river.WorkerDefaults[noticeArgs]
	outbox *Outbox
}

// staleNotice is when a notice is of no use any more.
const staleNotice = 24 * time.Hour

// Work implements river.Worker.
func (n *notifier) Work(ctx context.Context, job *river.Job[noticeArgs]) error {
	left, err := n.outbox.notify(ctx, job.Args.Notice, job.CreatedAt)
	switch {
	case err != nil:
		return err
	case left == 0:
		return nil
	case left == givenUp, time.Since(job.CreatedAt) > staleNotice:
		return river.JobCancel(errors.New("it could not be sent to everybody"))
	}
	return river.JobSnooze(n.outbox.pace.after(int(time.Since(job.CreatedAt)/time.Minute)+1, n.outbox.pace.Outage))
}

// givenUp says that nobody is left who could still be reached.
const givenUp = -1

// notify sends a notice to those who do not have it yet, and tells how many
// should be tried again.
func (o *Outbox) notify(ctx context.Context, id comms.ID, at time.Time) (left int, err error) {
	n, sent, err := o.config.Store.Notice(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("read notice %s: %w", id, err)
	}
	if moot, err := o.config.Store.Moot(ctx, id); err != nil || moot {
		return 0, err // nobody is sent what a later reminder, or an update, has overtaken
	}
	message, err := o.describe(ctx, id, n, at)
	if err != nil {
		return 0, err
	}
	var mails []mail.Mail
	var people []plan.PersonID
	lost := 0
	for _, person := range n.To {
		if sent[string(person)] {
			continue
		}
		m, err := o.compose(message, person)
		if err != nil {
			lost++
			o.config.Log.WarnContext(ctx, "a notice to a person of the desk cannot be written", "notice", id, "person", person, "error", err)
			continue
		}
		mails, people = append(mails, m), append(people, person)
	}
	results := o.sendNotices(ctx, id, n.Kind, mails, people)
	for _, f := range results {
		switch {
		case f == nil:
		case f.Permanent:
			lost++
		default:
			left++
		}
	}
	if left == 0 && lost > 0 {
		return givenUp, nil
	}
	return left, nil
}

// message is what every copy of a notice says, in nobody's language yet.
type message struct {
	mail.Notice
	about     desk.Subject
	catalogue comms.Catalogue
	plan      *plan.Plan
}

// describe gathers what every copy of a notice says.
func (o *Outbox) describe(ctx context.Context, id comms.ID, n desk.Notice, at time.Time) (message, error) {
	fail := func(doing string, err error) (message, error) {
		return message{}, fmt.Errorf("%s for notice %s: %w", doing, id, err)
	}
	p, published, err := o.config.Plan(ctx)
	if err != nil {
		return fail("read the plan in force", err)
	}
	var about desk.Subject
	switch {
	case n.Rise != "":
		about.Name = "/go/" + n.Risen.Key
	case n.Kind != desk.NoticeDrill:
		if about, err = o.config.Store.Subject(ctx, n.Update); err != nil {
			return fail("read the title", err)
		}
	}
	by, _ := p.Person(n.By)
	return message{mail.Notice{
		ID: id, Kind: string(n.Kind), Update: n.Update, By: by.Name,
		Reason: n.Reason, Digest: n.Digest, Head: n.Head, At: at, GoesOut: about.GoesOut,
		Need: string(n.Need), Due: n.Due, Report: n.Promised == promise.Report, Incident: n.Incident, Holding: n.Holding, Handover: n.Handover,
		Rise: n.Rise, Link: n.Risen.Key, Reports: n.Risen.Reports, Count: n.Risen.Count, Usual: n.Risen.Usual, Window: n.Risen.Window,
	}, about, published.Message().PlanVersion.Catalogue, p}, nil
}

// compose writes one person's copy.
func (o *Outbox) compose(m message, id plan.PersonID) (mail.Mail, error) {
	person, ok := m.plan.Person(id)
	if !ok {
		return mail.Mail{}, errors.New("the roster does not name this person any more")
	}
	lang := person.Lang
	if lang == "" {
		lang = m.catalogue.Source
	}
	m.Title, m.Roles = m.about.Title(lang, m.catalogue.Source), signingRoles(m.plan, id, lang)
	return o.config.Composer.Notice(m.Notice, m.catalogue, mail.Person{ID: string(id), Name: person.Name, Address: person.Email, Lang: lang})
}

// signingRoles names the roles of a person that the plan asks signatures of.
func signingRoles(p *plan.Plan, id plan.PersonID, lang comms.Lang) []string {
	signs := map[plan.RoleID]bool{}
	note := func(rs []plan.Requirement) {
		for _, r := range rs {
			for _, role := range r.Roles {
				signs[role] = true
			}
		}
	}
	for _, s := range p.Severities {
		note(s.Approvals)
	}
	for _, q := range p.Quorums {
		note(q)
	}
	var out []string
	for _, role := range p.Roles {
		if signs[role.ID] && p.Holds(id, role.ID) {
			name, _ := role.Name.In(lang, p.Catalogue.Source)
			out = append(out, name)
		}
	}
	return out
}

// sendNotices sends the copies and records each as soon as it is handed over.
func (o *Outbox) sendNotices(ctx context.Context, id comms.ID, kind desk.NoticeKind, mails []mail.Mail, people []plan.PersonID) []*mail.Failure {
	sending, cancel := context.WithTimeout(ctx, o.pace.batchTime())
	defer cancel()
	record := context.WithoutCancel(ctx)
	results := make([]*mail.Failure, len(mails))
	o.config.Sender.Send(sending, mails, func(i int, err error) {
		if o.config.Observer != nil {
			o.config.Observer.Noticed(string(kind), err == nil)
		}
		if err == nil {
			err = o.config.Store.NoticeSent(record, id, string(people[i]), o.config.Now())
		}
		if err == nil {
			return
		}
		f := &mail.Failure{}
		errors.As(err, &f)
		results[i] = f
		o.config.Log.WarnContext(record, "a notice to a person of the desk was not sent", "notice", id, "person", people[i], "error", err)
	})
	return results
}
