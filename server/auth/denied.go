package auth

import "time"

// Reason says why somebody was not believed. It is the end of a catalogue key
// of the desk ("desk.denied.credentials").
type Reason string

// The reasons.
const (
	Credentials   Reason = "credentials"    // the name, the password or the code is wrong, or the account is off
	CodeUsed      Reason = "code_used"      // the one-time code counted already
	CodeMissing   Reason = "code_missing"   // the account has one-time codes and none was given
	NoSession     Reason = "no_session"     // nobody is signed in
	TokenUnknown  Reason = "token_unknown"  // no such token
	TokenExpired  Reason = "token_expired"  // the token's time is over
	TokenOrphaned Reason = "token_orphaned" // the token's person is disabled or left the roster
)

var sentences = map[Reason]string{
	Credentials:   "the name, the password or the code is not right",
	CodeUsed:      "this code was used already; wait for the next one",
	CodeMissing:   "this account has one-time codes; give the code that the app shows now",
	NoSession:     "nobody is signed in; sign in first",
	TokenUnknown:  "this token does not exist; make a new one with `countersign token create`",
	TokenExpired:  "this token has expired; make a new one with `countersign token create`",
	TokenOrphaned: "the person that this token acts for is disabled or no longer on the roster; make one for somebody who is",
}

// Denied says that the service does not believe who this is.
type Denied struct{ Reason Reason }

func (d *Denied) Error() string { return sentences[d.Reason] }

// Limited says that there were too many attempts, and when the next one counts.
type Limited struct{ Until time.Time }

func (l *Limited) Error() string {
	return "too many attempts; try again at " + l.Until.UTC().Format("15:04:05 UTC")
}
