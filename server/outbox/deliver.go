package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/mail"
)

// deliverer carries one publication to its subscribers.
type deliverer struct {
	river.WorkerDefaults[deliverArgs]
	outbox *Outbox
}

// Work implements river.Worker.
func (d *deliverer) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	wait, done, err := d.outbox.deliver(ctx, job.Args.Publication)
	if err != nil || done {
		return err
	}
	return river.JobSnooze(wait)
}

// deliver works for one turn. done tells that nobody is left; else wait is
// when to go on.
func (o *Outbox) deliver(ctx context.Context, number int64) (wait time.Duration, done bool, err error) {
	r, err := o.open(ctx, number)
	if err != nil {
		return 0, false, err
	}
	if wait := r.publication.Message().MailsFrom(r.publication.At()).Sub(o.config.Now()); wait > 0 {
		return min(wait, o.pace.Sweep), false, nil // quiet hours
	}
	spread := false
	for end := time.Now().Add(o.pace.Turn); ; {
		if o.halted() || time.Now().After(end) {
			return 0, false, nil
		}
		if held, err := o.config.Store.Held(ctx); err != nil || held {
			return o.pace.Sweep, false, err
		}
		if !spread {
			if spread, err = o.config.Store.Spread(ctx, number, o.pace.Batch, o.config.Now()); err != nil {
				return 0, false, fmt.Errorf("spread publication %d: %w", number, err)
			}
		}
		claimed, pause, err := r.batch(ctx)
		if err != nil || pause > 0 {
			return pause, false, err
		}
		if spread && claimed < o.pace.Batch {
			break
		}
	}
	at, ok, err := o.config.Store.NextDue(ctx, number)
	if err != nil {
		return 0, false, fmt.Errorf("find what is due next of publication %d: %w", number, err)
	}
	return max(at.Sub(o.config.Now()), 0), !ok, nil
}

// round is one turn of a publication's delivery.
type round struct {
	*Outbox
	publication signoff.Publication
	catalogue   comms.Catalogue
}

func (o *Outbox) open(ctx context.Context, number int64) (*round, error) {
	p, err := o.config.Store.Publication(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("read publication %d: %w", number, err)
	}
	catalogue, err := o.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return &round{o, p, catalogue}, nil
}

// catalogue is the signed words of the plan in force.
func (o *Outbox) catalogue(ctx context.Context) (comms.Catalogue, error) {
	p, err := o.config.Store.PlanInForce(ctx)
	if err != nil {
		return comms.Catalogue{}, fmt.Errorf("read the plan in force: %w", err)
	}
	version := p.Message().PlanVersion
	if version == nil {
		return comms.Catalogue{}, errors.New("no plan is in force, so mails have no sender's name")
	}
	return version.Catalogue, nil
}

// batch claims, writes and sends some deliveries. A pause says that no mail at
// all can be handed over now.
func (r *round) batch(ctx context.Context) (claimed int, pause time.Duration, err error) {
	number := r.publication.Number()
	deliveries, err := r.config.Store.Claim(ctx, number, r.pace.Batch, r.config.Now(), r.pace.Lease)
	if err != nil {
		return 0, 0, fmt.Errorf("claim deliveries of publication %d: %w", number, err)
	}
	// Read anew: since the batch before, its words may have been redacted.
	if r.publication, err = r.config.Store.Publication(ctx, number); err != nil {
		return 0, 0, fmt.Errorf("read publication %d: %w", number, err)
	}
	if len(deliveries) > 0 && r.publication.Redacted() != nil {
		r.config.Log.InfoContext(ctx, "the words of a publication were removed, so mails that waited are not sent", "publication", number, "mails", len(deliveries))
	}
	sending, cancel := context.WithTimeout(ctx, r.pace.batchTime())
	defer cancel()
	s := &settling{round: r, ctx: context.WithoutCancel(ctx), batch: sending}
	var mails []mail.Mail
	var written []Delivery
	for _, d := range deliveries {
		m, err := r.config.Composer.Update(r.publication, r.catalogue, mail.Recipient{Subscriber: d.Subscriber, Address: d.Address, Lang: d.Lang})
		if err != nil {
			s.settle(d, err)
			continue
		}
		mails, written = append(mails, m), append(written, d)
	}
	r.config.Sender.Send(sending, mails, func(i int, err error) { s.settle(written[i], err) })
	pause, err = s.result()
	return len(deliveries), pause, err
}
