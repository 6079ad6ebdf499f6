package plan

import (
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// The bounds of the links: what one customer reads in a moment of trouble, and
// what a team keeps in its head.
const (
	mostLinks  = 500
	mostSteps  = 6
	mostFormer = 20 // keys that one link had before
)

// links reads the addresses that products lead to. It comes after the
// catalogue, whose components they name.
func (c *compiler) links(v value) {
	seen := map[string]bool{}
	for _, item := range v.list() {
		o := item.object("key", "title", "components", "try", "help", "former")
		l := comms.Link{Key: linkKey(o.need("key")), Title: c.words(o.need("title"), 80), Components: c.linked(o.need("components"))}
		unique(seen, o.get("key"), l.Key)
		for n, step := range o.need("try").list() {
			if n == mostSteps {
				step.bad(fix("keep the steps that help most people"), "the link %s has more than %d steps to try", quote(l.Key), mostSteps)
			}
			l.Try = append(l.Try, c.words(step, 200))
			step.mark(tryPlace(l.Key, n))
		}
		if try := o.get("try"); len(l.Try) == 0 && !try.missing() {
			try.bad(fix("say at least one thing that a customer can try"), "the link %s leaves customers with nothing to do", quote(l.Key))
		}
		if help := o.get("help"); !help.missing() {
			l.Help = address(help)
			c.ownHost(help, l.Help)
		}
		l.Former = c.former(o.get("former"), seen)
		item.mark(linkPlace(l.Key))
		c.plan.Catalogue.Links = append(c.plan.Catalogue.Links, l)
	}
	if n := len(c.plan.Catalogue.Links); n > mostLinks {
		v.bad(fix("join those that lead to the same components"), "the plan has %d links; it may have %d", n, mostLinks)
	}
}

// former reads the keys that a link had before. A key leads to one link, so
// none of them stands anywhere else.
func (c *compiler) former(v value, seen map[string]bool) []string {
	var out []string
	for n, item := range v.list() {
		if n == mostFormer {
			item.bad(fix("remove those that no product uses any more"), "a link has more than %d former keys", mostFormer)
		}
		key := linkKey(item)
		unique(seen, item, key)
		out = append(out, key)
	}
	return out
}

func linkKey(v value) string {
	s := v.oneLine(64)
	if s != "" && !comms.LinkKey(s) {
		v.bad(fix("use 1 to 64 lower-case letters, digits and hyphens, as in \"sign-in\""), "%s is no key of a link", quote(s))
	}
	return s
}

// linked reads the components that a link is about.
func (c *compiler) linked(v value) []comms.ComponentID {
	var known []string
	for _, comp := range c.plan.Catalogue.Components() {
		known = append(known, string(comp.ID))
	}
	var out []comms.ComponentID
	for _, item := range v.list() {
		id := comms.ComponentID(item.as(MistakeLink).choice(known...))
		if slices.Contains(out, id) && id != "" {
			item.bad(fix("remove it"), "%s stands there twice", quote(string(id)))
			continue
		}
		out = append(out, id)
	}
	if len(out) == 0 && !v.missing() {
		v.bad(fix("name the components that customers need for this"), "a link without components could never say that something is wrong")
	}
	return out
}

// ownHost holds an address to the company's own hosts.
func (c *compiler) ownHost(v value, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return // that was said already
	}
	if !c.plan.owns(u) {
		v.as(MistakeLink).bad(fix("use a host of your own, or add it to organisation.domains"), "%s is not one of the plan's domains", quote(strings.ToLower(u.Hostname())))
	}
}

// owns tells whether an address is on one of the company's own hosts.
func (p *Plan) owns(u *url.URL) bool {
	own := slices.Clone(p.Domains)
	for _, a := range []string{p.Catalogue.PageURL, p.Catalogue.SupportURL} {
		if p, err := url.Parse(a); err == nil && p.Hostname() != "" {
			own = append(own, p.Hostname())
		}
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(own, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

func linkPlace(key string) string { return "links." + key }

func tryPlace(key string, step int) string { return linkPlace(key) + ".try." + string(rune('1'+step)) }
