package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/countersign/countersign/comms"
)

const (
	queuePublications = "publications"
	queueNotices      = "notices"
	queueSignups      = "signups"
)

// deliverArgs names a publication that has somebody to be told.
type deliverArgs struct {
	Publication int64 `json:"publication"`
}

// Kind implements river.JobArgs.
func (deliverArgs) Kind() string { return "deliver" }

// InsertOpts implements river.JobArgsWithInsertOpts: one job for each
// publication, which does not keep a later one out once it is over.
func (deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queuePublications, MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}}
}

// noticeArgs names a notice.
type noticeArgs struct {
	Notice comms.ID `json:"notice"`
}

// Kind implements river.JobArgs.
func (noticeArgs) Kind() string { return "notice" }

// InsertOpts implements river.JobArgsWithInsertOpts. A notice that was given
// up keeps the sweep from trying again for as long as its job is remembered,
// which is a day.
func (noticeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNotices, MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{
		ByArgs: true, ByState: append(unfinished(), rivertype.JobStateCancelled, rivertype.JobStateDiscarded),
	}}
}

// signupArgs is for the requests for mail: one job asks all of them for
// confirmation, because their pace is one for all.
type signupArgs struct{}

// Kind implements river.JobArgs.
func (signupArgs) Kind() string { return "signups" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (signupArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSignups, MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}}
}

// attempts bounds how often a job may fail through the database's fault, which
// is hours; the sweep puts it back after that.
const attempts = 100

func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// retryPolicy is for jobs that failed, as when the database was locked;
// deliveries that failed have a pace of their own.
type retryPolicy struct{}

// NextRetry implements river.ClientRetryPolicy.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Second<<min(len(job.Errors), 6), time.Minute))
}

// Fanout stores the job that carries a publication out, in the transaction
// that publishes.
func (o *Outbox) Fanout(ctx context.Context, tx *sql.Tx, publication int64) error {
	if _, err := o.client.InsertTx(ctx, tx, deliverArgs{publication}, nil); err != nil {
		return fmt.Errorf("store the delivery job: %w", err)
	}
	return nil
}

// Notice stores the job that sends a notice, in the transaction that made it.
func (o *Outbox) Notice(ctx context.Context, tx *sql.Tx, id comms.ID) error {
	if _, err := o.client.InsertTx(ctx, tx, noticeArgs{id}, nil); err != nil {
		return fmt.Errorf("store the notice's job: %w", err)
	}
	return nil
}

// Signups stores the job that asks for confirmation, in the transaction that
// stores a request for mail.
func (o *Outbox) Signups(ctx context.Context, tx *sql.Tx) error {
	if _, err := o.client.InsertTx(ctx, tx, signupArgs{}, nil); err != nil {
		return fmt.Errorf("store the job for requests for mail: %w", err)
	}
	return nil
}
