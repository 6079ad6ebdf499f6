package lint

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Book is a plan's language rules, made ready once for all the texts that they
// judge: the glossary with every form of its terms, names, patterns. Nothing
// in it changes afterwards, so that several may use it at once.
type Book struct {
	plan  *plan.Plan
	rules []rule

	phrasebooks map[comms.Lang]*phrasebook
	glossaries  map[comms.Lang]*glossary
	components  map[comms.Lang]*lexicon
	customers   lexicon
	names       lexicon // products, components and the company itself, as written
	allowed     lexicon // what the plan allows, in any case
	networks    []netip.Prefix
	domains     []string     // the company's own, and others that it links to
	suppliers   map[int]bool // whose names the plan allows
}

// Compile makes a plan's rules ready.
func Compile(p *plan.Plan) *Book {
	b := &Book{
		plan: p, rules: applied(p), phrasebooks: phrasebooks(), suppliers: known(p),
		glossaries: map[comms.Lang]*glossary{}, components: map[comms.Lang]*lexicon{},
	}
	for _, lang := range p.Catalogue.Languages {
		b.glossaries[lang] = compile(p.Glossary, lang)
		b.components[lang] = componentNames(p, lang)
	}
	for _, name := range p.Customers {
		b.customers.add(0, name, len(strings.Fields(name)) == 1)
	}
	for _, name := range p.Products {
		b.names.add(0, name, true)
	}
	b.names.add(0, p.Catalogue.Organisation, true)
	for _, g := range p.Catalogue.Groups {
		b.addNames(g.Name)
		for _, c := range g.Components {
			b.addNames(c.Name)
		}
	}
	for _, w := range p.Allow {
		if network, err := netip.ParsePrefix(w); err == nil {
			b.networks = append(b.networks, network.Masked())
			continue
		}
		b.allowed.add(0, w, false)
	}
	b.domains = append(b.domains, p.Domains...)
	for _, address := range []string{p.Catalogue.PageURL, p.Catalogue.SupportURL} {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			b.domains = append(b.domains, u.Hostname())
		}
	}
	return b
}

// Of tells whether the book was made of this very plan.
func (b *Book) Of(p *plan.Plan) bool { return b.plan == p }

func (b *Book) addNames(w comms.Words) {
	for _, name := range w {
		b.names.add(0, name, true)
	}
}

// componentNames is the lexicon of the components as a language calls them; an
// entry is a component.
func componentNames(p *plan.Plan, lang comms.Lang) *lexicon {
	out := &lexicon{}
	for n, c := range p.Catalogue.Components() {
		if name, _ := c.Name.In(lang, p.Catalogue.Source); name != "" {
			out.add(n, name, false)
		}
	}
	return out
}

func (b *Book) allowsIP(a netip.Addr) bool {
	for _, n := range b.networks {
		if n.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// allowsHost takes the plan's hosts, and with "*.example.com" every host below.
func (b *Book) allowsHost(host string) bool {
	host = strings.ToLower(host)
	for _, d := range b.domains {
		below, wild := strings.CutPrefix(strings.ToLower(d), "*.")
		if host == below || wild && strings.HasSuffix(host, "."+below) {
			return true
		}
	}
	return false
}

// allowsEmail lets the support address through, and addresses of a role at the
// company's own domains.
func (b *Book) allowsEmail(local, domain string) bool {
	support := b.plan.Catalogue.SupportEmail
	if strings.EqualFold(local+"@"+domain, support) {
		return true
	}
	if !publicRoles[strings.ToLower(local)] {
		return false
	}
	_, own, _ := strings.Cut(support, "@")
	return strings.EqualFold(domain, own) || b.allowsHost(domain)
}
