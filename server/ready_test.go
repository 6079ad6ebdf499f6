package server

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestReadinessIsNotAskedForEveryRequest(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	asked, answer := 0, error(nil)
	ready := remembered(func() time.Time { return at }, func(context.Context) error { asked++; return answer })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 1000 {
		if err := ready(gone); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("a thousand requests asked the store %d times", asked)
	}
	answer = errors.New("the disk is full")
	at = at.Add(answerLife)
	if err := ready(t.Context()); !errors.Is(err, answer) || asked != 2 {
		t.Errorf("after a while the answer is %v, asked %d times", err, asked)
	}
}
