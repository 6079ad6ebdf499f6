package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/mail"
)

// Sender hands mails over. It calls done exactly once for each, as soon as its
// fate is known, with nil or a *mail.Failure, from any goroutine.
type Sender interface {
	Send(ctx context.Context, mails []mail.Mail, done func(i int, err error))
}

// Composer writes mails.
type Composer interface {
	Update(p signoff.Publication, c comms.Catalogue, to mail.Recipient) (mail.Mail, error)
	Notice(n mail.Notice, c comms.Catalogue, to mail.Person) (mail.Mail, error)
	Signup(s comms.Signup, known comms.Subscriber, titles map[comms.ID]comms.Words, c comms.Catalogue) (mail.Mail, error)
}

// Observer counts what happens; its methods are called by several goroutines.
type Observer interface {
	// Settled hears of every attempt: what became of the delivery, and how
	// long after the publication.
	Settled(way string, state DeliveryState, after time.Duration)
	// Noticed hears of every attempt to send a notice to a person.
	Noticed(kind string, sent bool)
	// SignedUp hears of every attempt to ask for confirmation.
	SignedUp(state DeliveryState)
}

// Config is what an outbox is made of.
type Config struct {
	DB      *sql.DB
	Dialect string // "sqlite" or "postgres"
	Store   Store
	// Plan is the plan in force, and the publication that put it in force. It
	// takes long to read, so that somebody should keep it.
	Plan     func(context.Context) (*plan.Plan, signoff.Publication, error)
	Composer Composer
	Sender   Sender
	Observer Observer         // may be nil
	Log      *slog.Logger     // nil is silence
	Now      func() time.Time // nil is the system's clock
	Pace     Pace             // zero fields take the defaults
}

// Outbox delivers. Make it with New.
type Outbox struct {
	config   Config
	pace     Pace
	driver   riverdriver.Driver[*sql.Tx]
	client   *river.Client[*sql.Tx]
	stopping chan struct{}
	stopOnce sync.Once
	sweeping sync.WaitGroup
}

// New makes an outbox. Nothing is delivered before Start; jobs can be stored
// once Migrate has run.
func New(c Config) (*Outbox, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	o := &Outbox{config: c, pace: c.Pace.withDefaults(), stopping: make(chan struct{})}
	switch c.Dialect {
	case "sqlite":
		o.driver = riversqlite.New(c.DB)
	case "postgres":
		o.driver = riverdatabasesql.New(c.DB)
	default:
		return nil, fmt.Errorf("the outbox knows the databases sqlite and postgres, and not %q", c.Dialect)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &deliverer{outbox: o})
	river.AddWorker(workers, &notifier{outbox: o})
	river.AddWorker(workers, &asker{outbox: o})
	client, err := river.NewClient(o.driver, &river.Config{
		Queues: map[string]river.QueueConfig{
			// Notices do not wait behind publications with many subscribers.
			queuePublications: {MaxWorkers: 4},
			queueNotices:      {MaxWorkers: 2},
			queueSignups:      {MaxWorkers: 1},
		},
		Workers:              workers,
		Logger:               slog.New(quiet{c.Log.Handler()}),
		PollOnly:             true, // its news on SQLite is looking twenty times a second
		FetchCooldown:        o.pace.Poll / 5,
		FetchPollInterval:    o.pace.Poll,
		JobTimeout:           o.pace.jobTimeout(),
		RescueStuckJobsAfter: o.pace.abandoned(),
		RetryPolicy:          retryPolicy{},
		SoftStopTimeout:      o.pace.Grace,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the jobs: %w", err)
	}
	o.client = client
	return o, nil
}

// Migrate brings the job library's own tables up to date. The library does not
// expect that several processes begin on a new database at once.
func (o *Outbox) Migrate(ctx context.Context) error {
	m, err := rivermigrate.New(o.driver, &rivermigrate.Config{Logger: slog.New(quiet{o.config.Log.Handler()})})
	if err != nil {
		return fmt.Errorf("set up the tables of the jobs: %w", err)
	}
	err = o.config.Store.Alone(ctx, func() error {
		_, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("bring the tables of the jobs up to date: %w", err)
	}
	return nil
}

// Start delivers until Stop. What an earlier process left is taken up at once.
func (o *Outbox) Start(ctx context.Context) error {
	if o.config.Dialect == "sqlite" {
		// One process serves a SQLite database at a time, so whatever runs while
		// this one starts belongs to nobody.
		if err := o.takeUp(ctx, time.Now().Add(time.Hour)); err != nil {
			return err
		}
		if err := o.depose(ctx); err != nil {
			return err
		}
	}
	if err := o.sweep(ctx); err != nil {
		return err
	}
	if err := o.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	o.sweeping.Go(func() { o.sweepOn(context.WithoutCancel(ctx)) })
	return nil
}

// Stop takes no new work, lets what is in flight finish for the grace period,
// then closes the connections to the mail server. What was not handed over
// stays due. It returns earlier with the context's error.
func (o *Outbox) Stop(ctx context.Context) error {
	o.stopOnce.Do(func() { close(o.stopping) })
	err := o.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("mails were still being handed over: %w", err)
	}
	o.sweeping.Wait()
	return err
}

func (o *Outbox) halted() bool {
	select {
	case <-o.stopping:
		return true
	default:
		return false
	}
}
