package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

const publicationColumns = `p.number, p.at, p.digest, p.kind, p.update_id, COALESCE(p.incident_id, ''), p.phase, p.warrant_kind, p.warrant, p.frame, p.previous, p.seal, c.bytes`

const publicationTables = ` FROM publications p LEFT JOIN contents c ON c.digest = p.digest `

// RawPublication is a row of publications as it is stored, with the bytes that
// it names (nil if there are none, empty once they were redacted) and the row
// of the redaction that took them away. Nothing of it is believed before Restore.
type RawPublication struct {
	Number                                      int64
	At                                          int64 // UTC microseconds
	Digest, Kind, Update, Incident, Phase       string
	WarrantKind, Warrant, Frame, Previous, Seal string
	Content                                     []byte
	Redaction                                   *RawPublication
}

// fields are where the columns of a row go.
func (r *RawPublication) fields() []any {
	return []any{&r.Number, &r.At, &r.Digest, &r.Kind, &r.Update, &r.Incident, &r.Phase, &r.WarrantKind, &r.Warrant, &r.Frame, &r.Previous, &r.Seal, &r.Content}
}

func scanPublication(r row) (p RawPublication, err error) {
	err = r.Scan(p.fields()...)
	return p, err
}

// Restore verifies the row by signoff.Restore, and that it is found under what
// its signed words say.
func (r RawPublication) Restore(keys signoff.Keyring) (signoff.Publication, error) {
	record := signoff.Record{Number: r.Number, At: fromMicros(r.At), Content: r.Content, Warrant: []byte(r.Warrant), Previous: r.Previous, Seal: r.Seal}
	err := record.Digest.UnmarshalText([]byte(r.Digest))
	if err == nil {
		err = record.Frame.UnmarshalText([]byte(r.Frame))
	}
	if err == nil && r.Redaction != nil {
		record.Redaction, err = r.Redaction.Restore(keys)
	}
	if err == nil && len(r.Content) == 0 && r.Redaction == nil {
		err = fmt.Errorf("its words (content %s) are missing", r.Digest)
	}
	if err != nil {
		return signoff.Publication{}, fmt.Errorf("publication %d cannot be trusted: %w", r.Number, err)
	}
	p, err := signoff.Restore(record, keys)
	if err != nil {
		return signoff.Publication{}, err
	}
	m := p.Message()
	incident, phase := placed(m)
	if string(m.Kind) != r.Kind || string(m.Update) != r.Update || string(incident) != r.Incident || string(phase) != r.Phase || string(p.Warrant().Kind) != r.WarrantKind {
		return signoff.Publication{}, fmt.Errorf("publication %d cannot be trusted: its row says other things than its signed words", r.Number)
	}
	return p, nil
}

// placed tells under which incident and phase a message is found.
func placed(m comms.Message) (comms.ID, comms.Phase) {
	if m.Incident == nil {
		return "", comms.PhaseNone
	}
	return m.Incident.ID, m.Incident.Phase
}

func (t *tx) rawPublications(ctx context.Context, query string, args ...any) ([]RawPublication, error) {
	rows, err := all(ctx, t, scanPublication, `SELECT `+publicationColumns+publicationTables+query, args...)
	if err == nil {
		err = t.redactions(ctx, rows)
	}
	if err != nil {
		return nil, fmt.Errorf("read publications: %w", err)
	}
	return rows, nil
}

// redactions gives each row the redaction that took its words away, whether
// that one is among the rows or not.
func (t *tx) redactions(ctx context.Context, rows []RawPublication) error {
	if len(rows) == 0 {
		return nil
	}
	first, last := rows[0].Number, rows[0].Number
	for _, r := range rows {
		first, last = min(first, r.Number), max(last, r.Number)
	}
	type redaction struct {
		of int64
		by RawPublication
	}
	found, err := all(ctx, t, func(r row) (d redaction, err error) {
		err = r.Scan(append([]any{&d.of}, d.by.fields()...)...)
		return d, err
	}, `SELECT d.publication, `+publicationColumns+publicationTables+`JOIN redactions d ON d.redaction = p.number
		WHERE d.publication >= $1 AND d.publication <= $2`, first, last)
	if err != nil {
		return err
	}
	by := make(map[int64]*RawPublication, len(found))
	for i := range found {
		by[found[i].of] = &found[i].by
	}
	for i := range rows {
		rows[i].Redaction = by[rows[i].Number]
	}
	return nil
}

func (t *tx) restored(ctx context.Context, query string, args ...any) ([]signoff.Publication, error) {
	rows, err := t.rawPublications(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	out := make([]signoff.Publication, len(rows))
	for i, r := range rows {
		if out[i], err = t.s.known.restore(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Head implements desk.Ledger. It restores the last publication, so that
// nobody publishes on top of one that nobody signed.
func (t *tx) Head(ctx context.Context) (signoff.Head, error) {
	ps, err := t.restored(ctx, `ORDER BY p.number DESC LIMIT 1`)
	if err != nil {
		return signoff.Head{}, fmt.Errorf("read the head of the chain; run `countersign audit verify` to see every row that cannot be true: %w", err)
	}
	if len(ps) == 0 {
		return signoff.Head{}, nil
	}
	return ps[0].Head(), nil
}

func (t *tx) headAt(ctx context.Context, query string, args ...any) (h signoff.Head, err error) {
	var seal string
	err = t.tx.QueryRowContext(ctx, query, args...).Scan(&h.Number, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return signoff.Head{}, nil
	}
	if err != nil {
		return signoff.Head{}, fmt.Errorf("read the head of the chain: %w", err)
	}
	h.Seal, err = signoff.ParseSeal(seal)
	return h, err
}

// Publication implements desk.Ledger.
func (t *tx) Publication(ctx context.Context, number int64) (signoff.Publication, error) {
	ps, err := t.restored(ctx, `WHERE p.number = $1`, number)
	if err == nil && len(ps) == 0 {
		err = comms.Refuse(comms.NotFound, "", "there is no publication %d", number)
	}
	if err != nil {
		return signoff.Publication{}, err
	}
	return ps[0], nil
}

// PlanInForce implements desk.Ledger. A transaction reads it once: a step at the
// desk asks for it again and again, and it is the largest message of all.
func (t *tx) PlanInForce(ctx context.Context) (signoff.Publication, error) {
	if t.inForce != nil {
		return *t.inForce, nil
	}
	ps, err := t.restored(ctx, `WHERE p.kind = 'plan' ORDER BY p.number DESC LIMIT 1`)
	if err != nil || len(ps) == 0 {
		return signoff.Publication{}, err
	}
	t.inForce = &ps[0]
	return ps[0], nil
}

// Standing implements desk.Ledger. What is open is read from the publications
// themselves, never from the desk's records.
func (t *tx) Standing(ctx context.Context) ([]signoff.Publication, error) {
	closed := anys(closedPhases())
	return t.restored(ctx, `WHERE p.number IN (SELECT MAX(number) FROM publications WHERE incident_id IS NOT NULL GROUP BY incident_id
		HAVING MAX(number) > COALESCE(MAX(CASE WHEN phase IN (`+places(1, len(closed))+`) THEN number END), 0)) ORDER BY p.number`, closed...)
}

// History implements desk.Ledger.
func (t *tx) History(ctx context.Context, incident comms.ID) ([]signoff.Publication, error) {
	return t.restored(ctx, `WHERE p.incident_id = $1 ORDER BY p.number`, incident)
}

// AddPublication implements desk.Ledger.
func (t *tx) AddPublication(ctx context.Context, p signoff.Publication) error {
	if p.IsZero() {
		return errors.New("store the publication: it is none; countersign a message first")
	}
	warrant, err := p.EncodeWarrant()
	if err != nil {
		return fmt.Errorf("encode the warrant of publication %d: %w", p.Number(), err)
	}
	m := p.Message()
	incident, phase := placed(m)
	t.inForce = nil // it may be another from here on
	err = t.insert(ctx, "the publication", `INSERT INTO publications (number, at, digest, kind, update_id, incident_id, phase, warrant_kind, warrant, frame, previous, seal)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		p.Number(), micros(p.At()), p.Digest().String(), m.Kind, m.Update, null(string(incident)), phase,
		p.Warrant().Kind, string(warrant), frameText(p.Frame()), p.Previous().String(), p.Head().Seal.String())
	if err != nil || m.Redaction == nil {
		return err
	}
	return t.withdraw(ctx, p.Number(), *m.Redaction)
}

func frameText(d comms.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
