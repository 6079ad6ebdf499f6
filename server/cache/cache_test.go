package cache_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/server/cache"
)

func TestCache(t *testing.T) {
	c := cache.New[string, string](10, 3, func(s string) int { return len(s) })
	holds := func(what string, want ...string) {
		t.Helper()
		var got []string
		for _, key := range []string{"a", "b", "c", "d"} { // which is a use of each
			if _, ok := c.Get(key); ok {
				got = append(got, key)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") || c.Len() != len(want) {
			t.Errorf("%s: it keeps %v, want %v", what, got, want)
		}
	}
	c.Add("a", "1234")
	c.Add("b", "1234")
	holds("two that fit", "a", "b")
	c.Add("a", "another")
	if v, _ := c.Get("a"); v != "1234" {
		t.Errorf("%q took the place of what was kept", v)
	}
	c.Add("c", "1234") // a was used last, so b goes
	holds("three that do not fit", "a", "c")
	c.Add("b", "")
	c.Add("d", "")
	holds("four are too many, however small", "b", "c", "d")
	c.Remove("c")
	holds("without one", "b", "d")
	c.Add("a", "1234567890")
	holds("its room was free again", "a", "b", "d")
	c.Purge()
	holds("nothing")
	c.Add("a", "12345678901")
	holds("one that is too large")
	c.Add("b", "1234567890")
	holds("all room is free again", "b")
}
