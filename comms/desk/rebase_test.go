package desk_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/rewrite"
)

// edited is the plan in force with some words changed.
func (o *office) edited(oldnew ...string) []comms.PlanFile {
	o.t.Helper()
	_, pub, err := o.Plan(o.ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	files := append([]comms.PlanFile(nil), pub.Message().PlanVersion.Files...)
	for i := range files {
		files[i].Text = strings.NewReplacer(oldnew...).Replace(files[i].Text)
	}
	return files
}

func (o *office) behind(update comms.ID) *desk.Behind {
	o.t.Helper()
	v, err := o.Look(o.ctx, o.drafter(), update)
	if err != nil {
		o.t.Fatal(err)
	}
	return v.Behind
}

// TestAChangeOfThePlanTakesNothingBack: what came into force while a change was
// written stays, whether the change was still a draft or asked for signatures.
func TestAChangeOfThePlanTakesNothingBack(t *testing.T) {
	o := open(t)
	mine, err := o.ChangePlan(o.ctx, o.drafter(), o.edited("name: Sam Okafor", "name: Samuel Okafor"), "Samuel")
	if err != nil {
		t.Fatal(err)
	}
	if b := o.behind(mine.ID); b != nil {
		t.Fatalf("nothing came into force yet: %+v", b)
	}
	asked, err := o.ChangePlan(o.ctx, o.drafter(), o.edited("name: Petra Novak", "name: Petra Nováková"), "Petra")
	if err != nil {
		t.Fatal(err)
	}
	if asked, err = o.Submit(o.ctx, o.drafter(), asked.ID, 1); err != nil {
		t.Fatal(err)
	}
	o.replan("name: Marta Lindqvist", "name: Marta Berg")

	if v, err := o.Look(o.ctx, o.drafter(), asked.ID); err != nil || v.Update.State != desk.Parked || v.Behind == nil {
		t.Fatalf("what asked for signatures is %s, behind %v (%v)", v.Update.State, v.Behind, err)
	}
	if _, err := o.sign("omar", asked); err == nil {
		t.Error("it can be signed all the same")
	}
	for _, u := range []comms.ID{mine.ID, asked.ID} {
		b := o.behind(u)
		if b == nil || b.Grew != 1 || b.InForce != 2 || len(b.Both) > 0 {
			t.Fatalf("got %+v", b)
		}
		if _, err := o.Submit(o.ctx, o.drafter(), u, 1); comms.CodeOf(err) != comms.Overtaken {
			t.Errorf("it asks for signatures as it is: %v", err)
		}
		if _, err := o.Rebase(o.ctx, o.drafter(), u, 1, b.Number-1, nil); comms.CodeOf(err) != comms.Conflict {
			t.Errorf("it goes by a version that is not in force: %v", err)
		}
		if left, err := o.Rebase(o.ctx, o.drafter(), u, 1, b.Number, nil); err != nil || len(left) > 0 {
			t.Fatalf("%v %v", left, err)
		}
		if o.behind(u) != nil {
			t.Error("it is behind still")
		}
	}
	if mine, err = o.Submit(o.ctx, o.drafter(), mine.ID, 2); err != nil {
		t.Fatal(err)
	}
	o.everybodySigns(mine)
	p, _, err := o.Plan(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	sam, _ := p.Person("sam")
	marta, _ := p.Person("marta")
	if sam.Name != "Samuel Okafor" || marta.Name != "Marta Berg" {
		t.Errorf("in force are %q and %q", sam.Name, marta.Name)
	}
}

// TestWhatBothChangedIsChosen: nothing that was typed is lost, and nobody's is
// taken without a choice.
func TestWhatBothChangedIsChosen(t *testing.T) {
	o := open(t)
	old := o.head()
	u, err := o.ChangePlan(o.ctx, o.drafter(), o.edited("name: Marta Lindqvist", "name: Marta Ruiz", "name: Sam Okafor", "name: Samuel Okafor"), "Names")
	if err != nil {
		t.Fatal(err)
	}
	o.replan("name: Marta Lindqvist", "name: Marta Berg")
	b := o.behind(u.ID)
	if b == nil || len(b.Both) != 1 || !strings.Contains(b.Both[0].Mine, "Marta Ruiz") || !strings.Contains(b.Both[0].Theirs, "Marta Berg") {
		t.Fatalf("got %+v", b)
	}
	left, err := o.Rebase(o.ctx, o.drafter(), u.ID, 1, b.Number, nil)
	if err != nil || len(left) != 1 {
		t.Fatalf("got %v, %v", left, err)
	}
	if v, err := o.Look(o.ctx, o.drafter(), u.ID); err != nil || v.Latest.Number != 1 {
		t.Fatalf("something changed before anybody chose: revision %d (%v)", v.Latest.Number, err)
	}
	chosen := map[string]rewrite.Side{left[0].Key(): rewrite.Mine}
	if left, err = o.Rebase(o.ctx, o.drafter(), u.ID, 1, b.Number, chosen); err != nil || len(left) > 0 {
		t.Fatalf("got %v, %v", left, err)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil || v.Behind != nil || v.Proposed == nil {
		t.Fatalf("behind %v (%v)", v.Behind, err)
	}
	if marta, _ := v.Proposed.Person("marta"); marta.Name != "Marta Ruiz" {
		t.Errorf("mine was chosen, and it is %q", marta.Name)
	}
	if _, err := o.ChangePlanFrom(o.ctx, o.drafter(), old, o.edited(), "From an old one"); err != nil {
		t.Error(err)
	}
}
