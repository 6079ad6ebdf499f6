// Package desk is what people do on the way from a draft to a publication:
// open an incident, write, submit, sign, ask for changes, withdraw, correct,
// change the plan. It owns the small Store interface that it needs and knows
// neither HTTP nor SQL; its clock is passed in.
//
// One update goes through these states:
//
//	    Open, Begin, Correct, Redact, ChangePlan
//	                     │
//	                     ▼
//	┌──── Save ────── draft ◄───────── Save ──────────┐
//	│                    │                            │
//	│                 Submit                          │
//	│                    ▼        AskChanges          │
//	│     ┌─────── in_review ──────────────► changes_requested
//	│     │              │                            │
//	│    Save           Sign, the last one missing    │
//	│ (every signature   │             │              │
//	└── is void) ◄───────┤        cannot go out       │
//	▲                    │         any more           │
//	│              its time lies       ▼              │
//	│                  ahead        parked ── Save ───┤
//	│                    ▼             ▲ └── Submit ──┘
//	└──── Save ────── approved ────────┤
//	                     │    something moved
//	              Release, at its time │
//	                     ├─────────────┘
//	                     ▼
//	                 published
//
//	draft, in_review, changes_requested, approved, parked ── Withdraw ──► withdrawn
//
// AskChanges and TakeBack act on approved updates as on those in review.
//
// A last signature publishes in the transaction that stores it: everything is
// read again, signoff.Countersign judges it, and either the publication, the
// incident's new phase, the audit entry and the fan-out are stored together,
// or the update is parked with the reason. Submit takes a parked update or one
// with changes requested straight back into review, as a new exact message on
// what customers have been told by then.
//
// An update may name when it goes out. Its last signature approves it, and
// Release publishes it at its time by the same steps, or parks it. What is to
// follow an update that is not published yet names that update's exact words;
// what cannot come to pass any more is set aside in the transaction that made
// it so: parked, or withdrawn when what it was about is over.
//
// Keep is for a page in which somebody types: it merges their words into the
// newest text, changes no state, and makes no revision. What was typed becomes
// a revision of each who typed at the next Save, Submit, Withdraw or Settle;
// nothing is put in review before.
//
// Redact begins a redaction, which goes the same way. With its publication the
// words that it names leave the store, with what people wrote to one another of
// the incident, and nothing else moves: it states the incident as customers know
// it. Texts of the incident that are still written
// and repeat the words lose them, and go back to draft.
//
// An incident goes by the plan that was in force when it was opened, until Move
// puts it under the one in force: its severities, signatures, templates, steps
// and language rules. People, roles and names are those of the plan in force
// always; plan.Under puts the two together. A plan that comes into force looks
// at everything that asks for signatures: what would be said in other words now
// is parked, and signatures of people who lost the role are taken back.
//
// AskForStatement begins the approval of a holding statement, which goes the
// same way; its publication shows customers nothing. Hold makes an update of it
// for an incident that customers know nothing of, and publishes it in the same
// transaction: nobody wrote it, so it has no revision, and whoever publishes it
// gives the one signature that it needs. HoldDue does so without anybody, where
// the plan opts in. EndStatement, and a plan that says otherwise, end an
// approval before its time.
//
// What customers see is never read from the desk's own records: the state of
// each component is worked out from the standing publications.
package desk
