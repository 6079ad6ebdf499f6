package signoff_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// sequences is how many random lives of a message are played.
const sequences = "10000"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", sequences); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}

var (
	start  = time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	roles  = []plan.RoleID{plan.IncidentLead, plan.CommsLead, plan.LegalRole}
	people = []plan.PersonID{"ana", "ben", "chi", "dov", "eve"}
)

// quorums are the shapes of requirement that plans use.
var quorums = [][]plan.Requirement{
	{{Kind: plan.Facts, Roles: []plan.RoleID{plan.IncidentLead}}},
	{{Kind: plan.Any, Roles: []plan.RoleID{plan.IncidentLead, plan.CommsLead}}},
	{{Kind: plan.Facts, Roles: []plan.RoleID{plan.IncidentLead}}, {Kind: plan.Legal, Roles: []plan.RoleID{plan.LegalRole}}},
	{{Kind: plan.Facts, Roles: []plan.RoleID{plan.IncidentLead, plan.CommsLead}}, {Kind: plan.Wording, Roles: []plan.RoleID{plan.CommsLead, plan.LegalRole}}},
}

// world is one random message among random people, with everything that an
// approval rule could care about.
type world struct {
	key, forger signoff.Key
	keys        signoff.Keyring
	plan        *plan.Plan
	planDigest  comms.Digest
	now         time.Time
	message     comms.Message
	content     comms.Content
	authors     []plan.PersonID
	approvals   []signoff.Approval
	genuine     map[comms.ID]bool // attested with the installation's key, unchanged since
	barred      map[plan.PersonID]string
	voided      map[comms.ID]string
	incident    int64
	latest      comms.Digest // of that publication's words
	phase       comms.Phase
	told        comms.Severity // that customers were told last
	states      map[comms.ComponentID]comms.State
	follows     comms.Digest // what the message is to follow, if that is not published
	judged      comms.Digest
	blocked     bool
	secrets     []lint.Finding // of the words as they are, that a signature may waive
	edits       int
	published   []signoff.Publication
	picked      []signoff.Approval // that fill the requirements, as assign found them
}

func newWorld(t *rapid.T, key, forger signoff.Key) *world {
	w := &world{
		key: key, forger: forger, keys: signoff.NewKeyring(key.Public()),
		now: start, planDigest: comms.DigestOf([]byte("plan")),
		genuine: map[comms.ID]bool{}, barred: map[plan.PersonID]string{}, voided: map[comms.ID]string{},
		states: map[comms.ComponentID]comms.State{},
	}
	w.plan = &plan.Plan{
		Catalogue:    comms.Catalogue{Source: "en", Languages: []comms.Lang{"en"}},
		ApprovalLife: 15 * time.Minute,
		Transitions:  map[comms.Phase][]comms.Phase{comms.PhaseNone: {comms.PhaseInvestigating}},
		Severities: []plan.Severity{
			{ID: "major", Kind: comms.KindIncident, Every: 30 * time.Minute, Approvals: rapid.SampledFrom(quorums).Draw(t, "quorum")},
			{ID: "data", Kind: comms.KindIncident, Every: 30 * time.Minute, Approvals: rapid.SampledFrom(quorums).Draw(t, "other quorum")},
		},
	}
	for _, role := range roles {
		w.plan.Roles = append(w.plan.Roles, plan.Role{ID: role, Holders: rapid.SliceOfNDistinct(rapid.SampledFrom(people), 1, 3, rapid.ID[plan.PersonID]).Draw(t, string(role))})
	}
	next := start.Add(25 * time.Minute)
	w.message = comms.Message{
		Kind: comms.MessageUpdate, Update: "abcdefghijkl", Plan: w.planDigest,
		Incident: &comms.Incident{
			ID: "incidentaaaa", Kind: comms.KindIncident, Phase: comms.PhaseInvestigating, Severity: "major",
			Claims: []comms.Claim{{Component: "sign-in", State: comms.Partial}}, StartedAt: start, NextUpdate: &next,
		},
	}
	w.told = rapid.SampledFrom([]comms.Severity{"", "", "major", "data"}).Draw(t, "told")
	w.edit(people[rapid.IntRange(0, len(people)-1).Draw(t, "writer")])
	return w
}

// edit is what saving another text does: new words, one author more.
func (w *world) edit(by plan.PersonID) {
	w.edits++
	if !slices.Contains(w.authors, by) {
		w.authors = append(w.authors, by)
	}
	w.secrets = nil
	w.message.Forms = map[comms.Lang]comms.Forms{
		"en": {Title: "Sign-in", Text: fmt.Sprintf("Text %d", w.edits)},
		"es": {Title: "Inicio de sesión", Text: fmt.Sprintf("Texto %d", w.edits)},
	}
	w.submit()
}

// schedule gives the message a time, or has it follow words that are not published
// yet.
func (w *world) schedule(t *rapid.T) {
	w.message.PublishAt, w.follows = nil, comms.Digest{}
	if rapid.Bool().Draw(t, "timed") {
		at := w.now.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "goes out")) * time.Minute)
		w.message.PublishAt = &at
	}
	if rapid.Bool().Draw(t, "follows") {
		w.follows = comms.DigestOf([]byte("words before"))
	}
	w.submit()
}

// submit makes the message anew on what stands now.
func (w *world) submit() {
	w.message.Basis, w.message.After = w.incident, w.follows
	if !w.follows.IsZero() {
		w.message.Basis = 0
	}
	w.message.Incident.Changes = signoff.Changes(w.message.Incident.Claims, w.states, w.states)
	w.content, _ = comms.Seal(w.message)
}

func (w *world) sign(t *rapid.T) {
	// Mostly people whose role may sign, so that many sequences come close.
	requirement := rapid.IntRange(0, len(w.needed())-1).Draw(t, "requirement")
	from := people
	if rapid.IntRange(0, 3).Draw(t, "by role") > 0 {
		from = w.plan.Holders(rapid.SampledFrom(w.needed()[requirement].Roles).Draw(t, "role"))
	}
	a := signoff.Approval{
		ID: comms.NewID(), Update: w.message.Update, Digest: w.content.Digest(), Requirement: requirement,
		Person: rapid.SampledFrom(from).Draw(t, "signer"), Means: signoff.MeansPassword,
		Languages: rapid.SampledFrom([][]comms.Lang{{"en"}, {"en", "es"}, {"en", "es"}, {"en", "es"}}).Draw(t, "read"),
		At:        w.now, Expires: w.message.NotBefore(w.now).Add(15 * time.Minute),
	}
	for _, f := range w.secrets {
		switch waiver := signoff.Waive(f, "our customers use this name"); rapid.IntRange(0, 9).Draw(t, "waives") {
		case 0:
		case 1:
			waiver.Start++ // other words than those that the rule found
			a.Waivers = append(a.Waivers, waiver)
		default:
			a.Waivers = append(a.Waivers, waiver)
		}
	}
	key, genuine := w.key, true
	switch rapid.IntRange(0, 9).Draw(t, "how") {
	case 0:
		key, genuine = w.forger, false
	case 1:
		a.Digest = comms.DigestOf([]byte("other words"))
	}
	a, err := signoff.Attest(key, a)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.IntRange(0, 19).Draw(t, "tamper") == 0 {
		a.Expires, genuine = a.Expires.Add(time.Hour), false
	}
	w.genuine[a.ID] = genuine
	w.approvals = append(w.approvals, a)
}

func (w *world) needed() []plan.Requirement {
	needed, _ := signoff.Requirements(w.message, w.told, w.plan, nil)
	return needed
}

func (w *world) basis() signoff.Basis {
	b := signoff.Basis{
		Incident: w.incident, Latest: w.latest, Phase: w.phase, Severity: w.told, States: w.states, Others: w.states,
		Plan: w.plan, PlanDigest: w.planDigest, Requirements: w.needed(), Authors: w.authors,
		Barred: w.barred, Voided: w.voided, Keys: w.keys,
	}
	if n := len(w.published); n > 0 {
		b.Chain = w.published[n-1].Head()
	}
	return b
}

// may is the law in other words than the code's: is there a way to give each
// requirement a person of its own?
func (w *world) may() bool {
	i := w.message.Incident
	if w.judged != w.content.Digest() || w.blocked || w.phase != comms.PhaseNone {
		return false
	}
	if w.follows.IsZero() && w.message.Basis != w.incident || !w.follows.IsZero() && w.follows != w.latest {
		return false
	}
	if at := w.message.PublishAt; at != nil && (w.now.Before(*at) || w.now.Sub(*at) > w.plan.ApprovalLife) {
		return false
	}
	if !i.NextUpdate.After(w.now) || i.NextUpdate.After(w.now.Add(31*time.Minute)) {
		return false
	}
	if !slices.Equal(i.Changes, signoff.Changes(i.Claims, w.states, w.states)) {
		return false
	}
	return w.assign(0, map[plan.PersonID]bool{}, map[comms.Lang]bool{}) && w.waived()
}

// waived tells whether every finding is waived by a signature of the quorum
// that Countersign picks, which is the first that it finds.
func (w *world) waived() bool {
	for _, f := range w.secrets {
		some := false
		for _, a := range w.picked {
			for _, v := range a.Waivers {
				some = some || v.Rule == f.Rule && v.Start == f.Start
			}
		}
		if !some {
			return false
		}
	}
	return true
}

// TestJoinedQuorumsAreAsStrictAsBoth holds every set of people that satisfies
// a joined quorum to both of its parts.
func TestJoinedQuorumsAreAsStrictAsBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) plan.Requirement {
			return plan.Requirement{
				Kind:  rapid.SampledFrom([]plan.ApprovalKind{plan.Facts, plan.Wording, plan.Any}).Draw(t, "kind"),
				Roles: rapid.SliceOfNDistinct(rapid.SampledFrom(roles), 1, 3, rapid.ID[plan.RoleID]).Draw(t, "roles"),
			}
		})
		have, add := rapid.SliceOfN(one, 1, 3).Draw(t, "have"), rapid.SliceOfN(one, 1, 3).Draw(t, "add")
		p := &plan.Plan{Severities: []plan.Severity{{ID: "data", Approvals: have}, {ID: "minor", Approvals: add}}}
		m := comms.Message{Kind: comms.MessageUpdate, Incident: &comms.Incident{Severity: "minor"}}
		joined, err := signoff.Requirements(m, "data", p, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, part := range map[string][]plan.Requirement{"before": have, "now": add} {
			if !stricter(joined, part, map[int]bool{}) {
				t.Fatalf("%v is laxer than the quorum of %s, %v", joined, name, part)
			}
		}
		if len(joined) > len(have)+len(add) {
			t.Fatalf("%v asks for more than %v and %v together", joined, have, add)
		}
	})
}

// stricter looks for a requirement of its own in a quorum for each of another
// that can only be given by who may give that as well.
func stricter(joined, part []plan.Requirement, used map[int]bool) bool {
	if len(part) == 0 {
		return true
	}
	for i, j := range joined {
		if used[i] || j.Kind != part[0].Kind && part[0].Kind != plan.Any {
			continue
		}
		if slices.ContainsFunc(j.Roles, func(r plan.RoleID) bool { return !slices.Contains(part[0].Roles, r) }) {
			continue
		}
		used[i] = true
		if stricter(joined, part[1:], used) {
			return true
		}
		delete(used, i)
	}
	return false
}

func (w *world) assign(requirement int, taken map[plan.PersonID]bool, read map[comms.Lang]bool) bool {
	if requirement == 0 {
		w.picked = make([]signoff.Approval, len(w.needed()))
	}
	if requirement == len(w.needed()) {
		return read["en"] && read["es"]
	}
	for _, a := range w.approvals {
		if a.Requirement != requirement || taken[a.Person] || !w.counts(a) {
			continue
		}
		w.picked[requirement] = a
		t, r := maps.Clone(taken), maps.Clone(read)
		t[a.Person] = true
		for _, l := range a.Languages {
			r[l] = true
		}
		if w.assign(requirement+1, t, r) {
			return true
		}
	}
	return false
}

func (w *world) counts(a signoff.Approval) bool {
	holds := false
	for _, role := range w.needed()[a.Requirement].Roles {
		holds = holds || w.plan.Holds(a.Person, role)
	}
	_, barred := w.barred[a.Person]
	_, voided := w.voided[a.ID]
	return w.genuine[a.ID] && a.Digest == w.content.Digest() && holds && !barred && !voided &&
		!slices.Contains(w.authors, a.Person) && !w.now.Before(a.At) && w.now.Before(a.Expires)
}

func (w *world) publish(t *rapid.T) {
	findings := slices.Clone(w.secrets)
	if w.blocked {
		findings = []lint.Finding{{Rule: "SLOT", Level: plan.Block, Field: "impact"}}
	}
	p, err := signoff.Countersign(w.key, w.content, lint.NewReport(w.judged, 1, findings), w.approvals, w.basis(), w.now)
	if seen := signoff.Foresee(w.content, lint.NewReport(w.judged, 1, findings), w.approvals, w.basis(), w.now); (seen == nil) != (err == nil) {
		t.Fatalf("foresaw %v, and it came to %v", seen, err)
	}
	may := w.may()
	switch {
	case err == nil && !may:
		t.Fatalf("a publication without a warrant: %+v", p.Warrant())
	case err == nil:
		w.check(t, p)
	case !p.IsZero():
		t.Fatalf("refused with %v and published all the same", err)
	case comms.CodeOf(err) == "":
		t.Fatalf("a refusal that nobody can act on: %v", err)
	case may:
		t.Fatalf("refused a message that the law lets through: %v", err)
	}
}

// check follows a publication through the store and back, and tampers with it.
func (w *world) check(t *rapid.T, p signoff.Publication) {
	warrant, err := p.EncodeWarrant()
	if err != nil {
		t.Fatal(err)
	}
	r := signoff.Record{
		Number: p.Number(), At: p.At(), Digest: p.Digest(), Content: p.Content().Bytes(), Warrant: warrant,
		Frame: p.Frame(), Previous: p.Previous().String(), Seal: p.Head().Seal.String(),
	}
	back, err := signoff.Restore(r, w.keys)
	if err != nil || back.Digest() != p.Digest() || back.Head().String() != p.Head().String() {
		t.Fatalf("what was published cannot be restored: %v", err)
	}
	forged := r
	switch rapid.IntRange(0, 5).Draw(t, "forgery") {
	case 0:
		forged.Number++
	case 1:
		forged.At = forged.At.Add(time.Second)
	case 2:
		forged.Content = append(slices.Clone(forged.Content), ' ')
	case 3:
		forged.Warrant = slices.Concat(forged.Warrant[:len(forged.Warrant)-1], []byte(`,"kind":"genesis"}`))
	case 4:
		forged.Frame = comms.DigestOf([]byte("other frame"))
	case 5:
		forged.Previous = "aaaa:aaaa"
	}
	if _, err := signoff.Restore(forged, w.keys); err == nil {
		t.Fatalf("a forged record was restored")
	}
	w.published = append(w.published, p)
	w.latest = p.Digest()
	w.phase, w.incident, w.told = comms.PhaseInvestigating, p.Number(), "major"
}

// TestNoPublicationWithoutWarrant plays random actions of random people and
// looks for a publication that the law does not allow, and for a refusal of
// one that it does.
func TestNoPublicationWithoutWarrant(t *testing.T) {
	key, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	forger, err := signoff.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	published, waited, waived := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, key, forger)
		for range rapid.IntRange(4, 14).Draw(t, "steps") {
			switch rapid.IntRange(0, 25).Draw(t, "action") {
			case 0:
				w.edit(rapid.SampledFrom(people).Draw(t, "editor"))
			case 1:
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute)
			case 2:
				w.barred[rapid.SampledFrom(people).Draw(t, "barred")] = "the account is disabled"
			case 3:
				if len(w.approvals) > 0 {
					w.voided[rapid.SampledFrom(w.approvals).Draw(t, "void").ID] = "the credential was reset"
				}
			case 4:
				w.states[rapid.SampledFrom([]comms.ComponentID{"sign-in", "exports"}).Draw(t, "moved")] = comms.Major
			case 5:
				w.incident += int64(rapid.IntRange(0, 1).Draw(t, "overtaken"))
				w.latest = comms.DigestOf([]byte(rapid.SampledFrom([]string{"words before", "words between"}).Draw(t, "latest")))
			case 24:
				w.schedule(t)
			case 25:
				w.secrets = []lint.Finding{{Rule: "SEC-HOST", Level: plan.Block, Lang: "en", Field: "impact", Start: 3, End: 13, Span: "db-prod-03"}}
				if w.approvals = nil; rapid.Bool().Draw(t, "more") {
					w.secrets = append(w.secrets, lint.Finding{Rule: "SEC-IP", Level: plan.Block, Lang: "es", Field: "who", Start: 7, End: 15, Span: "10.0.0.1"})
				}
			case 6:
				w.submit()
			case 7:
				w.blocked = !w.blocked && rapid.Bool().Draw(t, "blocked")
			case 8, 9:
				w.judged = w.content.Digest()
			case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20:
				w.sign(t)
			default:
				w.judged = w.content.Digest()
				w.publish(t)
			}
		}
		w.publish(t)
		published += len(w.published)
		for _, p := range w.published {
			if p.Message().PublishAt != nil {
				waited++
			}
			for _, a := range p.Warrant().Approvals {
				waived += len(a.Waivers)
			}
		}
	})
	if waived == 0 {
		t.Fatal("no sequence published words that a signature waived")
	}
	if waited == 0 {
		t.Fatal("no sequence published a message that waited for its time")
	}
	if published == 0 {
		t.Fatal("no sequence ever published: the property was not tried")
	}
	t.Logf("%d publications among %s sequences", published, sequences)
}
