// Package cache keeps what was used last, in so many bytes.
package cache

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache is safe for use by several goroutines. What it keeps must not change.
type Cache[K comparable, V any] struct {
	most int // bytes
	of   func(V) int

	mu   sync.Mutex
	kept *simplelru.LRU[K, V]
	size int // of all that is kept, in bytes
}

// New makes a cache of at most so many bytes, as of counts them for a value,
// and of at most so many values, of which there must be one or more.
func New[K comparable, V any](bytes, values int, of func(V) int) *Cache[K, V] {
	c := &Cache[K, V]{most: bytes, of: of}
	c.kept, _ = simplelru.NewLRU(values, func(_ K, v V) { c.size -= of(v) }) // fails for no values alone
	return c
}

// Get returns what is kept under a key.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add keeps a value, unless one is kept under the key. What was used longest
// ago makes room for it; a value that is too large by itself is not kept.
func (c *Cache[K, V]) Add(key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.kept.Contains(key) {
		c.size += c.of(v)
		c.kept.Add(key, v)
	}
	for c.size > c.most {
		c.kept.RemoveOldest()
	}
}

// Len is how many values are kept.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Len()
}

// Remove drops what is kept under a key.
func (c *Cache[K, V]) Remove(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Remove(key)
}

// Purge drops everything.
func (c *Cache[K, V]) Purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Purge()
}
