package store

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/cache"
)

// restorer restores publications, and keeps those that it restored last: each
// step at the desk reads the plan in force, which takes milliseconds to decode
// and verify.
//
// Nothing is believed for it that would not be believed without it. Whether a
// row holds follows from its bytes and the store's keys alone (signoff.Restore
// asks no clock and no other row), and what is kept lies under the SHA-256 of
// every byte of the row, of its words and of the redaction that goes with it.
// Each use reads them from the database again and hashes them; one changed bit
// is another row, which is verified from nothing. Only what held is kept, and
// nobody changes it: whoever writes works on copies.
//
// What walks the whole chain goes past it: the page's start, the audit, and the
// law's triggers, which judge rows before they are stored.
type restorer struct {
	keys  signoff.Keyring
	known *cache.Cache[[sha256.Size]byte, restored]
}

type restored struct {
	signoff.Publication
	size int // of its words and its warrant, in bytes
}

const (
	mostKept = 2 << 20 // bytes; decoded they take about twice that
	mostRows = 1024
)

func newRestorer(keys signoff.Keyring) *restorer {
	return &restorer{keys, cache.New[[sha256.Size]byte](mostKept, mostRows, func(p restored) int { return p.size })}
}

func (r *restorer) restore(raw RawPublication) (signoff.Publication, error) {
	name := raw.name()
	if p, ok := r.known.Get(name); ok {
		return p.Publication, nil
	}
	p, err := raw.Restore(r.keys)
	if err == nil {
		r.known.Add(name, restored{p, len(raw.Content) + len(raw.Warrant)})
	}
	return p, err
}

// forget drops everything, after words were taken away by a redaction. Whoever
// began to read before may put some back; no row goes by their name any more.
func (r *restorer) forget() { r.known.Purge() }

// name is the SHA-256 of everything that Restore looks at.
func (r RawPublication) name() (sum [sha256.Size]byte) {
	h := sha256.New()
	part := func(b []byte) { // with its length in front, so that no two rows run together to the same
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	number := func(v int64) { part(binary.BigEndian.AppendUint64(nil, uint64(v))) }
	number(r.Number)
	number(r.At)
	for _, s := range []string{r.Digest, r.Kind, r.Update, r.Incident, r.Phase, r.WarrantKind, r.Warrant, r.Frame, r.Previous, r.Seal} {
		part([]byte(s))
	}
	part(r.Content)
	if r.Redaction != nil {
		by := r.Redaction.name()
		part(by[:])
	}
	h.Sum(sum[:0])
	return sum
}
