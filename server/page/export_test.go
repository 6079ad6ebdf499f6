package page

// KeepEvery has a keeper make checkpoints more often than it does for customers.
func (k *Keeper) KeepEvery(publications int64) { k.apart = publications }

// The codings, for tests.
var (
	Zipped   = zipped
	Brotlied = brotlied
)
