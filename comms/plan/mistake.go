package plan

// Mistake is the kind of a problem.
type Mistake string

// What Check looks for. Everything else that is wrong with a plan's files, such
// as a key that does not exist, is MistakeForm.
const (
	MistakeForm     Mistake = "form"     // cannot be read as a plan
	MistakeTemplate Mistake = "template" // a step without words for a severity
	MistakePhase    Mistake = "phase"    // a phase that leads nowhere, a severity that nothing leads to
	MistakeSlot     Mistake = "slot"     // in the words and not declared, or the other way
	MistakeLanguage Mistake = "language" // a text that is missing in one
	MistakeWords    Mistake = "words"    // the plan's own words break its language rules
	MistakeRule     Mistake = "rule"     // a language rule that does not do what it is there for
	MistakeName     Mistake = "name"     // two things that people cannot tell apart
	MistakeRole     Mistake = "role"     // with nobody, or with one person alone
	MistakeQuorum   Mistake = "quorum"   // signatures that cannot be given
	MistakeCadence  Mistake = "cadence"  // a promise that signatures are too slow for
	MistakeLink     Mistake = "link"     // an address that leads nowhere
	MistakeLength   Mistake = "length"   // words that do not fit even with their slots empty
	MistakeHolding  Mistake = "holding"  // a statement that could not be approved, filled in or published when it is needed
)

// Mistakes lists every kind.
func Mistakes() []Mistake {
	return []Mistake{
		MistakeForm, MistakeTemplate, MistakePhase, MistakeSlot, MistakeLanguage, MistakeWords, MistakeRule,
		MistakeName, MistakeRole, MistakeQuorum, MistakeCadence, MistakeLink, MistakeLength, MistakeHolding,
	}
}

// as says of which kind the problems of a value are.
func (v value) as(m Mistake) value {
	v.mistake = m
	return v
}
