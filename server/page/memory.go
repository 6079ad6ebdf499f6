package page

import (
	"container/list"
	"sync"

	"golang.org/x/sync/singleflight"
)

// memory keeps the documents that were used last, up to a bound.
type memory struct {
	mu     sync.Mutex
	limit  int        // bytes, of the documents as they are before they are compressed
	size   int        // of those that are kept
	order  *list.List // of *held, the last used in front
	byKey  map[string]*list.Element
	making singleflight.Group
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

// get returns what is held under the key, or makes and holds it: once, however
// many ask at the same time.
func (m *memory) get(key string, make func() (*Document, error)) (*Document, error) {
	if doc := m.find(key); doc != nil {
		return doc, nil
	}
	made, err, _ := m.making.Do(key, func() (any, error) {
		if doc := m.find(key); doc != nil { // since
			return doc, nil
		}
		doc, err := make()
		if err == nil {
			m.hold(key, doc)
		}
		return doc, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*Document), nil
}

func (m *memory) find(key string) *Document {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return nil
	}
	m.order.MoveToFront(e)
	return e.Value.(*held).doc
}

func (m *memory) hold(key string, doc *Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.byKey[key]; !ok {
		m.byKey[key] = m.order.PushFront(&held{key, doc})
		m.size += doc.size()
	}
	for m.size > m.limit {
		last := m.order.Remove(m.order.Back()).(*held)
		delete(m.byKey, last.key)
		m.size -= last.doc.size()
	}
}

// forget drops everything that was made before the latest redaction.
func (m *memory) forget(redactions int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.redactions == redactions {
		return
	}
	m.redactions, m.size = redactions, 0
	m.order.Init()
	clear(m.byKey)
}
