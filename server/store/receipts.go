package store

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
)

func scanReceipt(r row) (v desk.Receipt, err error) {
	var digest string
	var at int64
	if err = r.Scan(&v.Person, &v.Token, &v.Key, &digest, &v.Update, &at); err != nil {
		return v, err
	}
	v.At = fromMicros(at)
	v.Digest, err = comms.ParseDigest(digest)
	return v, err
}

// Receipt implements desk.Receipts.
func (t *tx) Receipt(ctx context.Context, person plan.PersonID, token, key string) (desk.Receipt, error) {
	r, err := one(ctx, t, scanReceipt, `SELECT person, token, request, digest, update_id, at FROM receipts
		WHERE person = $1 AND token = $2 AND request = $3`, person, token, key)
	return r, missing(err, comms.Say("request"), key)
}

// AddReceipt implements desk.Receipts.
func (t *tx) AddReceipt(ctx context.Context, r desk.Receipt) error {
	return t.insert(ctx, "what a request began", `INSERT INTO receipts (person, token, request, digest, update_id, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.Person, r.Token, r.Key, r.Digest.String(), r.Update, micros(r.At))
}
