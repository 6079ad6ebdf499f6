package page

import (
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/countersign/countersign/server/cache"
)

// memory keeps the documents that were used last, packed, up to a bound.
type memory struct {
	docs   *cache.Cache[string, *Document]
	making singleflight.Group

	mu sync.Mutex
	// redactions is how many there were when the documents were made.
	redactions int64
}

// newMemory makes one for so many bytes of packed documents.
func newMemory(limit int) *memory {
	return &memory{docs: cache.New[string](limit, 1+limit/leastSize, (*Document).size)}
}

// get returns what is held under the key, or makes and holds it: once, however
// many ask at the same time.
func (m *memory) get(key string, make func() (*Document, error)) (*Document, error) {
	if doc, ok := m.docs.Get(key); ok {
		return doc, nil
	}
	made, err, _ := m.making.Do(key, func() (any, error) {
		if doc, ok := m.docs.Get(key); ok { // since
			return doc, nil
		}
		doc, err := make()
		if err != nil {
			return nil, err
		}
		doc = doc.packed()
		m.docs.Add(key, doc)
		return doc, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*Document), nil
}

// forget drops everything that was made before the latest redaction.
func (m *memory) forget(redactions int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.redactions != redactions {
		m.redactions = redactions
		m.docs.Purge()
	}
}
