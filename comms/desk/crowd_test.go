package desk_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/store/storetest"
)

// Many people who save, submit, sign, ask for changes and lose their
// credentials at the same moment leave nothing behind that cannot be true.
func TestManyActAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { crowd(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db")) })
	t.Run("postgres", func(t *testing.T) { crowd(t, storetest.PostgresSchema(t)) })
}

func crowd(t *testing.T, address string) {
	o := openAt(t, address)
	var updates []comms.ID
	for range 3 {
		u := o.incident()
		o.write(o.drafter(), u.ID, honest)
		updates = append(updates, u.ID)
	}
	var group sync.WaitGroup
	for seed := range uint64(6) {
		group.Go(func() {
			r := rand.New(rand.NewPCG(seed, 1))
			for range 20 {
				o.actSomehow(r, updates[r.IntN(len(updates))])
			}
		})
	}
	group.Wait()
	result, err := audit.Verify(o.ctx, o.store, o.keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !result.Holds() || result.Approvals == 0 {
		t.Errorf("after everybody acted at once:\n%s", result)
	}
}

// actSomehow does something to an update as somebody; most of it is refused.
func (o *office) actSomehow(r *rand.Rand, update comms.ID) {
	a := signer(o.plan.People[r.IntN(len(o.plan.People))].ID)
	v, err := o.Look(o.ctx, a, update)
	if err != nil {
		o.t.Error(err)
		return
	}
	switch r.IntN(8) {
	case 0:
		text := v.Latest.Draft.Clone()
		text.Slots.Set("en", "headline", []string{"Some customers cannot sign in", "Some people cannot sign in now"}[r.IntN(2)])
		_, err = o.Save(o.ctx, o.drafter(), update, v.Latest.Number, text)
	case 1, 2, 3:
		_, err = o.Submit(o.ctx, a, update, v.Latest.Number)
	case 4:
		_, err = o.AskChanges(o.ctx, a, update, v.Update.Digest, "say it more plainly")
	case 5:
		err = o.TakeBack(o.ctx, a.Person, "the password was reset")
	default:
		_, err = o.Sign(o.ctx, a, desk.Signing{Update: update, Digest: v.Update.Digest, Languages: o.plan.Catalogue.Languages})
	}
	var stale *desk.Stale
	if err != nil && comms.CodeOf(err) == "" && !errors.As(err, &stale) {
		o.t.Errorf("an act failed with something that nobody can act on: %v", err)
	}
}
