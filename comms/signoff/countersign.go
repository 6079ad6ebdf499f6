package signoff

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

// Basis is where things stand at the moment of publication, read in the same
// transaction that will store it.
type Basis struct {
	Chain    Head           // the latest publication of all
	Incident int64          // number of the latest publication of the message's incident, or of the plan; 0 for none
	Latest   comms.Digest   // of that publication's words; zero for none
	Phase    comms.Phase    // where the incident stands for customers
	Severity comms.Severity // that customers were told last; "" before the first publication
	Reopened time.Time      // when the incident came back after it was over, if it does with the message now; zero if it never did
	// States is what customers see of each component now; Others is what they
	// would see without this incident. A component in neither is working.
	States, Others map[comms.ComponentID]comms.State
	// Standing is the incident as its latest publication states it, and
	// Withdraws the publication that the message redacts; for redactions alone.
	Standing  *comms.Incident
	Withdraws Publication

	// Of an update that is made from a holding statement: the publication that
	// approved the statement, the plan under which it did, why it counts no
	// more ("" while it does), and when the incident was declared.
	Statement Publication
	Ground    *plan.Plan
	Ended     string
	Declared  time.Time

	Plan         *plan.Plan               // that the message goes by, see plan.Under; nil before the first
	PlanDigest   comms.Digest             // of the publication whose rules and templates those are
	Requirements []plan.Requirement       // as written down when the message was submitted
	Authors      []plan.PersonID          // everybody who wrote a revision of the update
	Barred       map[plan.PersonID]string // people who may not sign now, and why
	Voided       map[comms.ID]string      // approvals that were taken back, and why
	Frame        comms.Digest
	Keys         Keyring
}

// Countersign publishes a message, or refuses with a reason that a person can
// act on. It is pure: the same arguments give the same answer.
func Countersign(key Key, content comms.Content, report lint.Report, approvals []Approval, b Basis, now time.Time) (Publication, error) {
	if key.IsZero() {
		return Publication{}, comms.Refuse(comms.Unsigned, "", "the seal key is missing, so nothing can be published; restore it from your backup")
	}
	m, err := content.Message()
	if err != nil {
		return Publication{}, err
	}
	if b.Plan == nil {
		return genesis(key, content, m, b, now)
	}
	w, err := warrant(content, m, report, approvals, b, now)
	if err != nil {
		return Publication{}, err
	}
	return seal(key, content, m, w, b, now)
}

// Foresee tells whether a message could be published at a moment to come if
// things stood then as the basis says, and refuses as Countersign does. It
// makes nothing.
func Foresee(content comms.Content, report lint.Report, approvals []Approval, b Basis, at time.Time) error {
	m, err := content.Message()
	if err != nil {
		return err
	}
	_, err = warrant(content, m, report, approvals, b, at)
	return err
}

// warrant works out why a message may be published, or refuses.
func warrant(content comms.Content, m comms.Message, report lint.Report, approvals []Approval, b Basis, now time.Time) (Warrant, error) {
	proposed, err := fits(m, b)
	if err != nil {
		return Warrant{}, err
	}
	if err := timely(m, b.Plan, now); err != nil {
		return Warrant{}, err
	}
	if err := follows(m, b); err != nil {
		return Warrant{}, err
	}
	if err := judged(content, m, report); err != nil {
		return Warrant{}, err
	}
	if err := stands(m, b, now); err != nil {
		return Warrant{}, err
	}
	switch {
	case m.Holding != nil:
		if blocks := report.Blocks(); len(blocks) > 0 { // nobody signs who could waive it
			return Warrant{}, comms.Refuse(comms.Invalid, blocks[0].Field, "%s: %s", blocks[0].Rule, blocks[0].Reason)
		}
		return held(content.Digest(), m, approvals, b, now)
	case m.Kind == comms.MessageStatement:
		if err := Approvable(*m.Statement, b.Plan, now); err != nil {
			return Warrant{}, err
		}
	}
	needed, err := Requirements(m, b.Severity, b.Plan, proposed)
	if err != nil {
		return Warrant{}, err
	}
	if !reflect.DeepEqual(needed, b.Requirements) {
		return Warrant{}, comms.Refuse(comms.Unsigned, "", "the plan asks for other signatures than were written down at submission; submit it again")
	}
	w := Warrant{Kind: Quorum, Requirements: needed, Authors: sorted(b.Authors)}
	if w.Approvals, err = quorum(content.Digest(), m, needed, proposed, approvals, b, now); err != nil {
		return Warrant{}, err
	}
	if open := Unwaived(report, w.Approvals); m.Kind != comms.MessagePlan && len(open) > 0 {
		return Warrant{}, comms.Refuse(comms.Unsigned, "waivers", "the rule %s keeps words of this back, and nobody who signed has said why they are no secret; let a signer say so, or take them out", open[0].Rule)
	}
	return w, nil
}

func genesis(key Key, content comms.Content, m comms.Message, b Basis, now time.Time) (Publication, error) {
	if m.Kind != comms.MessagePlan || m.PlanVersion == nil || b.Chain.Number != 0 {
		return Publication{}, comms.Refuse(comms.Unsigned, "", "no plan is in force, so nobody can be asked to sign; run `countersign init` first")
	}
	p, err := plan.Read(m.PlanVersion.Files)
	if err != nil {
		return Publication{}, err
	}
	if m.PlanVersion.Version != 1 || !reflect.DeepEqual(m.PlanVersion.Catalogue, p.Catalogue) {
		return Publication{}, comms.Refuse(comms.Invalid, "files", "the compiled words are not those of the plan's files; compile the plan again")
	}
	if len(p.People) < 2 {
		return Publication{}, comms.Refuse(comms.Invalid, "people", "the plan names %d person; it needs at least two, because nobody signs what they wrote", len(p.People))
	}
	return seal(key, content, m, Warrant{Kind: Genesis}, b, now)
}

// fits checks that the message was made for what is in force, and returns the
// plan that a plan message carries.
func fits(m comms.Message, b Basis) (*plan.Plan, error) {
	switch m.Kind {
	case comms.MessageUpdate, comms.MessageCorrection:
		if m.Incident == nil || len(m.Forms) == 0 {
			return nil, comms.Refuse(comms.Invalid, "", "this message has no incident or no words; render it again")
		}
		if m.Kind == comms.MessageCorrection && m.Correction == nil {
			return nil, comms.Refuse(comms.Invalid, "corrects", "this correction does not say which publication it puts right")
		}
		for _, lang := range append([]comms.Lang{b.Plan.Catalogue.Source}, b.Plan.Required...) {
			if m.Forms[lang].Text == "" {
				return nil, comms.Refuse(comms.Invalid, "forms", "the language %q is missing, and the plan requires it; fill it in", lang)
			}
		}
	case comms.MessageRedaction:
		if err := withdraws(m, b); err != nil {
			return nil, err
		}
	case comms.MessageStatement:
		if m.Statement == nil || m.Incident != nil || m.Audience != nil || len(m.Forms) > 0 || m.Holding != nil {
			return nil, comms.Refuse(comms.Invalid, "", "this message approves no holding statement, or says more than that; ask for the approval again")
		}
	case comms.MessagePlan:
		if m.PlanVersion == nil {
			return nil, comms.Refuse(comms.Invalid, "files", "this plan message carries no plan")
		}
	default:
		return nil, comms.Refuse(comms.Invalid, "kind", "messages of the kind %q cannot be published", m.Kind)
	}
	if m.Plan != b.PlanDigest && m.Kind != comms.MessagePlan {
		return nil, comms.Refuse(comms.Overtaken, "plan", "this was moved to another version of the plan since it was submitted; submit it again")
	}
	if m.Plan != b.PlanDigest {
		return nil, comms.Refuse(comms.Overtaken, "plan", "another version of the plan is in force since this was submitted; submit it again")
	}
	if m.Kind != comms.MessagePlan {
		return nil, nil
	}
	proposed, err := plan.Read(m.PlanVersion.Files)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(m.PlanVersion.Catalogue, proposed.Catalogue) {
		return nil, comms.Refuse(comms.Invalid, "files", "the compiled words are not those of the plan's files; submit it again")
	}
	return proposed, nil
}

// judged checks that the report is on these exact words and blocks nothing but
// what a signature may waive; see Unwaived.
// A plan's words are judged by plan.Read and the people who sign them.
func judged(content comms.Content, m comms.Message, report lint.Report) error {
	if m.Kind == comms.MessagePlan {
		return nil
	}
	if !report.Judged() || report.Digest() != content.Digest() {
		return comms.Refuse(comms.Unsigned, "", "the language rules have not judged these exact words; submit the update again")
	}
	for _, f := range report.Blocks() {
		if Waivable(f) {
			continue
		}
		return comms.Refuse(comms.Invalid, f.Field, "%s: %s", f.Rule, f.Reason)
	}
	return nil
}

// timely checks that a message that waits for its time goes out then: not
// before it, and no longer after it than a signature lives.
func timely(m comms.Message, p *plan.Plan, now time.Time) error {
	if m.PublishAt == nil {
		return nil
	}
	said := m.PublishAt.UTC().Format("2006-01-02 15:04 UTC")
	switch {
	case m.Kind != comms.MessageUpdate:
		return comms.Refuse(comms.Invalid, "publish_at", "only an update can wait for its time; leave the time empty, and this goes out as soon as it is signed")
	case now.Before(*m.PublishAt):
		return comms.Refuse(comms.Unsigned, "publish_at", "this was signed to go out at %s and not before; wait for it, or change the time and submit it again", said)
	case now.After(m.PublishAt.Add(p.ApprovalLife)):
		return comms.Refuse(comms.Overtaken, "publish_at", "the time at which this should have gone out (%s) has passed; choose a new one and submit it again", said)
	}
	return nil
}

// follows checks that customers were told nothing of the incident, or of the
// plan, since the message was written, except what it was written to follow.
func follows(m comms.Message, b Basis) error {
	switch {
	case m.After.IsZero() && m.Basis != b.Incident:
		return comms.Refuse(comms.Overtaken, "", "customers were told something newer (publication %d) after this was written; look at it, then submit this again", b.Incident)
	case !m.After.IsZero() && (m.Basis != 0 || m.After != b.Latest):
		return comms.Refuse(comms.Overtaken, "", "this was written to follow the update %s, and that is not the latest that customers were told; look at what they know, then submit this again", m.After.Short())
	}
	return nil
}

// stands checks that nothing else moved under the message since it was written.
func stands(m comms.Message, b Basis, now time.Time) error {
	if m.Incident == nil {
		return nil
	}
	i := m.Incident
	s, ok := b.Plan.Severity(i.Severity)
	if !ok || s.Kind != i.Kind || i.Phase.Of() != i.Kind {
		return comms.Refuse(comms.Invalid, "severity", "the severity %q and the phase %q do not belong to the same kind of thing; choose others", i.Severity, i.Phase)
	}
	if m.Kind == comms.MessageUpdate && !b.Plan.Follows(b.Phase, i.Phase) {
		return comms.Refuse(comms.Overtaken, "phase", "the plan has no step from %q to %q; choose another phase", b.Phase, i.Phase)
	}
	if m.Kind == comms.MessageCorrection && i.Phase != b.Phase {
		return comms.Refuse(comms.Overtaken, "phase", "the incident is in the phase %q now; submit the correction again", b.Phase)
	}
	if m.Kind == comms.MessageRedaction && !unmoved(*i, b.Standing) {
		return comms.Refuse(comms.Overtaken, "", "what customers know of the incident has moved since this was submitted; submit it again")
	}
	if want := Changes(i.Claims, b.States, b.Others); !slices.Equal(want, i.Changes) {
		return comms.Refuse(comms.Overtaken, "claims", "what customers see of a component has moved since this was submitted (%s); submit it again so that the signer sees the change as it is now", moved(b.Plan, i.Changes, want))
	}
	if i.NextUpdate == nil || m.Kind == comms.MessageRedaction { // a redaction promises nothing anew
		return nil
	}
	if !i.NextUpdate.After(now) {
		return comms.Refuse(comms.Overtaken, "next_update", "the promised next update (%s) has passed; choose a later time and submit it again", i.NextUpdate.UTC().Format("15:04 UTC"))
	}
	if limit := s.Cadence(i.StartedAt, b.Reopened, now); limit > 0 && i.NextUpdate.After(now.Add(limit+grace)) {
		return comms.Refuse(comms.Overtaken, "next_update", "the next update (%s) lies beyond what the plan promises for %q; choose an earlier time and submit it again", i.NextUpdate.UTC().Format("15:04 UTC"), i.Severity)
	}
	return nil
}

// grace lets a next-update time that was written in whole minutes through.
const grace = time.Minute

// Changes lists what customers will see change when an incident claims these
// states: for each component the worst of the claim and all other incidents'.
func Changes(claims []comms.Claim, states, others map[comms.ComponentID]comms.State) []comms.Change {
	claimed := make(map[comms.ComponentID]comms.State, len(claims))
	for _, c := range claims {
		claimed[c.Component] = c.State
	}
	touched := maps.Clone(claimed)
	for id := range states {
		touched[id] = ""
	}
	out := []comms.Change{}
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		before, after := comms.Worst(states[id]), comms.Worst(claimed[id], others[id])
		if _, mine := claimed[id]; mine || before != after {
			out = append(out, comms.Change{Component: id, Before: before, After: after})
		}
	}
	return out
}

func moved(p *plan.Plan, signed, now []comms.Change) comms.Phrase {
	for _, n := range now {
		if !slices.Contains(signed, n) {
			return comms.Say("%s is %s now and would be %s", p.ComponentNamed(n.Component), p.StateNamed(n.Before), p.StateNamed(n.After))
		}
	}
	return comms.Say("a component that this no longer changes")
}

// quorum picks one live approval for each requirement, by distinct people.
func quorum(digest comms.Digest, m comms.Message, needed []plan.Requirement, proposed *plan.Plan, approvals []Approval, b Basis, now time.Time) ([]Approval, error) {
	var usable []Approval
	var why comms.Phrase
	for _, a := range approvals {
		reason := unusable(a, digest, m, needed, b, now)
		if reason.Format == "" && Gains(a.Person, b.Plan, proposed) {
			reason = comms.Say("%s gains a role by this change and cannot sign it", b.Plan.PersonNamed(a.Person))
		}
		if reason.Format != "" {
			why = reason
			continue
		}
		usable = append(usable, a)
	}
	search := assignment{needed: needed, usable: usable, languages: m.Languages(), picked: make([]Approval, len(needed))}
	if search.from(0) {
		return search.picked, nil
	}
	if i := search.furthest; i < len(needed) {
		missing := comms.Say("the signature for %s is missing; ask somebody who holds %s", needed[i].Kind.Said(), b.Plan.MayGive(needed[i]))
		if why.Format != "" {
			return nil, comms.Refuse(comms.Unsigned, "approvals", "%s (%s)", missing, why)
		}
		return nil, comms.Refuse(comms.Unsigned, "approvals", "%s", missing)
	}
	return nil, comms.Refuse(comms.Unsigned, "languages", "nobody who signed has read the language %q; let one of the signers read and sign it", search.unread)
}

// assignment looks for distinct people who fill all requirements and have
// between them read every language that goes out.
type assignment struct {
	needed    []plan.Requirement
	usable    []Approval
	languages []comms.Lang
	picked    []Approval
	furthest  int        // requirements that some try could fill
	unread    comms.Lang // what the last complete try left unread
}

func (s *assignment) from(i int) bool {
	s.furthest = max(s.furthest, i)
	if i == len(s.needed) {
		return s.allRead()
	}
	for _, a := range s.usable {
		taken := slices.ContainsFunc(s.picked[:i], func(p Approval) bool { return p.Person == a.Person })
		if a.Requirement != i || taken {
			continue
		}
		s.picked[i] = a
		if s.from(i + 1) {
			return true
		}
	}
	return false
}

func (s *assignment) allRead() bool {
	for _, lang := range s.languages {
		if !slices.ContainsFunc(s.picked, func(a Approval) bool { return slices.Contains(a.Languages, lang) }) {
			s.unread = lang
			return false
		}
	}
	return true
}

// Gains tells whether a change of the plan gives the person a role that they
// do not hold: whoever gains by it cannot sign it. proposed is nil for
// messages that are no plan.
func Gains(person plan.PersonID, inForce, proposed *plan.Plan) bool {
	if proposed == nil {
		return false
	}
	return slices.ContainsFunc(proposed.RolesOf(person), func(r plan.RoleID) bool { return !inForce.Holds(person, r) })
}

// unusable says why an approval does not count, nothing if it does.
func unusable(a Approval, digest comms.Digest, m comms.Message, needed []plan.Requirement, b Basis, now time.Time) comms.Phrase {
	switch {
	case a.Digest != digest || a.Update != m.Update:
		return comms.Say("a signature is for other words")
	case a.Requirement < 0 || a.Requirement >= len(needed):
		return comms.Say("a signature names a requirement that this message does not have")
	case !a.Live(now):
		return comms.Say("%s's signature has expired; let them sign again", b.Plan.PersonNamed(a.Person))
	case slices.Contains(b.Authors, a.Person):
		return comms.Say("%s wrote this text and cannot sign it", b.Plan.PersonNamed(a.Person))
	case !MayFill(b.Plan, needed[a.Requirement], a.Person):
		return comms.Say("%s does not hold a role that may give it", b.Plan.PersonNamed(a.Person))
	}
	if reason, barred := b.Barred[a.Person]; barred {
		return comms.Say("%s may not sign now: %s", b.Plan.PersonNamed(a.Person), reason)
	}
	if reason, voided := b.Voided[a.ID]; voided {
		return comms.Say("%s's signature was taken back: %s", b.Plan.PersonNamed(a.Person), reason)
	}
	if err := a.Verify(b.Keys); err != nil {
		return comms.Say("a signature was not given through this service")
	}
	return comms.Phrase{}
}

func sorted(people []plan.PersonID) []plan.PersonID {
	out := slices.Clone(people)
	slices.Sort(out)
	return slices.Compact(out)
}
