package page

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// fresh is how many of the newest publications stay as they are. Feeds and
// lists read those at every turn; older ones are packed.
const fresh = 200

// archive is every publication that is known, oldest first. What all gave out
// never changes.
type archive struct {
	pubs   []signoff.Publication
	given  int // of them, all gave out so many
	packed int // of them, so many were packed
	packer *signoff.Packer
	like   int64 // number of the one that the packer was made for
}

// all lists everything, for somebody who changes nothing of it.
func (a *archive) all() []signoff.Publication {
	a.given = len(a.pubs)
	return a.pubs[:a.given:a.given]
}

// head is the number of the last one; 0 for none.
func (a *archive) head() int64 {
	if len(a.pubs) == 0 {
		return 0
	}
	return a.pubs[len(a.pubs)-1].Number()
}

// add takes more at the end.
func (a *archive) add(more []signoff.Publication) error {
	if len(a.pubs)+len(more) > cap(a.pubs) { // whoever was given the old ones keeps them
		grown := make([]signoff.Publication, len(a.pubs), len(a.pubs)*5/4+len(more)+fresh)
		copy(grown, a.pubs)
		a.pubs, a.given = grown, 0
	}
	a.pubs = append(a.pubs, more...)
	return a.pack()
}

// withdraw takes away the words that were redacted since, also where others
// were packed by their likeness to them.
func (a *archive) withdraw() error {
	pubs, err := signoff.Withdraw(a.pubs)
	if err != nil || len(pubs) == 0 || &pubs[0] == &a.pubs[0] {
		return err
	}
	a.pubs, a.given = pubs, 0
	if a.packer != nil && slices.ContainsFunc(pubs, func(p signoff.Publication) bool { return p.Number() == a.like && p.Redacted() != nil }) {
		a.packer, a.packed = nil, 0
	}
	return a.pack()
}

// pack packs what is no longer fresh and was given to nobody.
func (a *archive) pack() error {
	from, to := max(a.packed, a.given), len(a.pubs)-fresh
	if from >= to {
		return nil
	}
	if a.packer == nil {
		if err := a.choose(); err != nil || a.packer == nil {
			return err
		}
	}
	var hands sync.WaitGroup
	share := (to-from)/runtime.GOMAXPROCS(0) + 1
	for ; from < to; from += share {
		part := a.pubs[from:min(from+share, to)]
		hands.Go(func() {
			for i, p := range part {
				part[i] = a.packer.Pack(p)
			}
		})
	}
	hands.Wait()
	a.packed = to
	return nil
}

// choose makes a packer for updates like the first that has words.
func (a *archive) choose() (err error) {
	for _, p := range a.pubs {
		if p.Facts().Kind == comms.MessageUpdate && p.Redacted() == nil {
			a.like = p.Number()
			if a.packer, err = signoff.NewPacker(p); err != nil {
				return fmt.Errorf("keep older publications: %w", err)
			}
			return nil
		}
	}
	return nil
}
