package comms

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Refusal is an error that a person can act on: what was wrong, where and
// what to do. Its text is safe to show; Err keeps the cause for the log.
type Refusal struct {
	Code  Code   // for programs and for the choice of an HTTP status
	Field string // the field, slot or line that is wrong; "" for the whole
	Text  string // a sentence with the fix, in English
	Err   error  // may be nil

	Phrase // what Text was made of, for faces that speak other languages
}

// Phrase is English words with gaps, kept apart from what fills them, so that
// a face can say them in the reader's language.
type Phrase struct {
	Format string // of package fmt
	Args   []any  // a Phrase, a *Refusal, a Spoken or a Lang among them is said in that language
}

// Spoken is what fills a gap of a phrase and knows how each language says it:
// a name, a length of time. Its String is for readers of English.
type Spoken interface {
	In(lang Lang) string
	fmt.Stringer
}

// Say makes a phrase. Of a long text it repeats the beginning alone, so that
// the fix behind it is read.
func Say(format string, args ...any) Phrase { return Phrase{Format: format, Args: brief(args)} }

// mostRepeated is how many bytes of one text a phrase repeats.
const mostRepeated = 400

func brief(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		out[i] = arg
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String && v.Len() > mostRepeated {
			out[i] = strings.ToValidUTF8(v.String()[:mostRepeated], "") + "…"
		}
	}
	return out
}

// String is the phrase in English.
func (p Phrase) String() string { return fmt.Sprintf(p.Format, p.Args...) }

// Code sorts refusals by what to do next.
type Code string

// The codes of refusals.
const (
	Invalid   Code = "invalid"   // what was sent is wrong: mend it and send it again
	NotFound  Code = "not_found" // nothing has this name
	Forbidden Code = "forbidden" // this person may not do this
	Conflict  Code = "conflict"  // it has changed since it was read: look again
	Overtaken Code = "overtaken" // customers were told something newer: write on from there
	Unsigned  Code = "unsigned"  // a signature is missing, stale or not allowed
)

func (r *Refusal) Error() string {
	if r.Field != "" {
		return r.Field + ": " + r.Text
	}
	return r.Text
}

func (r *Refusal) Unwrap() error { return r.Err }

// Refuse makes a refusal.
func Refuse(code Code, field, format string, args ...any) *Refusal {
	said := Say(format, args...)
	return &Refusal{Code: code, Field: field, Text: said.String(), Phrase: said}
}

// Refusals is several refusals at once, so that nobody mends one error a time.
type Refusals []*Refusal

func (rs Refusals) Error() string {
	lines := make([]string, len(rs))
	for i, r := range rs {
		lines[i] = r.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each refusal.
func (rs Refusals) Unwrap() []error {
	out := make([]error, len(rs))
	for i, r := range rs {
		out[i] = r
	}
	return out
}

// CodeOf returns the code of the first refusal in the chain, or "" for an
// error that is none.
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}
