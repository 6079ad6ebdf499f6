package store_test

import (
	"os"
	"testing"

	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/store/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, storetest.SQLite) }

func TestPostgres(t *testing.T) {
	if os.Getenv(storetest.PostgresEnv) == "" {
		storetest.PostgresSchema(t) // skips, or fails under CI
	}
	storetest.Run(t, storetest.Postgres)
}

func account() auth.Account { return auth.Account{Person: "dana", Password: "x"} }
