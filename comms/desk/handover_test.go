package desk_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

func who(o *office, incident comms.ID) string {
	o.t.Helper()
	v, err := o.LookIncident(o.ctx, o.drafter(), incident)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(v.Lead)
}

func TestHandoverBetweenShifts(t *testing.T) {
	o := open(t)
	dana, sam := o.drafter(), desk.Actor{Person: "sam"}
	u := o.submitted()
	draft := o.incident()
	held, to, err := o.Held(o.ctx, dana)
	if err != nil || len(held) != 2 || len(to) != len(o.plan.People)-1 {
		t.Fatalf("dana holds %+v: %v", held, err)
	}
	h, err := o.Offer(o.ctx, dana, "sam", []comms.ID{u.Incident, draft.Incident}, "  The second is Kim's.\n")
	if err != nil {
		t.Fatal(err)
	}
	got, names, err := o.Handover(o.ctx, sam, h.ID)
	if err != nil || got.Note != "The second is Kim's." || len(got.Statement) != 2 || names[u.Incident].Name != "Sign-in trouble" {
		t.Fatalf("the handover is %+v: %v", got, err)
	}
	first := got.Statement[0]
	if len(first.Promises) != 2 || !first.Promises[0].Due.Equal(monday.Add(15*time.Minute)) || len(first.Drafts) != 1 || first.Drafts[0].State != desk.InReview || first.Drafts[0].Author != "dana" {
		t.Errorf("what is stated is %+v", first)
	}
	for person, want := range map[desk.Actor]int{dana: 1, sam: 1, {Person: "ines"}: 0} {
		if agenda, err := o.Agenda(o.ctx, person); err != nil || len(agenda.Offered) != want {
			t.Errorf("%s sees %d handovers, want %d: %v", person.Person, len(agenda.Offered), want, err)
		}
	}

	o.wait(5 * time.Minute) // whoever offered it keeps the clocks
	o.expect("before it is accepted", o.watch(), sent{"remind", "finish", people("dana")}, sent{"remind", "sign", nil})
	if _, err := o.Accept(o.ctx, dana, h.ID); comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("dana accepts her own offer: %v", err)
	}
	if _, err := o.Accept(o.ctx, sam, h.ID); err != nil {
		t.Fatal(err)
	}
	if who(o, u.Incident) != "sam" || who(o, draft.Incident) != "sam" {
		t.Error("sam accepted and does not hold it")
	}
	if _, err := o.Accept(o.ctx, sam, h.ID); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("accepted twice: %v", err)
	}
	o.wait(3 * time.Minute) // sam holds it, so dana is the next in line
	o.expect("after it is accepted", o.watch(), sent{"stand_in", "finish", people("dana")}, sent{"stand_in", "sign", nil})
	if held, _, err := o.Held(o.ctx, dana); err != nil || len(held) != 0 {
		t.Errorf("dana still holds %+v: %v", held, err)
	}
}

func TestHandoversThatComeToNothing(t *testing.T) {
	o := open(t)
	dana, sam := o.drafter(), desk.Actor{Person: "sam"}
	u, other := o.incident(), o.incident()
	token := dana
	token.Token = "ci"
	for name, c := range map[string]struct {
		by        desk.Actor
		to        string
		incidents []comms.ID
		note      string
		code      comms.Code
	}{
		"to nobody":              {dana, "", []comms.ID{u.Incident}, "", comms.Invalid},
		"to oneself":             {dana, "dana", []comms.ID{u.Incident}, "", comms.Invalid},
		"to a stranger":          {dana, "stranger", []comms.ID{u.Incident}, "", comms.Invalid},
		"of nothing":             {dana, "sam", nil, "", comms.Invalid},
		"of what others hold":    {sam, "ines", []comms.ID{u.Incident}, "", comms.Invalid},
		"of what does not exist": {dana, "sam", []comms.ID{comms.NewID()}, "", comms.NotFound},
		"with hidden letters":    {dana, "sam", []comms.ID{u.Incident}, "a\u202eb", comms.Invalid},
		"by a program":           {token, "sam", []comms.ID{u.Incident}, "", comms.Forbidden},
	} {
		if _, err := o.Offer(o.ctx, c.by, plan.PersonID(c.to), c.incidents, c.note); comms.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	h, err := o.Offer(o.ctx, dana, "sam", []comms.ID{u.Incident}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Offer(o.ctx, dana, "ines", []comms.ID{u.Incident, other.Incident}, ""); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("offered to two at once: %v", err)
	}
	if _, err := o.Decline(o.ctx, sam, h.ID, " "); comms.CodeOf(err) != comms.Invalid {
		t.Errorf("declined without a reason: %v", err)
	}
	if h, err = o.Decline(o.ctx, sam, h.ID, "I am on leave"); err != nil || h.State != desk.Declined {
		t.Fatalf("declined it is %+v: %v", h, err)
	}
	if h, err = o.Offer(o.ctx, dana, "ines", []comms.ID{u.Incident}, ""); err != nil {
		t.Fatal(err)
	}
	if h, err = o.Decline(o.ctx, dana, h.ID, ""); err != nil || h.State != desk.TakenAgain {
		t.Fatalf("taken back it is %+v: %v", h, err)
	}
	if h, err = o.Offer(o.ctx, dana, "sam", []comms.ID{u.Incident}, ""); err != nil {
		t.Fatal(err)
	}
	if err := o.Assume(o.ctx, desk.Actor{Person: "ines"}, u.Incident); err != nil { // meanwhile
		t.Fatal(err)
	}
	if _, err := o.Accept(o.ctx, sam, h.ID); comms.CodeOf(err) != comms.Conflict || who(o, u.Incident) != "ines" {
		t.Errorf("sam accepts what dana no longer holds: %v", err)
	}
	if err := o.Assume(o.ctx, desk.Actor{Person: "ines"}, u.Incident); comms.CodeOf(err) != comms.Conflict {
		t.Errorf("taken over twice: %v", err)
	}
}
