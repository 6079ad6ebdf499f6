package auth

import (
	"context"
	"net/netip"
	"time"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/limit"
)

// Proof says that somebody showed who they are, and under which version of
// their credential: it counts until the credential changes (Stands).
type Proof struct {
	Person  plan.PersonID
	Means   signoff.Means
	version time.Time // the account's ChangedAt
}

// Check tells whether this is the person. Failed attempts count against the
// network that they come from, and against the name as that network uses it.
// Against the name alone they count as well, from networks where the person
// has not signed in before: so nobody elsewhere keeps people out of the desk,
// and a crowd of machines that guesses gets nowhere.
func (a *Auth) Check(ctx context.Context, person plan.PersonID, password, code string, from netip.Addr) (Proof, error) {
	network, name := limit.Network(from), limitKey(person)
	here := network + " " + name
	counts := []count{{a.networks, network}, {a.pairs, here}}
	if !a.known.Has(here) {
		counts = append(counts, count{a.names, name})
	}
	forgive, err := hold(counts, a.c.Now())
	if err != nil {
		return Proof{}, err
	}
	proof, err := a.believe(ctx, person, password, code)
	if err != nil {
		return Proof{}, err
	}
	forgive()
	a.known.Of(here, func() bool { return true })
	return proof, nil
}

// Prove asks somebody who is signed in for themselves again, as every
// signature does.
func (a *Auth) Prove(ctx context.Context, person plan.PersonID, password, code string) (Proof, error) {
	forgive, err := hold([]count{{a.proofs, limitKey(person)}}, a.c.Now())
	if err != nil {
		return Proof{}, err
	}
	proof, err := a.believe(ctx, person, password, code)
	if err != nil {
		return Proof{}, err
	}
	forgive()
	return proof, nil
}

// Stands refuses a proof whose person has another credential by now, was
// disabled or left the roster. Ask it directly before the act that rests on
// the proof.
func (a *Auth) Stands(ctx context.Context, p Proof) error {
	account, standing, err := a.standing(ctx, p.Person)
	if err != nil {
		return err
	}
	if !standing || !account.ChangedAt.Equal(p.version) {
		return &Denied{Credentials}
	}
	return nil
}

// believe checks password and code. It takes as long for people who do not
// exist as for those who do.
func (a *Auth) believe(ctx context.Context, person plan.PersonID, password, code string) (Proof, error) {
	account, standing, err := a.standing(ctx, person)
	if err != nil {
		return Proof{}, err
	}
	stored := account.Password
	if stored == "" {
		stored = a.nobody
	}
	if len(password) > maxPassword {
		password = ""
	}
	ok, err := a.hasher.matches(ctx, password, stored)
	if err != nil {
		return Proof{}, err
	}
	if !ok || !standing {
		return Proof{}, &Denied{Credentials}
	}
	proof := Proof{Person: person, Means: signoff.MeansPassword, version: account.ChangedAt}
	if account.TOTP == "" {
		return proof, nil
	}
	if code == "" {
		return Proof{}, &Denied{CodeMissing}
	}
	if err := a.useCode(ctx, person, account.TOTP, code); err != nil {
		return Proof{}, err
	}
	proof.Means = signoff.MeansTOTP
	return proof, nil
}
