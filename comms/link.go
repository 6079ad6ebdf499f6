package comms

import (
	"regexp"
	"slices"
)

// Link is an address that a product leads its customers to when something
// does not work: /go/KEY on the public page.
type Link struct {
	Key        string        `json:"key"`        // as LinkKey asks for
	Title      Words         `json:"title"`      // what the customer was doing
	Components []ComponentID `json:"components"` // at least one
	Try        []Words       `json:"try"`        // what to try when nothing is known; at least one step
	Help       string        `json:"help"`       // where to get help with just this; "" for the company's own address
	// Former are keys that products in the field still use for it.
	Former []string `json:"former,omitempty"`
}

var linkKey = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// LinkKey tells whether a text can be the key of a link: 1 to 64 lower-case
// letters, digits and hyphens.
func LinkKey(s string) bool { return linkKey.MatchString(s) }

// Had tells whether a key is the link's, or was.
func (l Link) Had(key string) bool { return l.Key == key || slices.Contains(l.Former, key) }

// Link finds a link by its key, or by one that it had before.
func (c Catalogue) Link(key string) (Link, bool) {
	for _, l := range c.Links {
		if l.Had(key) {
			return l, true
		}
	}
	return Link{}, false
}
