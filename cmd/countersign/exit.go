package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/countersign/countersign/comms"
)

// The exit codes, as every command uses them.
const (
	exitFinding = 1 // the program did its work and the answer is no: a finding, a refusal
	exitUsage   = 2 // the work could not be done: a wrong flag, setting or environment

	// Of commands that talk to a running service.
	exitRefused     = 3 // it refuses: not allowed, not there, changed meanwhile
	exitUnreachable = 4 // it does not answer, or cannot do it now
)

// exitError ends the program with a code. An Err of nil has been told already.
type exitError struct {
	Code int
	Err  error
}

func (e *exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e *exitError) Unwrap() error { return e.Err }

// tell writes the error for a person to read and gives the exit code.
func tell(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	code := exitUsage
	if comms.CodeOf(err) != "" {
		code = exitFinding
	}
	var e *exitError
	if errors.As(err, &e) {
		code = e.Code
		if e.Err == nil {
			return code
		}
	}
	fmt.Fprintf(w, "countersign: %v\n", err)
	return code
}
