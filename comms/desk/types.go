package desk

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// Incident is the desk's record of an incident or maintenance. What customers
// know of it is in its publications alone.
type Incident struct {
	ID        comms.ID
	Kind      comms.Kind
	Name      string // what the desk calls it until a title is published
	Severity  comms.Severity
	Phase     comms.Phase // of the latest publication
	Head      int64       // number of the latest publication; 0 before the first
	StartedAt time.Time
	OpenedAt  time.Time
	OpenedBy  plan.PersonID
	// DeclaredAt is when a person said that this is one: by opening it at the
	// desk, or by saving or submitting what a program had begun. Zero until then.
	DeclaredAt time.Time
	Version    int // counts changes; whoever writes over another one gets a conflict
}

// called is what the desk calls the incident. Nobody says in which language; it
// is read as that of the plan.
func (i Incident) called(p *plan.Plan) comms.Words { return comms.Words{p.Catalogue.Source: i.Name} }

// Adoption says that an incident goes by a version of the plan from a
// publication on, until the next adoption; see plan.Under.
type Adoption struct {
	Incident comms.ID
	Plan     int64 // number of the publication of the plan
	Head     int64 // number of the latest publication of all then
	At       time.Time
	Person   plan.PersonID // who opened or moved it; "" if nobody did and it followed the plan in force
}

// UpdateState is where an update stands on its way to customers; doc.go has
// the diagram.
type UpdateState string

// The states of an update.
const (
	Draft            UpdateState = "draft"
	InReview         UpdateState = "in_review"
	ChangesRequested UpdateState = "changes_requested"
	Approved         UpdateState = "approved" // signed, and its time lies ahead
	Parked           UpdateState = "parked"
	Published        UpdateState = "published"
	Withdrawn        UpdateState = "withdrawn"
)

// Update is one message on its way: an update, a correction, a redaction, a
// plan or the approval of a holding statement.
type Update struct {
	ID          comms.ID
	Incident    comms.ID // "" for a plan or a statement
	Kind        comms.MessageKind
	State       UpdateState
	Digest      comms.Digest // of what was submitted; zero while it is written
	SubmittedAt time.Time
	SubmittedBy plan.PersonID
	Note        string // why changes were asked for, or why it is parked or withdrawn
	Publication int64  // number, once published
	CreatedAt   time.Time
	CreatedBy   plan.PersonID
	Version     int
}

// Revision is one saved state of a draft. It is never changed; its author can
// not sign the update.
type Revision struct {
	Update   comms.ID
	Number   int // from 1
	Author   plan.PersonID
	At       time.Time
	Draft    draft.Draft
	Redacted bool // a redaction took the draft away, and nothing is left of it
}

// Requirement is a signature that was written down at submission.
type Requirement struct {
	Update comms.ID
	Digest comms.Digest
	Index  int
	plan.Requirement
}

// Void takes an approval back; the approval itself stays as it was given.
type Void struct {
	Approval comms.ID
	At       time.Time
	Reason   string
}

// Entry is one line of the audit: who did what to what, when. Detail never
// holds an address of a subscriber.
type Entry struct {
	Number  int64 // set by the store, from 1
	At      time.Time
	Person  plan.PersonID // "" for the service itself
	Action  string        // "update.submitted", "approval.given", …
	Subject string        // identifier of what it was done to
	Detail  map[string]string
}

// Notice is a mail to the desk's own people: please sign, changes asked for,
// your signature was taken back.
type Notice struct {
	Kind   NoticeKind
	Update comms.ID
	Digest comms.Digest
	To     []plan.PersonID
	By     plan.PersonID
	Reason string
	Head   signoff.Head // of the chain when it was written

	// Of a reminder: the promise, how far its reminders have come, and what has
	// to be done. The store fills in the incident, what is promised and when it
	// is due.
	Promise  comms.ID
	Promised promise.Kind
	Step     promise.Step
	Need     Need
	Incident comms.ID
	Due      time.Time
	// Holding tells that a holding statement could go out for the incident now.
	Holding bool

	Handover comms.ID // that it is about; "" for none

	// Rise is that of the visits to a link that it is about; "" for none. The
	// store fills in the rest of it.
	Rise  comms.ID
	Risen Rise
}

// Subject is what a notice names for its readers.
type Subject struct {
	Titles  comms.Words // of the words that were submitted; nil for none
	Name    string      // what the desk calls it, where there is no title
	GoesOut time.Time   // zero for as soon as it is signed
}

// Title is the title in the language, else in the plan's source language, else
// the name, else the first title of all: the languages of a plan change.
func (s Subject) Title(lang, source comms.Lang) string {
	title, _ := s.Titles.In(lang, source)
	if title = cmp.Or(title, s.Name); title != "" || len(s.Titles) == 0 {
		return title
	}
	return s.Titles[slices.Min(slices.Collect(maps.Keys(s.Titles)))]
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeSign      NoticeKind = "sign"       // a signature is asked for
	NoticeChanges   NoticeKind = "changes"    // a signer asked for changes
	NoticeSuggested NoticeKind = "suggested"  // a signer would word it otherwise
	NoticeKept      NoticeKind = "kept"       // … and an author keeps the wording
	NoticeParked    NoticeKind = "parked"     // it could not go out
	NoticePublished NoticeKind = "published"  // it is out
	NoticeVoided    NoticeKind = "voided"     // a signature was taken back
	NoticeWithdrawn NoticeKind = "withdrawn"  // what was signed will not go out
	NoticeRemind    NoticeKind = "remind"     // a promise ends soon, and you must act
	NoticeStandIn   NoticeKind = "stand_in"   // … and you are the next in line
	NoticeEveryone  NoticeKind = "everyone"   // … and nobody has acted
	NoticePassed    NoticeKind = "passed"     // customers were promised something, and it is late
	NoticeHandover  NoticeKind = "handover"   // incidents are handed over to you
	NoticeHanded    NoticeKind = "handed"     // … and who was asked has accepted
	NoticeDeclined  NoticeKind = "declined"   // … and who was asked has not
	NoticeTakenBack NoticeKind = "taken_back" // … and the offer is taken back
	NoticeTaken     NoticeKind = "taken"      // somebody else holds your incident now
	NoticeHeld      NoticeKind = "held"       // a holding statement went out
	NoticeEnded     NoticeKind = "ended"      // the approval of a holding statement was taken back
	NoticeExpiring  NoticeKind = "expiring"   // … or ends soon
	NoticeDrill     NoticeKind = "drill"      // a drill of the plan is due
	NoticeRise      NoticeKind = "rise"       // more customers come to a link than usual
)

// Actor is a person who is signed in at the desk.
type Actor struct {
	Person plan.PersonID
	// Proof is how the person proved who they are for this very act; "" when
	// they did not. Signing needs it. A token has none, ever.
	Proof signoff.Means
	// Token is the name of the API token that acts for the person; "" for a
	// session of the person's own.
	Token string
	// Request names this very request when its sender may send it again; zero
	// when nobody repeats it.
	Request Request
}

// Request is one request of a program that begins something. The same one sent
// again begins nothing, and is told what the first began.
type Request struct {
	Key    string       // chosen by the program, unique for each of its requests; "" for none
	Digest comms.Digest // of what is asked for
}

// Receipt says what a request of a program has begun.
type Receipt struct {
	Person plan.PersonID
	Token  string
	Request
	Update comms.ID
	At     time.Time
}
