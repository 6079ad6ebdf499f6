package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/templates"
)

// Options are what a caller may put in the place of the real thing.
type Options struct {
	Now func() time.Time // the clock; nil is the system's
	Log *slog.Logger     // nil is silence
	// Published is told of publications after their commit; see desk.Config.
	Published func(number int64)
	// TLS says that the team reaches the desk over TLS.
	TLS bool
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Installation is what is stored, open, and the people's ways to work on it,
// without listeners and without mail.
type Installation struct {
	Store *store.Store
	Desk  *desk.Desk
	Auth  *auth.Auth
	Words *language.Catalogue
	Keys  signoff.Keyring
	// DeskOn makes a desk with the same seal key on a store that somebody puts
	// in front of this one.
	DeskOn func(desk.Store, func() time.Time) *desk.Desk
	stored Stored
	kept   checkpoints
	// release ends the hold of a process that serves; nil for others.
	release func() error
}

// Open opens an installation; the error names everything that is missing.
func Open(ctx context.Context, s Stored, o Options) (*Installation, error) {
	o = o.filled()
	key, keys, err := readKeys(s.SealKey, s.SealPub)
	if err != nil {
		return nil, err
	}
	words, err := language.New(templates.FS)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.Database, store.Options{Keys: keys, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	in := &Installation{Store: db, Words: words, Keys: keys, stored: s, kept: checkpoints{db, key, keys}}
	in.DeskOn = func(on desk.Store, now func() time.Time) *desk.Desk {
		return desk.New(desk.Config{Store: on, Key: key, Keys: keys, Now: now, Frame: words.Digest(), Published: o.Published})
	}
	in.Desk = in.DeskOn(db, o.Now)
	in.Auth = auth.New(auth.Config{Store: db, Plan: in.plan, Now: o.Now, Log: o.Log, Secure: o.TLS, Void: in.Desk.TakeBack})
	return in, nil
}

// Inspect opens the database of an installation with its public keys alone,
// as is enough to verify everything and too little to sign anything.
func Inspect(ctx context.Context, s Stored) (*store.Store, signoff.Keyring, error) {
	known, err := readPublicKeys(s.SealPub)
	if err != nil {
		return nil, nil, err
	}
	keys := signoff.NewKeyring(known...)
	db, err := store.Open(ctx, s.Database, store.Options{Keys: keys})
	if err != nil {
		return nil, nil, fmt.Errorf("open the database: %w", err)
	}
	return db, keys, nil
}

// Close closes the database.
func (in *Installation) Close() error {
	err := in.Store.Close()
	if in.release != nil {
		err = errors.Join(err, in.release())
	}
	return err
}

func (in *Installation) plan(ctx context.Context) (*plan.Plan, error) {
	p, _, err := in.Desk.Plan(ctx)
	return p, err
}

// Person finds somebody on the roster of the plan in force.
func (in *Installation) Person(ctx context.Context, id plan.PersonID) (plan.Person, error) {
	p, err := in.plan(ctx)
	if err != nil {
		return plan.Person{}, err
	}
	person, ok := p.Person(id)
	if !ok {
		return plan.Person{}, notListed(p, id)
	}
	return person, nil
}
