package server

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

// TestCheckpointsLieOnTheStoredChain keeps them on both databases, one in the
// place of the other, and refuses one of another chain.
func TestCheckpointsLieOnTheStoredChain(t *testing.T) {
	for name, st := range map[string]*store.Store{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			ctx, c := t.Context(), checkpoints{st, storetest.Key(), storetest.Keys()}
			office := storetest.NewOffice(t, st)
			if none, err := c.Checkpoint(ctx); err != nil || none.Head().Number != 0 {
				t.Fatalf("before there is one: %v, %v", none.Head(), err)
			}
			for range 2 {
				office.Publish("minor")
				pubs, err := st.Publications(ctx, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				outlines, err := signoff.Outlines(pubs)
				if err != nil {
					t.Fatal(err)
				}
				head := pubs[len(pubs)-1].Head()
				if err := c.Keep(ctx, head, outlines); err != nil {
					t.Fatal(err)
				}
				if got, err := c.Checkpoint(ctx); err != nil || got.Head().String() != head.String() {
					t.Errorf("kept at %s: found %s, %v", head, got.Head(), err)
				}
				if err := c.Keep(ctx, signoff.Head{Number: head.Number, Seal: pubs[0].Head().Seal}, outlines); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Checkpoint(ctx); err == nil || !strings.Contains(err.Error(), "another chain") {
					t.Errorf("one of another chain: %v", err)
				}
			}
			rows := 0
			if err := st.DB().QueryRowContext(ctx, `SELECT COUNT(*) FROM checkpoints`).Scan(&rows); err != nil || rows != 1 {
				t.Errorf("%d are kept, %v", rows, err)
			}
		})
	}
}
