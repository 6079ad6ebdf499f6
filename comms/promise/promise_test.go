package promise_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	major = plan.Severity{ID: "major", Kind: comms.KindIncident, FirstUpdate: 15 * time.Minute, Every: 30 * time.Minute, LongAfter: 2 * time.Hour, LongEvery: time.Hour}
	work  = plan.Severity{ID: "maintenance", Kind: comms.KindMaintenance, FirstUpdate: 72 * time.Hour}
	usual = plan.Reminders{Remind: 30, StandIn: 50, Everyone: 70}
)

// rules is a plan of the severities above, whose reports are promised in Madrid.
func rules() *plan.Plan {
	p := &plan.Plan{Severities: []plan.Severity{major, work, {}}, Postmortem: plan.Postmortem{WorkingDays: 5, Severities: []comms.Severity{"major"}}}
	p.Catalogue.TimeZone = "Europe/Madrid"
	return p
}

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func ptr(t time.Time) *time.Time { return &t }

func update(phase comms.Phase, next *time.Time) comms.Message {
	severity := map[comms.Kind]plan.Severity{comms.KindIncident: major, comms.KindMaintenance: work}[phase.Of()]
	return comms.Message{Kind: comms.MessageUpdate, Incident: &comms.Incident{Kind: phase.Of(), Phase: phase, Severity: severity.ID, StartedAt: noon, NextUpdate: next}}
}

func TestWhatADeclarationPromises(t *testing.T) {
	p, ok := promise.Begin(comms.KindIncident, major, noon, at(-60))
	if !ok || p.Kind != promise.First || !p.Due.Equal(at(15)) || !p.Made.Equal(noon) || p.State != promise.Open {
		t.Errorf("an incident promises %+v, %v", p, ok)
	}
	p, ok = promise.Begin(comms.KindMaintenance, work, noon, noon.Add(100*time.Hour))
	if !ok || p.Kind != promise.Notice || !p.Due.Equal(noon.Add(28*time.Hour)) {
		t.Errorf("planned work promises %+v, %v", p, ok)
	}
	if _, ok = promise.Begin(comms.KindIncident, plan.Severity{}, noon, noon); ok {
		t.Error("a severity that promises no first update made a promise")
	}
}

func TestWhatAPublicationPromises(t *testing.T) {
	monday := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC) // a week later, at midnight in Madrid
	window := func(phase comms.Phase, from, to int) comms.Incident {
		return comms.Incident{Kind: comms.KindMaintenance, Phase: phase, StartedAt: at(from), EndedAt: ptr(at(to))}
	}
	for name, c := range map[string]struct {
		incident comms.Incident
		severity plan.Severity
		kind     promise.Kind
		due      time.Time // zero for no promise
	}{
		"what is signed":         {*update(comms.PhaseIdentified, ptr(at(20))).Incident, major, promise.Next, at(20)},
		"what the severity says": {*update(comms.PhaseIdentified, nil).Incident, major, promise.Next, at(30)},
		// Two days in, nothing is promised for an hour unless the update says so.
		"long, and not announced":  {comms.Incident{Kind: comms.KindIncident, Phase: comms.PhaseIdentified, StartedAt: at(-2880)}, major, promise.Next, at(30)},
		"long, and announced":      {comms.Incident{Kind: comms.KindIncident, Phase: comms.PhaseIdentified, StartedAt: at(-2880), NextUpdate: ptr(at(60))}, major, promise.Next, at(60)},
		"over":                     {*update(comms.PhaseResolved, nil).Incident, major, promise.Report, monday},
		"over, and owes no report": {*update(comms.PhaseResolved, nil).Incident, plan.Severity{}, "", time.Time{}},
		"a report":                 {*update(comms.PhasePostmortem, nil).Incident, major, "", time.Time{}},
		"a false alarm":            {*update(comms.PhaseFalseAlarm, nil).Incident, major, "", time.Time{}},
		"work announced":           {window(comms.PhaseScheduled, 600, 660), work, promise.Start, at(600)},
		"work announced too late":  {window(comms.PhaseScheduled, -1, 60), work, "", time.Time{}},
		"work under way":           {window(comms.PhaseInProgress, 0, 60), work, promise.End, at(60)},
		"work that goes on":        {window(comms.PhaseInProgress, -90, -30), work, "", time.Time{}},
		"work cancelled":           {window(comms.PhaseCancelled, 600, 660), work, "", time.Time{}},
		"a severity of nothing":    {*update(comms.PhaseIdentified, nil).Incident, plan.Severity{}, "", time.Time{}},
	} {
		c.incident.Severity = c.severity.ID
		p, ok := promise.Follow(rules(), c.incident, 7, noon)
		if ok == c.due.IsZero() || ok && (p.Kind != c.kind || !p.Due.Equal(c.due) || p.After != 7 || !p.Made.Equal(noon)) {
			t.Errorf("%s: promises %+v, %v; want %s by %s", name, p, ok, c.kind, c.due)
		}
	}
}

func TestWhatBecomesOfAPromise(t *testing.T) {
	next := promise.Promise{Kind: promise.Next, After: 3, Made: noon, Due: at(30), State: promise.Open}
	start := promise.Promise{Kind: promise.Start, After: 3, Made: noon, Due: noon, State: promise.Open}
	start.Made = at(-600)
	missed := next.Pass(at(40))
	moved := update(comms.PhaseScheduled, nil)
	moved.Incident.StartedAt = at(600)
	report := promise.Promise{Kind: promise.Report, After: 3, Made: at(-60), Due: at(9000), State: promise.Open}
	lighter := update(comms.PhaseResolved, nil)
	lighter.Incident.Severity = "minor"
	redaction := update(comms.PhaseIdentified, ptr(at(30)))
	redaction.Kind = comms.MessageRedaction
	for name, c := range map[string]struct {
		before  promise.Promise
		message comms.Message
		at      time.Time
		state   promise.State
		waits   bool
		late    time.Duration
		follows promise.Kind
	}{
		"in time":                            {next, update(comms.PhaseIdentified, ptr(at(50))), at(20), promise.Kept, false, 0, promise.Next},
		"within the minute":                  {next, update(comms.PhaseIdentified, ptr(at(50))), at(30).Add(promise.Grace), promise.Kept, false, 0, promise.Next},
		"after the minute":                   {next, update(comms.PhaseIdentified, ptr(at(70))), at(31).Add(time.Second), promise.Missed, false, 61 * time.Second, promise.Next},
		"late, as the clock said":            {missed, update(comms.PhaseIdentified, ptr(at(70))), at(45), promise.Missed, false, 15 * time.Minute, promise.Next},
		"in time, though a clock ran":        {missed, update(comms.PhaseIdentified, ptr(at(50))), at(29), promise.Kept, false, 0, promise.Next},
		"by the end":                         {next, update(comms.PhaseResolved, nil), at(20), promise.Kept, false, 0, promise.Report},
		"by the report":                      {report, update(comms.PhasePostmortem, nil), at(20), promise.Kept, false, 0, ""},
		"by the report, a day late":          {report, update(comms.PhasePostmortem, nil), at(9000 + 1440), promise.Missed, false, 24 * time.Hour, ""},
		"a report, and the end is put right": {report, update(comms.PhaseResolved, nil), at(20), promise.Open, true, 0, ""},
		"a report that is not owed any more": {report, lighter, at(20), promise.Withdrawn, false, 0, ""},
		"a report, and it was no trouble":    {report, update(comms.PhaseFalseAlarm, nil), at(20), promise.Withdrawn, false, 0, ""},
		"a report, and it is back":           {report, update(comms.PhaseInvestigating, ptr(at(50))), at(20), promise.Withdrawn, false, 0, promise.Next},
		"by words that are taken away":       {next, redaction, at(20), promise.Open, true, 0, ""},
		"work begun":                         {start, update(comms.PhaseInProgress, ptr(at(60))), noon.Add(2 * time.Second), promise.Kept, false, 0, promise.End},
		"work called off":                    {start, update(comms.PhaseCancelled, nil), at(-5), promise.Withdrawn, false, 0, ""},
		"work called off afterwards":         {start, update(comms.PhaseCancelled, nil), at(5), promise.Missed, false, 5 * time.Minute, ""},
		"work moved":                         {start, moved, at(-5), promise.Withdrawn, false, 0, promise.Start},
		"work announced again, as such":      {start, update(comms.PhaseScheduled, nil), at(-5), promise.Open, true, 0, ""},
	} {
		told, following, ok := c.before.Told(rules(), c.message, 9, c.at)
		if told.State != c.state || told.Waits() != c.waits || told.Late(at(9999)) != c.late || told.After != 9 {
			t.Errorf("%s: %+v, late by %s; want %s, late by %s", name, told, told.Late(at(9999)), c.state, c.late)
		}
		if ok != (c.follows != "") || ok && following.Kind != c.follows {
			t.Errorf("%s: %+v follows (%v), want %q", name, following, ok, c.follows)
		}
		if !told.Waits() && told.State != promise.Withdrawn && told.Answer != 9 {
			t.Errorf("%s: the answer is not named: %+v", name, told)
		}
	}
	if got := next.Withdraw(at(5)); got.State != promise.Withdrawn || got.Waits() {
		t.Errorf("withdrawn in time it is %+v", got)
	}
	if got := missed.Withdraw(at(50)); got.State != promise.Missed || got.Waits() || got.Late(at(9999)) != 20*time.Minute {
		t.Errorf("what was missed is no longer so when it is withdrawn: %+v", got)
	}
	if got := missed.Late(at(100)); got != 70*time.Minute {
		t.Errorf("what nobody has answered is late by %s, and grows", got)
	}
}

func TestNoticeCountsToTheWorkAsAnnounced(t *testing.T) {
	p, _ := promise.Begin(comms.KindMaintenance, work, noon, noon.Add(80*time.Hour))
	m := update(comms.PhaseScheduled, nil)
	m.Incident.StartedAt = noon.Add(200 * time.Hour) // moved before it was announced
	if told, next, ok := p.Told(rules(), m, 2, noon.Add(20*time.Hour)); told.State != promise.Kept || !ok || next.Kind != promise.Start {
		t.Errorf("announced 180 hours ahead it is %+v, then %+v", told, next)
	}
}

func TestGraverComesEarlierAndNeverLater(t *testing.T) {
	p, _ := promise.Begin(comms.KindIncident, plan.Severity{FirstUpdate: 30 * time.Minute}, noon, noon)
	if next, moved := p.Raise(plan.Severity{FirstUpdate: 10 * time.Minute}, at(5)); !moved || !next.Due.Equal(at(15)) || !next.Made.Equal(at(5)) {
		t.Errorf("raised it is due at %s (%v)", next.Due, moved)
	}
	for _, s := range []plan.Severity{{FirstUpdate: 10 * time.Minute}, {FirstUpdate: 2 * time.Hour}, {}} {
		if next, moved := p.Raise(s, at(25)); moved {
			t.Errorf("a promise of %s was put off to %s", p.Due, next.Due)
		}
	}
}

func TestSignaturesArePromisedByWhatCustomersWere(t *testing.T) {
	if p := promise.Sign("u", noon, at(12), 15*time.Minute); !p.Due.Equal(at(12)) || p.Public() {
		t.Errorf("due at %s", p.Due)
	}
	for _, past := range []time.Time{{}, at(-3), noon} {
		if p := promise.Sign("u", noon, past, 15*time.Minute); !p.Due.Equal(at(15)) {
			t.Errorf("with nothing promised ahead they are due at %s", p.Due)
		}
	}
}

func TestSteps(t *testing.T) {
	p := promise.Promise{Kind: promise.Next, Made: noon, Due: at(20), State: promise.Open}
	signature := p
	signature.Kind = promise.Signature
	hopeless := p
	hopeless.Due = noon
	answered := p.Fulfil(at(25), 4)
	for _, c := range []struct {
		promise promise.Promise
		minutes int
		want    promise.Step
	}{
		{p, -60, promise.None}, {p, 5, promise.None}, {p, 6, promise.Remind}, {p, 9, promise.Remind}, {p, 10, promise.StandIn},
		{p, 14, promise.Everyone}, {p, 20, promise.Everyone}, {p, 22, promise.Passed}, {p.Pass(at(25)), 12, promise.Passed}, // and the clock went back
		{signature, 14, promise.Everyone}, {signature, 60, promise.Everyone},
		{hopeless, 60, promise.None}, {answered, 60, promise.None}, {p.Withdraw(at(3)), 19, promise.None},
	} {
		if got := c.promise.Step(c.promise.Moments(nil, usual), at(c.minutes)); got != c.want {
			t.Errorf("after %d minutes a promise (%s, %s) is at %q, want %q", c.minutes, c.promise.Kind, c.promise.State, got, c.want)
		}
	}
	for minutes, want := range map[int]promise.Step{0: promise.Remind, 6: promise.StandIn, 10: promise.Everyone, 14: promise.Passed, 25: promise.None} {
		if step, when := p.Coming(p.Moments(nil, usual), at(minutes)); step != want || step != promise.None && !when.After(at(minutes)) {
			t.Errorf("after %d minutes %q comes next at %s, want %q", minutes, step, when, want)
		}
	}
}

// TestHoursAreDurations goes over both changes of the clocks in Madrid: what is
// promised within two hours is due two hours later, whatever a wall shows.
func TestHoursAreDurations(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	s := plan.Severity{FirstUpdate: 2 * time.Hour, Every: 3 * time.Hour, LongAfter: 6 * time.Hour, LongEvery: 12 * time.Hour}
	for _, night := range []time.Time{
		time.Date(2026, 3, 29, 1, 30, 0, 0, madrid),  // half an hour before 02:00 becomes 03:00
		time.Date(2026, 10, 25, 2, 30, 0, 0, madrid), // the first of two
	} {
		first, _ := promise.Begin(comms.KindIncident, s, night, night)
		next, _ := promise.Follow(&plan.Plan{Severities: []plan.Severity{s}}, comms.Incident{Kind: comms.KindIncident, Phase: comms.PhaseIdentified, Severity: s.ID, StartedAt: night}, 2, night)
		for _, c := range []struct {
			p    promise.Promise
			want time.Duration
		}{{first, 2 * time.Hour}, {next, 3 * time.Hour}} {
			if got := c.p.Due.Sub(night); got != c.want {
				t.Errorf("%s: due after %s, want %s", night, got, c.want)
			}
			if step := c.p.Step(c.p.Moments(nil, usual), night.Add(c.want/2)); step != promise.StandIn {
				t.Errorf("%s: half the time gone, and the reminders are at %q", night, step)
			}
		}
		if s.Cadence(night, time.Time{}, night.Add(6*time.Hour-time.Second)) != s.Every || s.Cadence(night, time.Time{}, night.Add(6*time.Hour)) != s.LongEvery {
			t.Errorf("%s: long-incident mode does not begin after six hours", night)
		}
	}
}

// TestReportsAreRemindedOfInWorkingTime goes over a weekend, and over both
// changes of the clocks in Madrid, which lie on one.
func TestReportsAreRemindedOfInWorkingTime(t *testing.T) {
	day := func(year int, month time.Month, day, hour int) time.Time {
		return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		told    time.Time
		moments [4]time.Time // the reminders, and when it is late
	}{
		// Told on Friday at noon: Friday has five hours left, and five days have eight each.
		{day(2026, 3, 27, 11), [4]time.Time{ // in winter, and after the weekend in summer
			day(2026, 3, 31, 7).Add(30 * time.Minute), day(2026, 4, 1, 8).Add(30 * time.Minute), day(2026, 4, 2, 9).Add(30 * time.Minute), day(2026, 4, 3, 22)}},
		{day(2026, 10, 23, 10), [4]time.Time{
			day(2026, 10, 27, 8).Add(30 * time.Minute), day(2026, 10, 28, 9).Add(30 * time.Minute), day(2026, 10, 29, 10).Add(30 * time.Minute), day(2026, 10, 30, 23)}},
		// Told on Saturday night: it counts from Monday.
		{day(2026, 11, 28, 22), [4]time.Time{day(2026, 12, 1, 12), day(2026, 12, 2, 12), day(2026, 12, 3, 12), day(2026, 12, 4, 23)}},
	} {
		p, ok := promise.Follow(rules(), *update(comms.PhaseResolved, nil).Incident, 7, c.told)
		moments := p.Moments(rules(), usual)
		if !ok || [4]time.Time{moments[0], moments[1], moments[2], p.Due} != c.moments {
			t.Errorf("the report on what was over at %s is reminded of at %v and due at %s, want %v", c.told, moments, p.Due, c.moments)
		}
		for i, want := range []promise.Step{promise.Remind, promise.StandIn, promise.Everyone, promise.Passed} {
			if got := p.Step(moments, c.moments[i].Add(promise.Grace+time.Second)); got != want {
				t.Errorf("at %s the reminders are at %q, want %q", c.moments[i], got, want)
			}
		}
	}
}

func TestWhoActs(t *testing.T) {
	p, err := plan.Read(plan.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	all := func(plan.PersonID) bool { return true }
	people := func(ids ...plan.PersonID) []plan.PersonID { return ids }
	check := func(name string, l promise.Line, steps ...[]plan.PersonID) {
		t.Helper()
		for i, want := range steps {
			if got := l.At(promise.Step(i + 1)); !slices.Equal(got, want) {
				t.Errorf("%s: %s goes to %v, want %v", name, promise.Step(i+1), got, want)
			}
		}
	}
	everyone := people("dana", "sam", "ines", "marta", "carlos", "lucia", "nora", "tomas", "petra", "ada", "omar")
	check("writing", promise.Writing(p, "dana", all), people("dana"), people("sam"), everyone, everyone)
	check("the lead has left", promise.Writing(p, "gone", all), people("dana", "sam"), people("dana", "sam"), everyone)
	check("the lead has no account", promise.Writing(p, "dana", func(id plan.PersonID) bool { return id != "dana" }), people("sam"), people("sam"), everyone[1:])
	check("the lead is alone in the role", promise.Writing(p, "dana", func(id plan.PersonID) bool { return id == "dana" || id == "ada" }), people("dana"), people("dana", "ada"), people("dana", "ada"))

	facts := []plan.Requirement{{Kind: plan.Facts, Roles: []plan.RoleID{plan.IncidentLead}}, {Kind: plan.Legal, Roles: []plan.RoleID{plan.LegalRole}}}
	anybody := func(int, plan.PersonID) bool { return true }
	check("signing", promise.Signing(p, facts, anybody, "dana"),
		people("ines", "nora"), people("marta", "omar", "tomas", "petra"), people("ines", "nora", "marta", "omar", "tomas", "petra", "dana"))
	check("the holder wrote it", promise.Signing(p, facts[:1], func(_ int, id plan.PersonID) bool { return id != "ines" }, "ines"),
		people("marta", "omar"), people("marta", "omar"), people("marta", "omar", "ines"))
	check("nobody may", promise.Signing(p, facts, func(int, plan.PersonID) bool { return false }), nil, nil, nil)
}

// TestEveryPromiseIsAccountedFor does random things to a promise at random
// times, forward and back, and holds that it is decided once, that reminders
// of it rise, and that the account adds up.
func TestEveryPromiseIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		due := rapid.IntRange(-5, 90).Draw(rt, "due")
		p := promise.Promise{Kind: promise.Next, Made: noon, Due: at(due), State: promise.Open}
		now, sent := 0, promise.None
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			now += rapid.IntRange(-20, 40).Draw(rt, "minutes")
			before := p
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0:
				p = p.Fulfil(at(now), 5)
			case 1:
				p = p.Withdraw(at(now))
			default:
				p = p.Pass(at(now))
			}
			if !before.Waits() && p != before {
				rt.Fatalf("what was decided changed: %+v became %+v", before, p)
			}
			if before.State == promise.Missed && p.State != promise.Missed && (p.State != promise.Kept || p.Over(p.Answered)) {
				rt.Fatalf("what was missed became %+v", p)
			}
			if p.State != promise.Missed && p.Late(at(9999)) != 0 || p.State == promise.Kept && p.Over(p.Answered) {
				rt.Fatalf("not missed, and late: %+v", p)
			}
			if step := p.Step(p.Moments(nil, usual), at(now)); step > sent {
				sent = step
			} else if !p.Waits() && step != promise.None {
				rt.Fatalf("nobody waits for %+v, and it is reminded of (%s)", p, step)
			}
		}
		a := promise.Sum([]promise.Promise{p, {Kind: promise.Signature, State: promise.Missed}}, at(now))
		if a.Kept+a.Missed+a.Withdrawn+a.Open != 1 || a.Worst < 0 || a.Missed == 0 && a.Worst > 0 {
			rt.Fatalf("the account of %+v is %+v", p, a)
		}
	})
}
