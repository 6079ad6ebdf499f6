package desk

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/promise"
	"github.com/countersign/countersign/comms/signoff"
)

// Store keeps the desk's records. A function that returns an error leaves
// nothing behind.
type Store interface {
	// Read gives fn one consistent view.
	Read(ctx context.Context, fn func(Tx) error) error
	// Write gives fn a transaction in which no other writer acts: what it
	// reads stays true until it commits.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Tx is the inside of one transaction. Anything that is asked for by name and
// does not exist is a *comms.Refusal with the code NotFound.
type Tx interface {
	Incidents
	Updates
	Workings
	Waivers
	Suggestions
	Causes
	Ledger
	People
	Journal
	Receipts
	Signals
	Promises
	Statements
	Handovers
	Rises
	Drills
}

// Incidents are incidents and maintenances.
type Incidents interface {
	Incident(ctx context.Context, id comms.ID) (Incident, error)
	// Incidents lists the open ones, or all, newest first; limit 0 is no limit.
	Incidents(ctx context.Context, openOnly bool, limit int) ([]Incident, error)
	// IncidentsBehind goes on where a list of Incidents ended with i.
	IncidentsBehind(ctx context.Context, i Incident, openOnly bool, limit int) ([]Incident, error)
	// InsertIncident stores an incident, under the plan in force.
	InsertIncident(ctx context.Context, i Incident) error
	// ChangeIncident stores i if the stored version is i.Version and counts
	// the version up; else it refuses with comms.Conflict.
	ChangeIncident(ctx context.Context, i Incident) error
	// Adoptions lists the plans that an incident went by, oldest first; the
	// last is the one that it goes by. There is one as soon as it is inserted.
	Adoptions(ctx context.Context, incident comms.ID) ([]Adoption, error)
	// Adopt puts an incident under the plan in force.
	Adopt(ctx context.Context, a Adoption) error
}

// Updates are updates, corrections, redactions and plans on their way, with their revisions.
type Updates interface {
	Update(ctx context.Context, id comms.ID) (Update, error)
	// UpdatesOf lists the updates of an incident, oldest first; "" lists plans.
	UpdatesOf(ctx context.Context, incident comms.ID) ([]Update, error)
	// UpdatesIn lists the updates in one of the states, oldest first.
	UpdatesIn(ctx context.Context, states ...UpdateState) ([]Update, error)
	InsertUpdate(ctx context.Context, u Update) error
	// ChangeUpdate is to updates what ChangeIncident is to incidents.
	ChangeUpdate(ctx context.Context, u Update) error
	// Revisions lists the revisions of an update, oldest first.
	Revisions(ctx context.Context, update comms.ID) ([]Revision, error)
	// Latest is the latest revision of an update; the zero Revision if nobody
	// wrote it, as of a holding statement.
	Latest(ctx context.Context, update comms.ID) (Revision, error)
	// Authors lists who wrote a revision of an update or is typing into it, each
	// once, in the order in which they began.
	Authors(ctx context.Context, update comms.ID) ([]plan.PersonID, error)
	AddRevision(ctx context.Context, r Revision) error
}

// Workings are what people are typing, and who is there.
type Workings interface {
	// Workings lists what people typed into an update since its latest
	// revision, in the order in which it was put.
	Workings(ctx context.Context, update comms.ID) ([]Working, error)
	// PutWorking takes the place of what the same person typed before.
	PutWorking(ctx context.Context, w Working) error
	// EndWorkings forgets what was typed into an update; each text must be a
	// revision by then.
	EndWorkings(ctx context.Context, update comms.ID) error
	// Meet notes that a person is at an update, and lists who else has been
	// since.
	Meet(ctx context.Context, p Presence, since time.Time) ([]Presence, error)
}

// Waivers are what people let stand of what the language rules found.
type Waivers interface {
	// Waivers lists those of an update, in the order in which they were added.
	Waivers(ctx context.Context, update comms.ID) ([]Waiver, error)
	// AddWaiver stores one for good; a redaction alone empties its words.
	AddWaiver(ctx context.Context, w Waiver) error
}

// Suggestions are other wordings from those who may sign.
type Suggestions interface {
	// Suggestions lists those of an update, in the order in which they were made.
	Suggestions(ctx context.Context, update comms.ID) ([]Suggestion, error)
	Suggestion(ctx context.Context, id comms.ID) (Suggestion, error)
	// AddSuggestion stores one for good; a redaction alone empties its words.
	AddSuggestion(ctx context.Context, s Suggestion) error
	// AnswerSuggestion stores the answer to one that waits; nothing else of it
	// changes.
	AnswerSuggestion(ctx context.Context, s Suggestion) error
}

// Causes are what somebody else than its author knows to be the cause.
type Causes interface {
	// Confirmations lists those of an incident, in the order in which they were given.
	Confirmations(ctx context.Context, incident comms.ID) ([]Confirmation, error)
	AddConfirmation(ctx context.Context, c Confirmation) error
}

// Ledger is what can be added to and never changed.
type Ledger interface {
	Content(ctx context.Context, d comms.Digest) (comms.Content, error)
	// AddContent stores bytes once; storing the same again does nothing.
	AddContent(ctx context.Context, c comms.Content) error
	Requirements(ctx context.Context, update comms.ID, d comms.Digest) ([]Requirement, error)
	// AddRequirements writes them down once; the same again does nothing.
	AddRequirements(ctx context.Context, rs []Requirement) error
	Approvals(ctx context.Context, update comms.ID, d comms.Digest) ([]signoff.Approval, error)
	// ApprovalsBy lists a person's approvals that were not taken back, of
	// updates that are neither published nor withdrawn: a draft may come back
	// to review with the same words.
	ApprovalsBy(ctx context.Context, person plan.PersonID) ([]signoff.Approval, error)
	AddApproval(ctx context.Context, a signoff.Approval) error
	Voids(ctx context.Context, update comms.ID, d comms.Digest) ([]Void, error)
	AddVoid(ctx context.Context, v Void) error

	// Head is the end of the chain.
	Head(ctx context.Context) (signoff.Head, error)
	// Publication restores one by its number.
	Publication(ctx context.Context, number int64) (signoff.Publication, error)
	// PlanInForce restores the latest publication of a plan; zero before the first.
	PlanInForce(ctx context.Context) (signoff.Publication, error)
	// Standing restores the latest publication of each open incident and maintenance.
	Standing(ctx context.Context) ([]signoff.Publication, error)
	// History restores the publications of an incident, oldest first.
	History(ctx context.Context, incident comms.ID) ([]signoff.Publication, error)
	// AddPublication stores a publication. With a redaction go, in this
	// transaction, the words that it takes away: the bytes of every content of
	// their update, its drafts, and what people wrote of it on its way.
	AddPublication(ctx context.Context, p signoff.Publication) error
}

// People are the accounts of the roster's people: credentials, never roles.
type People interface {
	// Barred lists the people whose account is disabled or does not exist
	// among those given, with the reason.
	Barred(ctx context.Context, people []plan.PersonID) (map[plan.PersonID]string, error)
}

// Journal is the audit and what leaves the desk by mail.
type Journal interface {
	AddEntry(ctx context.Context, e Entry) error
	// Announce stores the fan-out of a publication and the job that carries it
	// out, in this transaction.
	Announce(ctx context.Context, p signoff.Publication) error
	// Reach counts the subscribers who would get mail of the message now.
	Reach(ctx context.Context, m comms.Message) (int, error)
	// Notify stores a notice and its job, in this transaction.
	Notify(ctx context.Context, n Notice) error
}

// Receipts remember the requests of programs that began something.
type Receipts interface {
	// Receipt finds what a request of a person, or of a token that acts for
	// them, began.
	Receipt(ctx context.Context, person plan.PersonID, token, key string) (Receipt, error)
	AddReceipt(ctx context.Context, r Receipt) error
}

// Signals are what the monitoring told.
type Signals interface {
	// Signal finds the latest of a fingerprint.
	Signal(ctx context.Context, fingerprint string) (Signal, error)
	// SignalsOf lists those of an incident, in the order in which they began;
	// "" lists those that the plan said nothing of, the newest change first.
	SignalsOf(ctx context.Context, incident comms.ID) ([]Signal, error)
	// PutSignal takes the place of the one with the same identifier. A new one
	// is the latest of its fingerprint from then on. Of those without an
	// incident only the newest most are kept.
	PutSignal(ctx context.Context, s Signal, most int) error
	// Drawn is the last revision of an update that was made of signals, 0 if
	// the update was not begun by one.
	Drawn(ctx context.Context, update comms.ID) (int, error)
	SetDrawn(ctx context.Context, update comms.ID, revision int) error
}

// Promises are what was promised and what became of it.
type Promises interface {
	// Promises lists those of an incident, in the order in which they were made.
	Promises(ctx context.Context, incident comms.ID) ([]promise.Promise, error)
	// PromisesWaiting lists those for which somebody still has to act, by the
	// time at which they are due.
	PromisesWaiting(ctx context.Context) ([]promise.Promise, error)
	AddPromise(ctx context.Context, p promise.Promise) error
	// ChangePromise stores what became of a promise; nothing else of it changes.
	ChangePromise(ctx context.Context, p promise.Promise) error
	// Reminders lists those of a promise that went out, the earliest step first.
	Reminders(ctx context.Context, promise comms.ID) ([]Reminder, error)
	// ClaimReminder stores a reminder, and tells whether it was the first of its
	// step, with none of a later step before it.
	ClaimReminder(ctx context.Context, r Reminder) (bool, error)
}

// Statements are the approvals of holding statements.
type Statements interface {
	// Statements restores the latest publication of each statement, by number.
	Statements(ctx context.Context) ([]signoff.Publication, error)
	// Endings lists the approvals that ended before their time.
	Endings(ctx context.Context) ([]Ending, error)
	AddEnding(ctx context.Context, e Ending) error
	// Expiries lists the publications of which people were told that they are
	// about to expire.
	Expiries(ctx context.Context) ([]int64, error)
	// ClaimExpiry stores that they are told, and tells whether nobody was before.
	ClaimExpiry(ctx context.Context, e Expiry) (bool, error)
	// PlanBy restores the publication of a plan by its digest.
	PlanBy(ctx context.Context, d comms.Digest) (signoff.Publication, error)
}

// Handovers are who holds an incident, and how it is handed on.
type Handovers interface {
	Handover(ctx context.Context, id comms.ID) (Handover, error)
	// HandoversOffered lists those that wait for an answer, the oldest first.
	HandoversOffered(ctx context.Context) ([]Handover, error)
	AddHandover(ctx context.Context, h Handover) error
	// CloseHandover stores the answer to one that is offered.
	CloseHandover(ctx context.Context, h Handover) error
	// Lead is who holds an incident: whoever opened it, until somebody else does.
	Lead(ctx context.Context, incident comms.ID) (plan.PersonID, error)
	// SetLead lets somebody hold an incident from then on, by a handover or, "",
	// without one.
	SetLead(ctx context.Context, incident comms.ID, person plan.PersonID, since time.Time, handover comms.ID) error
}
