package editor

import "github.com/countersign/countersign/comms"

// acted is where to look after an act, and the sentence that says what it did.
type acted struct{ path, said string }

// act runs what a form asks for of something that the path names, and leads on.
// Where the act is refused, show gives the page of the form again.
func (e *Editor) act(v *visit, do func(comms.ID) (acted, error), show func(v *visit, status int, refused error) error) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	done, err := do(id)
	if err != nil {
		return e.again(v, err, show)
	}
	return v.see(done.path, done.said)
}

// again shows the page of a form that was refused; what is no refusal goes on
// to whoever answers errors.
func (e *Editor) again(v *visit, err error, show func(v *visit, status int, refused error) error) error {
	status := statusOf(err)
	if status == 0 {
		return err
	}
	e.mourn(v, err)
	setRetry(v, err, e)
	return show(v, status, err)
}
