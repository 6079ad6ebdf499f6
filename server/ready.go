package server

import (
	"context"
	"sync"
	"time"
)

// answerLife is how long one look at the store answers everybody who asks
// whether the service is ready: the look writes, and anybody may ask.
const answerLife = 2 * time.Second

// remembered asks at most once in answerLife and gives everybody the answer.
func remembered(now func() time.Time, ask func(context.Context) error) func(context.Context) error {
	var (
		mu    sync.Mutex
		asked time.Time
		last  error
	)
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if t := now(); asked.IsZero() || t.Sub(asked).Abs() >= answerLife {
			// Whoever asked first may go away; the answer is for the others too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLife)
			defer cancel()
			asked, last = t, ask(ctx)
		}
		return last
	}
}
