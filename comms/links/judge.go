package links

import (
	"strings"

	"github.com/countersign/countersign/comms"
)

// Verdict is where a mention leads.
type Verdict string

// The verdicts. Unknown, Renamed and Dead want something done.
const (
	Fine    Verdict = "fine"
	Open    Verdict = "open"    // put together while the program runs; nobody can know
	Unseen  Verdict = "unseen"  // only the running page can tell
	Unknown Verdict = "unknown" // a key that the plan does not have: customers see the state of everything
	Renamed Verdict = "renamed" // a key that the plan calls otherwise now; it still works
	Dead    Verdict = "dead"    // nothing is there
)

// Wrong tells whether something is to be done about it.
func (v Verdict) Wrong() bool { return v == Unknown || v == Renamed || v == Dead }

// Judge says where a mention leads under a plan, and for a wrong one what to
// write instead; "" if there is nothing near.
func Judge(c comms.Catalogue, m Mention) (Verdict, string) {
	switch {
	case m.Open:
		return Open, ""
	case m.Key != "":
		return judgeKey(c, m.Key)
	}
	if id, ok := strings.CutPrefix(m.Path, "/components/"); ok {
		id, _, _ = strings.Cut(id, "/")
		if _, ok := c.Component(comms.ComponentID(id)); !ok {
			return Dead, ""
		}
		return Fine, ""
	}
	if m.Path == "/" || m.Path == "/go" {
		return Fine, ""
	}
	return Unseen, ""
}

func judgeKey(c comms.Catalogue, key string) (Verdict, string) {
	l, ok := c.Link(key)
	switch {
	case !ok:
		return Unknown, nearest(c, key)
	case l.Key != key:
		return Renamed, l.Key
	}
	return Fine, ""
}

// nearest is the key that is spelt most like another one.
func nearest(c comms.Catalogue, key string) string {
	var keys []string
	for _, l := range c.Links {
		keys = append(keys, l.Key)
	}
	return comms.Nearest(key, keys)
}
