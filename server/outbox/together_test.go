package outbox_test

import (
	"testing"

	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store/storetest"
)

func TestSeveralBeginOnANewDatabaseAtOnce(t *testing.T) {
	database := storetest.PostgresSchema(t)
	const processes = 8
	errs := make(chan error)
	for range processes {
		o := newOutbox(t, outbox.Config{Store: openAt(t, database), Pace: brisk}, "127.0.0.1:9")
		go func() { errs <- o.Migrate(t.Context()) }()
	}
	for range processes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
