package limit

import (
	"net/netip"
	"testing"
	"time"
)

func TestLimitsForgetTheOldest(t *testing.T) {
	l := New(time.Hour, 1, 100)
	now := time.Unix(1_700_000_000, 0)
	for i := range 10_000 {
		l.Take(string(rune(i)), now)
	}
	if n := len(l.keys.young) + len(l.keys.older); n > 200 {
		t.Errorf("%d keys are remembered", n)
	}
	if !l.keys.Has(string(rune(9_999))) || l.keys.Has(string(rune(1))) {
		t.Error("the latest key is forgotten, or the first one is not")
	}
}

func TestTake(t *testing.T) {
	l := New(time.Minute, 2, 100)
	now := time.Unix(1_700_000_000, 0)
	for i, want := range []time.Duration{0, 0, time.Minute, time.Minute} {
		if got := l.Take("a", now); got != want {
			t.Errorf("take %d: wait %v, want %v", i+1, got, want)
		}
	}
	if l.Take("b", now) != 0 || l.Take("a", now.Add(time.Minute)) != 0 {
		t.Error("another key or a later time must wait")
	}
}

func TestNetworks(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := Network(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s counts as %s, want %s", addr, got, want)
		}
	}
}
