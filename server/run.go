package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/visits"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

// Config is everything that a service is made of.
type Config struct {
	Settings // with paths as Stored.In gives them
	Options

	// PublicListener and DeskListener are used instead of opening the
	// addresses of the settings; nil opens them.
	PublicListener, DeskListener net.Listener
	// Mailbox shows the mails of a demonstration at the desk; nil shows none.
	Mailbox *mail.Folder
	// Started is told once both listeners serve; may be nil.
	Started func(public, desk net.Addr)
	// Urgent is told of work that customers wait for, and returns what to call
	// when it is done; may be nil.
	Urgent func() (done func())
}

// Run serves until the context ends, then lets what is under way finish. It
// checks every setting before anything starts and names all that is wrong.
func Run(ctx context.Context, c Config) error {
	c.Options = c.Options.filled()
	s, err := assemble(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(s.run(ctx), s.installation.Close())
}

// service is a service that is put together and does not run yet.
type service struct {
	config       Config
	installation *Installation
	outbox       *outbox.Outbox
	keeper       *page.Keeper
	visits       *visits.Counter
	copy         func(context.Context) // keeps a copy of the page as files; nil for none
	faces        []face
	refresh      chan struct{} // something was published
	storeReady   func(context.Context) error
}

// assemble puts the service together, or says everything that keeps it from
// that; then nothing is left open.
func assemble(ctx context.Context, c Config) (*service, error) {
	err := c.Settings.Check()
	if c.PublicListener == nil {
		var failed error
		c.PublicListener, failed = Listen(ctx, "public", c.Public)
		err = errors.Join(err, failed)
	}
	if c.DeskListener == nil {
		var failed error
		c.DeskListener, failed = Listen(ctx, "desk", c.Desk)
		err = errors.Join(err, failed)
	}
	if c.Urgent == nil {
		c.Urgent = func() func() { return func() {} }
	}
	s := &service{config: c, refresh: make(chan struct{}, 1)}
	err = errors.Join(err, s.open(ctx))
	if err == nil {
		if err = s.wire(ctx); err == nil {
			return s, nil
		}
	}
	if s.installation != nil {
		err = errors.Join(err, s.installation.Close())
	}
	for _, l := range []net.Listener{c.PublicListener, c.DeskListener} {
		if l != nil {
			l.Close()
		}
	}
	return nil, err
}

func (s *service) open(ctx context.Context) error {
	o := s.config.Options
	o.TLS = strings.HasPrefix(s.config.DeskURL, "https://")
	o.Published = s.published
	release, err := s.config.Hold()
	if err != nil {
		return err
	}
	if s.installation, err = Open(ctx, s.config.Stored, o); err != nil {
		return errors.Join(err, release())
	}
	s.installation.release = release
	if _, err := s.installation.Store.PlanInForce(ctx); err != nil {
		// Nobody can work at the desk, but customers see what was signed before.
		s.config.Log.ErrorContext(ctx, "the plan in force cannot be trusted, and the desk refuses everything until it can; run `countersign audit verify`", "error", err)
	} else if _, _, err := s.installation.Desk.Plan(ctx); err != nil {
		return err
	}
	if err := s.installation.Desk.CheckFrame(ctx); err != nil {
		s.config.Log.ErrorContext(ctx, "the program's own words could not be compared with those of the latest publication", "error", err)
	}
	return nil
}

// published makes the page follow at once; the fan-out's job is stored already.
func (s *service) published(int64) {
	select {
	case s.refresh <- struct{}{}:
	default: // a refresh is due anyway, and will see this one too
	}
}

func (s *service) wire(ctx context.Context) error {
	c, in := s.config, s.installation
	counted := newMetrics()
	counted.promises(in.Store, c.Log)
	tokens, err := s.wireMail(counted)
	if err != nil {
		return err
	}
	if s.copy, err = s.wireCopy(counted); err != nil {
		return err
	}
	if err := s.outbox.Migrate(ctx); err != nil {
		return err
	}
	in.Store.SetEnqueuer(s.outbox)

	builder, err := page.NewBuilder(in.Words, templates.FS, static.FS)
	if err != nil {
		return err
	}
	s.storeReady = remembered(c.Now, in.Store.Ping)
	s.keeper = page.NewKeeper(builder, in.Store, in.kept, c.Now, c.Log)
	if s.visits, err = visits.New(in.Store, c.Now, c.Log); err != nil {
		return err
	}
	if err := s.keeper.Refresh(ctx); err != nil {
		shown := s.keeper.Snapshot()
		if shown == nil {
			return fmt.Errorf("make the page: %w", err)
		}
		c.Log.ErrorContext(ctx, "the page shows less than the database holds, because the rest cannot be verified; run `countersign audit verify`",
			"shown up to publication", shown.Number, "error", err)
	}
	debug.FreeOSMemory() // what it took to verify everything that was ever signed is not needed again
	counted.publications(func() int64 { return s.keeper.Snapshot().Number }, in.Store)
	desk, err := s.deskFace(ctx, counted.handler())
	if err != nil {
		return err
	}
	s.faces = []face{
		newFace("public", c.PublicListener, counted.measured("public", s.publicFace(tokens, counted)), c.Log),
		newFace("desk", c.DeskListener, counted.measured("desk", desk), c.Log),
	}
	return nil
}

func (s *service) wireMail(observer outbox.Observer) (mail.Tokens, error) {
	c, in := s.config, s.installation
	secret, err := readSecret(c.SecretKey)
	if err != nil {
		return mail.Tokens{}, err
	}
	tokens, err := mail.NewTokens(secret)
	if err != nil {
		return tokens, err
	}
	password := ""
	if c.SMTPPasswordFile != "" {
		text, err := os.ReadFile(c.SMTPPasswordFile)
		if err != nil {
			return tokens, fmt.Errorf("read the password of the mail server: %w", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	sender, err := mail.NewSender(mail.Server{Addr: c.SMTP, TLS: mail.TLSMode(c.SMTPSecurity), Username: c.SMTPUser, Password: password})
	if err != nil {
		return tokens, err
	}
	deskURL := c.deskURL(c.DeskListener.Addr())
	composer, err := mail.NewComposer(mail.Config{From: c.MailFrom, DeskURL: deskURL}, templates.FS, in.Words, tokens)
	if err != nil {
		return tokens, err
	}
	s.outbox, err = outbox.New(outbox.Config{
		DB: in.Store.DB(), Dialect: in.Store.Dialect(), Store: in.Store, Plan: in.Desk.Plan, Composer: composer, Sender: sender,
		Observer: observer, Log: c.Log, Now: c.Now, Pace: outbox.Pace{Grace: c.Drain / 2},
	})
	return tokens, err
}

// run serves until the context ends or a listener fails, then drains.
func (s *service) run(ctx context.Context) error {
	log := s.config.Log
	if err := s.outbox.Start(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var jobs sync.WaitGroup
	jobs.Go(func() { s.keeper.Run(running) })
	jobs.Go(func() { s.keeper.Prove(running) })
	jobs.Go(func() { s.visits.Run(running) }) // to the end, so that nothing that the faces counted is lost
	jobs.Go(func() { s.follow(running) })
	jobs.Go(func() { s.release(running) })
	jobs.Go(func() { s.foresee(running) })
	jobs.Go(func() { s.watch(running) })
	jobs.Go(func() { s.watchVisits(running) })
	jobs.Go(func() { s.sweep(running) })
	if s.copy != nil {
		jobs.Go(func() { s.copy(running) })
	}

	group, failing := errgroup.WithContext(ctx)
	for _, f := range s.faces {
		group.Go(f.serve)
	}
	public, desk := s.faces[0].listener.Addr(), s.faces[1].listener.Addr()
	log.InfoContext(ctx, "serving", "public", public.String(), "desk", desk.String())
	if s.config.Started != nil {
		s.config.Started(public, desk)
	}
	<-failing.Done()
	log.InfoContext(ctx, "stopping; what is under way may finish", "within", s.config.Drain)
	err := s.drain(context.WithoutCancel(ctx))
	stop()
	jobs.Wait()
	return errors.Join(group.Wait(), err)
}

// drain stops the listeners first, so that nothing new comes, and the jobs
// after them; a job that is cut off is taken up again at the next start.
func (s *service) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.config.Drain)
	defer cancel()
	errs := make([]error, len(s.faces)+1)
	var faces sync.WaitGroup
	for i, f := range s.faces {
		faces.Go(func() { errs[i] = f.drain(ctx) })
	}
	faces.Wait()
	errs[len(s.faces)] = s.outbox.Stop(ctx)
	return errors.Join(errs...)
}

// close closes listeners that never served.
func (s *service) close() error {
	var errs []error
	for _, f := range s.faces {
		errs = append(errs, f.listener.Close())
	}
	return errors.Join(errs...)
}

// follow renews the page after each publication of this process; the keeper
// finds those of others by itself.
func (s *service) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.refresh:
			done := s.config.Urgent()
			if err := s.keeper.Refresh(ctx); err != nil && ctx.Err() == nil {
				s.config.Log.ErrorContext(ctx, "the page could not follow a publication; it is tried again within a second", "error", err)
			}
			done()
		}
	}
}
