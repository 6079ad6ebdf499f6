package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// sweep wakes the jobs of dead processes and stores a job for everything that
// waits and has none. Jobs are unique, so it does no harm where there is one.
func (o *Outbox) sweep(ctx context.Context) error {
	if err := o.takeUp(ctx, time.Now().Add(-o.pace.abandoned())); err != nil {
		return err
	}
	unspread, err := o.config.Store.Unspread(ctx)
	if err != nil {
		return fmt.Errorf("list the fan-outs that are not finished: %w", err)
	}
	undelivered, err := o.config.Store.Undelivered(ctx)
	if err != nil {
		return fmt.Errorf("list the publications that are not delivered: %w", err)
	}
	unsent, err := o.config.Store.Unsent(ctx)
	if err != nil {
		return fmt.Errorf("list the notices that are not sent: %w", err)
	}
	if err := o.tidy(ctx); err != nil {
		return err
	}
	_, waits, err := o.config.Store.NextSignup(ctx)
	if err != nil {
		return fmt.Errorf("look for requests for mail that wait: %w", err)
	}
	var jobs []river.JobArgs
	if waits {
		jobs = append(jobs, signupArgs{})
	}
	for _, number := range append(unspread, undelivered...) {
		jobs = append(jobs, deliverArgs{number})
	}
	for _, id := range unsent {
		jobs = append(jobs, noticeArgs{id})
	}
	for _, job := range jobs {
		if _, err := o.client.Insert(ctx, job, nil); err != nil {
			return fmt.Errorf("store a job for what waits: %w", err)
		}
	}
	return nil
}

// tidy deletes what nobody confirmed in time.
func (o *Outbox) tidy(ctx context.Context) error {
	purged, ended, err := o.config.Store.Tidy(ctx, o.config.Now())
	if err != nil {
		return err
	}
	if purged+ended > 0 {
		o.config.Log.InfoContext(ctx, "tidied what people asked for", "requests deleted", purged, "subscriptions that ended by themselves", ended)
	}
	return nil
}

// sweepOn sweeps until Stop: for what another program stored without a job,
// and for jobs that failed too often.
func (o *Outbox) sweepOn(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-o.stopping
		cancel()
	}()
	tick := time.NewTicker(o.pace.Sweep)
	defer tick.Stop()
	for {
		select {
		case <-o.stopping:
			return
		case <-tick.C:
		}
		if err := o.sweep(ctx); err != nil && !o.halted() {
			o.config.Log.ErrorContext(ctx, "looking for mail that waits without a job failed; it is tried again", "error", err)
		}
	}
}

// takeUp makes the jobs available again that were begun before the time and
// still run: their process is dead. The library does so too, but only where it
// leads, and every half a minute. Should it be wrong about one, two jobs work
// side by side, and the leases keep them from telling anybody twice.
func (o *Outbox) takeUp(ctx context.Context, begun time.Time) error {
	executor := o.driver.GetExecutor()
	for {
		jobs, err := executor.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: 100, StuckHorizon: begun})
		if err != nil {
			return fmt.Errorf("list the jobs of dead processes: %w", err)
		}
		if len(jobs) == 0 {
			return nil
		}
		rescue := riverdriver.JobRescueManyParams{StuckHorizon: begun}
		for _, job := range jobs {
			rescue.ID = append(rescue.ID, job.ID)
			rescue.Error = append(rescue.Error, []byte(`{"error":"the process that ran it ended","attempt":0,"trace":""}`))
			rescue.FinalizedAt = append(rescue.FinalizedAt, nil)
			rescue.ScheduledAt = append(rescue.ScheduledAt, time.Now())
			rescue.State = append(rescue.State, string(rivertype.JobStateAvailable))
		}
		if _, err := executor.JobRescueMany(ctx, &rescue); err != nil {
			return fmt.Errorf("take up the jobs of dead processes: %w", err)
		}
	}
}

// depose ends the leadership of a dead process among the library's clients,
// which would else keep jobs that sleep from waking for a quarter of a minute.
func (o *Outbox) depose(ctx context.Context) error {
	executor := o.driver.GetExecutor()
	leader, err := executor.LeaderGetElectedLeader(ctx, &riverdriver.LeaderGetElectedLeaderParams{})
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = executor.LeaderResign(ctx, &riverdriver.LeaderResignParams{ElectedAt: leader.ElectedAt, LeaderID: leader.LeaderID})
	}
	if err != nil {
		return fmt.Errorf("end the leadership of a dead process: %w", err)
	}
	return nil
}
