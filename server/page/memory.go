package page

import (
	"container/list"
	"sync"
)

// memory keeps the documents that were used last, up to a bound.
type memory struct {
	mu    sync.Mutex
	limit int
	order *list.List // of *held, the last used in front
	byKey map[string]*list.Element
	// redactions is how many there were when the documents were made.
	redactions int64
}

type held struct {
	key string
	doc *Document
}

func newMemory(limit int) *memory {
	return &memory{limit: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

// get returns what is held under the key, or makes and holds it. Two callers
// may make the same document at once: it comes out the same.
func (m *memory) get(key string, make func() (*Document, error)) (*Document, error) {
	m.mu.Lock()
	if e, ok := m.byKey[key]; ok {
		m.order.MoveToFront(e)
		m.mu.Unlock()
		return e.Value.(*held).doc, nil
	}
	m.mu.Unlock()
	doc, err := make()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.byKey[key]; !ok {
		m.byKey[key] = m.order.PushFront(&held{key, doc})
	}
	for m.order.Len() > m.limit {
		last := m.order.Back()
		delete(m.byKey, last.Value.(*held).key)
		m.order.Remove(last)
	}
	return doc, nil
}

// forget drops everything that was made before the latest redaction.
func (m *memory) forget(redactions int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.redactions == redactions {
		return
	}
	m.redactions = redactions
	m.order.Init()
	clear(m.byKey)
}

// allow sets the bound.
func (m *memory) allow(limit int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit = limit
}
