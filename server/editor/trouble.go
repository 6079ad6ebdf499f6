package editor

import (
	"net/http"

	"github.com/countersign/countersign/comms"
)

// troubled is an error of the database that says what is wrong and what to do:
// the disk is full, a server does not answer. Nothing was stored.
type troubled interface {
	error
	Advice() comms.Phrase
}

// advice is what to do about the database's trouble, in the reader's language.
func (v *visit) advice(t troubled) string {
	said := t.Advice()
	text := v.Refusal(&comms.Refusal{Text: said.String(), Phrase: said})
	return v.T("desk.error.trouble") + " " + sentence(text)
}

// mourn logs what people cannot mend though a page tells them of it.
func (e *Editor) mourn(v *visit, err error) {
	if statusOf(err) >= http.StatusInternalServerError {
		e.c.Log.ErrorContext(v.Request().Context(), "the desk could not answer", "path", v.Path(), "error", err)
	}
}

// retrySeconds is when a program may try again after trouble (RFC 9110 section 10.2.3).
const retrySeconds = "10"
