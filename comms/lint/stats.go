package lint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// Rates says how often each rule fired on a collection of updates.
type Rates struct {
	Updates int    `json:"updates"`
	Blocked int    `json:"blocked"` // updates with at least one finding that blocks
	Rules   []Rate `json:"rules"`   // rules on words, in the order of the table
}

// Rate is how often one rule fired.
type Rate struct {
	Rule     Rule       `json:"rule"`
	Level    plan.Level `json:"level"`
	Updates  int        `json:"updates"` // with at least one finding
	Findings int        `json:"findings"`
}

// maxLine bounds one update of a collection in bytes.
const maxLine = 1 << 20

// update is a line of a collection.
type update struct {
	Title, Body string
	Lang        comms.Lang // the plan's source language unless given
	Vendor      string     // the company that said it, whose own name is no finding
	URL         string     // where it did; addresses of that domain are its own
}

// under is the plan by which the update is judged.
func (u update) under(p *plan.Plan) *plan.Plan {
	if u.Vendor == "" {
		return p
	}
	whose := *p
	whose.Catalogue.Organisation = u.Vendor
	whose.Domains = append(slices.Clone(p.Domains), u.domains()...)
	return &whose
}

func (u update) text() map[comms.Lang]string {
	return map[comms.Lang]string{u.Lang: u.Title + "\n\n" + u.Body}
}

// domains takes the whole of the domain under which the update stands.
func (u update) domains() []string {
	at, err := url.Parse(u.URL)
	if err != nil {
		return nil
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(at.Hostname())
	if err != nil {
		return nil
	}
	return []string{"*." + domain}
}

// Stats judges a collection of updates by the rules on words. Each line is a
// JSON object with title, body and lang, and for updates of others vendor and
// url. An error names the line.
func Stats(r io.Reader, p *plan.Plan) (Rates, error) {
	var out Rates
	at := map[Rule]int{}
	for _, rule := range applied(p) {
		if rule.onWords() {
			at[rule.id] = len(out.Rules)
			out.Rules = append(out.Rules, Rate{Rule: rule.id, Level: rule.level})
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n, books := 0, map[string]*Book{}
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var u update
		if err := json.Unmarshal(lines.Bytes(), &u); err != nil {
			return Rates{}, fmt.Errorf("line %d is not a JSON object with title, body and lang: %w", n, err)
		}
		if u.Lang == "" {
			u.Lang = p.Catalogue.Source
		}
		whose := u.Vendor + " " + strings.Join(u.domains(), " ")
		if books[whose] == nil {
			books[whose] = Compile(u.under(p))
		}
		out.count(books[whose].Check(Subject{Reader: "en", Free: u.text()}), at)
	}
	if err := lines.Err(); err != nil {
		return Rates{}, fmt.Errorf("line %d cannot be read: %w", n+1, err)
	}
	return out, nil
}

func (r *Rates) count(report Report, at map[Rule]int) {
	r.Updates++
	if len(report.Blocks()) > 0 {
		r.Blocked++
	}
	hit := map[Rule]bool{}
	for _, f := range report.Findings() {
		rate := &r.Rules[at[f.Rule]]
		rate.Findings++
		if !hit[f.Rule] {
			hit[f.Rule] = true
			rate.Updates++
		}
	}
}
