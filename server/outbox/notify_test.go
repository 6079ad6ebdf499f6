package outbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

func (c *company) notify(n desk.Notice) {
	c.t.Helper()
	c.Write(func(tx desk.Tx) error { return tx.Notify(c.t.Context(), n) })
}

func (c *company) unsent() int {
	c.t.Helper()
	ids, err := c.Store.Unsent(c.t.Context())
	must(c.t, err)
	return len(ids)
}

func TestThoseWhoMaySignAreTold(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 0, nil)
		c.start()
		s := c.Submit(c.Incident("minor"), "dana")
		head, err := st.Head(t.Context())
		must(t, err)
		c.notify(desk.Notice{Kind: desk.NoticeSign, Update: s.ID, Digest: s.Digest, To: []plan.PersonID{"ines", "carlos"}, By: "dana", Head: head})
		waitFor(t, "both are told", func() bool { return c.unsent() == 0 })
		subjects := map[string]string{}
		for _, l := range c.server.Letters() {
			subjects[l.To] = l.Subject
			for _, want := range []string{head.String(), "https://desk.northwind.example/updates/" + string(s.ID), "Dana Whitfield", s.Digest.Short()} {
				if !strings.Contains(l.Text, want) {
					t.Errorf("the mail to %s lacks %q:\n%s", l.To, want, l.Text)
				}
			}
		}
		if len(subjects) != 2 || subjects["ines@northwind.example"] != "Please sign: Some customers cannot sign in." ||
			subjects["carlos@northwind.example"] != "Falta su firma: Algunos clientes no pueden entrar." {
			t.Errorf("subjects %v", subjects)
		}
		if !strings.Contains(c.server.Letters()[0].Text+c.server.Letters()[1].Text, "Incident lead") {
			t.Error("nobody is told in which role to sign")
		}
	})
}

// A rise is told in the reader's language, with its numbers and where to look.
func TestARiseIsTold(t *testing.T) {
	c := found(t, storetest.SQLite(t), 0, nil)
	c.start()
	s := c.Submit(c.Incident("minor"), "dana")
	r := desk.Rise{ID: comms.NewID(), Key: "sign-in", Reports: true, Window: 15 * time.Minute, Count: 7, Usual: 1.4, BeganAt: time.Now()}
	c.Write(func(tx desk.Tx) error { return tx.AddRise(c.t.Context(), r) })
	c.notify(desk.Notice{Kind: desk.NoticeRise, Update: s.ID, Rise: r.ID, To: []plan.PersonID{"dana", "carlos"}})
	waitFor(t, "both are told", func() bool { return c.unsent() == 0 })
	for _, l := range c.server.Letters() {
		want := []string{"Customers may know before we do: /go/sign-in", "7 people said", "within 15 minutes", "Usual at this time: 1"}
		if l.To == "carlos@northwind.example" {
			want = []string{"/go/sign-in", "7 personas dijeron", "en 15 minutos"}
		}
		for _, w := range append(want, "https://desk.northwind.example/links/sign-in") {
			if !strings.Contains(l.Subject+"\n"+l.Text, w) {
				t.Errorf("the mail to %s lacks %q:\n%s\n%s", l.To, w, l.Subject, l.Text)
			}
		}
	}
}

func TestEveryNoticeHasWords(t *testing.T) {
	c := found(t, storetest.SQLite(t), 0, nil)
	c.start()
	s := c.Submit(c.Incident("minor"), "dana")
	kinds := []desk.NoticeKind{desk.NoticeSign, desk.NoticeChanges, desk.NoticeParked, desk.NoticePublished, desk.NoticeVoided}
	for _, kind := range kinds {
		c.notify(desk.Notice{Kind: kind, Update: s.ID, To: []plan.PersonID{"dana"}, Reason: "The time is wrong."})
	}
	waitFor(t, "all are sent", func() bool { return c.unsent() == 0 })
	for _, l := range c.server.Letters() {
		if strings.Contains(l.Subject+l.Text, "mail.notice") || !strings.Contains(l.Text, "The time is wrong.") {
			t.Errorf("%s:\n%s", l.Subject, l.Text)
		}
	}
	if n := len(c.server.Letters()); n != len(kinds) {
		t.Errorf("%d notices", n)
	}
	waitFor(t, "all are counted", func() bool { return c.counted.sent() == len(kinds) })
}

func TestANoticeIsTriedAgainForWhomItMissed(t *testing.T) {
	onEach(t, func(t *testing.T, st *store.Store) {
		c := found(t, st, 0, func(at mailtest.Stage, to string, n int) error {
			if at == mailtest.AtRcpt && to == "carlos@northwind.example" && n < 3 {
				return mailtest.Refuse(451)
			}
			return nil
		})
		c.start()
		s := c.Submit(c.Incident("minor"), "dana")
		c.notify(desk.Notice{Kind: desk.NoticeSign, Update: s.ID, To: []plan.PersonID{"ines", "carlos"}, By: "dana"})
		waitFor(t, "both are told", func() bool { return c.unsent() == 0 })
		c.eachOnce(2)
	})
}

func TestANoticeThatCannotArriveIsGivenUp(t *testing.T) {
	tries := make(chan string, 100)
	c := found(t, storetest.SQLite(t), 0, func(at mailtest.Stage, to string, _ int) error {
		if at == mailtest.AtRcpt && to == "carlos@northwind.example" {
			tries <- to
			return mailtest.Refuse(550)
		}
		return nil
	})
	c.start()
	s := c.Submit(c.Incident("minor"), "dana")
	c.notify(desk.Notice{Kind: desk.NoticeSign, Update: s.ID, To: []plan.PersonID{"ines", "carlos", "nobody"}, By: "dana"})
	waitFor(t, "one is told", func() bool { return len(c.server.Letters()) == 1 })
	waitFor(t, "the job is over", func() bool { return jobs(t, c.Store.DB(), "notice") == 0 })
	time.Sleep(3 * brisk.Sweep)
	if n := len(tries); n != 1 {
		t.Errorf("it was tried %d times", n)
	}
	c.eachOnce(1)
}

// A reminder that a later one has overtaken while no mail could be sent is not
// sent any more; the later one is.
func TestOvertakenRemindersAreNotSent(t *testing.T) {
	c := found(t, storetest.SQLite(t), 0, nil)
	s := c.Submit(c.Incident("minor"), "dana")
	p := promise.Promise{ID: comms.NewID(), Incident: s.Incident.ID, Kind: promise.First, Made: c.Now, Due: c.Now.Add(time.Hour), State: promise.Open}
	c.Write(func(tx desk.Tx) error {
		must(t, tx.AddPromise(t.Context(), p))
		for _, step := range []promise.Step{promise.Remind, promise.StandIn} {
			_, err := tx.ClaimReminder(t.Context(), desk.Reminder{Promise: p.ID, Step: step, At: c.Now, To: []plan.PersonID{"dana"}})
			must(t, err)
			must(t, tx.Notify(t.Context(), desk.Notice{Kind: desk.NoticeKind(step.String()), Update: s.ID, To: []plan.PersonID{"dana"}, Promise: p.ID, Step: step, Need: desk.NeedSign}))
		}
		return nil
	})
	c.start()
	waitFor(t, "the later one is sent", func() bool { return c.unsent() == 0 && len(c.server.Letters()) > 0 })
	if letters := c.server.Letters(); len(letters) != 1 || !strings.Contains(letters[0].Subject, "Please step in") || !strings.Contains(letters[0].Text, p.Due.Format("15:04 UTC")) {
		t.Errorf("sent: %+v", letters)
	}
}
