package lint

import (
	"strings"
	"sync"

	"github.com/countersign/countersign/comms/plan"
)

// suppliers are companies that others run their services on, each with the
// names that it goes by.
const suppliers = `AWS, Amazon Web Services, Amazon
	Azure, Microsoft Azure, Microsoft
	Google Cloud, Google Cloud Platform, GCP, Google
	Cloudflare
	Fastly
	Akamai
	DigitalOcean
	OVH, OVHcloud
	Hetzner
	Linode
	IBM Cloud
	Oracle Cloud
	Alibaba Cloud
	Heroku, Salesforce
	Vercel
	Netlify
	GitHub
	GitLab
	Atlassian
	Twilio, SendGrid
	Mailgun
	Mailchimp
	Postmark
	Stripe
	PayPal
	Adyen
	Redsys
	Okta, Auth0
	OpenAI
	Anthropic
	Snowflake
	Databricks
	MongoDB Atlas
	Datadog
	PagerDuty
	Zendesk
	Let's Encrypt
	DigiCert
	Equinix
	Telefónica
	Movistar
	Vodafone
	Level 3
	CrowdStrike`

// supplierNames is the lexicon of suppliers; an entry is a company.
var supplierNames = sync.OnceValue(func() *lexicon {
	out := &lexicon{}
	n := 0
	for line := range strings.Lines(suppliers) {
		for name := range strings.SplitSeq(strings.TrimSpace(line), ", ") {
			out.add(n, name, true)
		}
		n++
	}
	return out
})

// known lists the suppliers that a plan allows to be named: those on its list,
// the company itself and its products, by whichever name.
func known(p *plan.Plan) map[int]bool {
	out := map[int]bool{}
	names := append([]string{p.Catalogue.Organisation}, p.Suppliers...)
	names = append(append(names, p.Products...), p.Allow...)
	for _, name := range names {
		t := cut("", name)
		for i := range t.words {
			if found, _, ok := supplierNames().begin(t, i); ok {
				out[found.entry] = true
			}
		}
	}
	return out
}

// blameName finds a supplier named for what went wrong: after a word of cause
// in the sentence, or right beside a word of trouble. A supplier whose product
// customers themselves use ("sign in with Google") is not blamed.
func blameName(j *judge, t *text) []hit {
	if blaming.of(t) == nil {
		return nil
	}
	var out []hit
	for i := 0; i < len(t.words); i++ {
		p, n, ok := supplierNames().begin(t, i)
		if !ok {
			continue
		}
		if !j.suppliers[p.entry] && standsAlone(t, i, n) && t.isBlamed(i, n) {
			supplier := j.sentence(t.lang, "supplier")
			out = append(out, hit{span: t.span(i, n), replace: t.likeWritten(i, supplier), args: []string{"replace", supplier}})
		}
		i += n - 1
	}
	return out
}

// blaming leads from what went wrong to who did it.
var blaming = vocabulary{
	"en": wordSet("caused due because fault blame broke"),
	"es": wordSet("causado causada causa debido debe culpa provocado provocada"),
}

// failing follows a name that is said to have failed.
var failing = wordSet("is was has had went broke failed fails outage incident failure issues issue problems problem downtime disruption está estuvo ha tuvo tiene sufrió sufre falla falló cayó")

// isBlamed judges the name of n words at i.
func (t *text) isBlamed(i, n int) bool {
	s := t.sentenceAt(i)
	if t.any(s.first, i-1, blaming.of(t)) >= 0 {
		return true
	}
	// "an outage at X", "problems of X", "una caída de X"
	if p := t.low(i - 1); (p == "at" || p == "of" || p == "with" || p == "in" || p == "en" || p == "de" || p == "con") && i-2 >= s.first && troubles[t.low(i-2)] {
		return true
	}
	after := i + n
	if after > s.last {
		return false
	}
	switch w := t.low(after); w {
	case "is", "was", "has", "had", "está", "estuvo", "ha", "tuvo", "tiene": // "X is down"
		return t.any(after+1, min(s.last, after+4), troubles) >= 0
	default:
		return failing[w]
	}
}
