package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	lite "modernc.org/sqlite"

	"github.com/countersign/countersign/comms/signoff"
)

// connector opens connections of a driver of our own: what a store teaches
// its SQLite is known to the connections of that store alone.
type connector struct {
	driver  *lite.Driver
	address string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.address) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// newVerifier makes a SQLite that knows the functions by which the law asks
// whether the seal of a new row fits it. The keys are public: with them alone
// nobody makes a row that passes.
func newVerifier(keys signoff.Keyring) (*lite.Driver, error) {
	d := new(lite.Driver)
	for name, f := range map[string]struct {
		columns int32
		holds   func(row) bool
	}{
		"countersign_approval": {11, func(r row) bool {
			a, err := scanApproval(r)
			return err == nil && a.Verify(keys) == nil
		}},
		"countersign_publication": {13, func(r row) bool {
			p, err := scanPublication(r)
			if err == nil {
				_, err = p.Restore(keys)
			}
			return err == nil
		}},
	} {
		if err := d.RegisterDeterministicScalarFunction(name, f.columns, func(_ *lite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return f.holds(columns(args)), nil
		}); err != nil {
			return nil, fmt.Errorf("teach SQLite to verify seals: %w", err)
		}
	}
	return d, nil
}

// columns are the values of a row that a trigger is asked about. They scan as
// a row of a query does.
type columns []driver.Value

// Scan refuses what SQLite would have stored as another type.
func (c columns) Scan(dest ...any) error {
	if len(dest) != len(c) {
		return fmt.Errorf("%d columns, want %d", len(c), len(dest))
	}
	for i, d := range dest {
		ok := false
		switch d := d.(type) {
		case *string:
			*d, ok = c[i].(string)
		case *int64:
			*d, ok = c[i].(int64)
		case *int:
			var n int64
			n, ok = c[i].(int64)
			*d = int(n)
		case *[]byte:
			*d, ok = c[i].([]byte)
		}
		if !ok {
			return fmt.Errorf("column %d is a %T, want a %T", i+1, c[i], d)
		}
	}
	return nil
}
