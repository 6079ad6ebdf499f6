package plan

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones of a plan must not depend on the machine

	"github.com/countersign/countersign/comms"
)

// organisation reads who speaks, in which languages, and whose names may be
// said.
func (c *compiler) organisation(v value) {
	o := v.object("name", "page", "support", "time_zone", "languages", "products", "suppliers", "customers", "domains")
	cat := &c.plan.Catalogue
	c.languages(o.need("languages"))
	cat.Organisation = o.need("name").oneLine(80)
	cat.PageURL = address(o.need("page"))
	support := o.need("support").object("url", "email")
	cat.SupportURL = address(support.need("url"))
	cat.SupportEmail = email(support.need("email"))
	cat.TimeZone = timeZone(o.need("time_zone"))
	c.plan.Products = c.strings(o.get("products"), 80)
	c.plan.Suppliers = c.strings(o.get("suppliers"), 80)
	c.plan.Customers = c.strings(o.get("customers"), 80)
	c.plan.Domains = c.strings(o.get("domains"), 253)
	for i, item := range o.get("domains").list() {
		if i < len(c.plan.Domains) && !hostPattern.MatchString(c.plan.Domains[i]) {
			item.bad(fix("write the bare name, as in \"help.example.com\", or \"*.example.com\" for every host below it"), "%s is no host name", quote(c.plan.Domains[i]))
		}
	}
}

var (
	langPattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	hostPattern = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]{2,}$`)
)

func (c *compiler) languages(v value) {
	o := v.object("source", "required", "optional")
	source := lang(o.need("source"))
	if source == "" {
		source = "en"
	}
	c.plan.Required = []comms.Lang{source}
	for _, item := range o.get("required").list() {
		if l := lang(item); l != "" && !slices.Contains(c.plan.Required, l) {
			c.plan.Required = append(c.plan.Required, l)
		}
	}
	all := slices.Clone(c.plan.Required)
	for _, item := range o.get("optional").list() {
		l := lang(item)
		if slices.Contains(all, l) {
			item.bad(fix("keep it in one place"), "the language %q stands there already", l)
		} else if l != "" {
			all = append(all, l)
		}
	}
	c.plan.Catalogue.Source, c.plan.Catalogue.Languages = source, all
	c.langs = texts(all)
}

func lang(v value) comms.Lang {
	s := v.oneLine(20)
	if s != "" && !langPattern.MatchString(s) {
		v.bad(fix("write its short name, as in \"en\", \"es\" or \"pt-BR\""), "%s is no language", quote(s))
		return ""
	}
	return comms.Lang(s)
}

// address reads a web address without anything that a person cannot see
// through: no user, query or fragment, no trailing slash.
func address(v value) string {
	s := v.oneLine(500)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(s, "/") {
		v.bad(fix("write it as \"https://status.example.com\", without a slash at the end"), "%s is not an address that can be used here", quote(s))
	}
	return s
}

func email(v value) string {
	s := v.oneLine(254)
	if s == "" {
		return ""
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		v.bad(fix("write it as \"name@example.com\""), "%s is not a mail address", quote(s))
	}
	return s
}

func timeZone(v value) string {
	s := v.oneLine(64)
	if s == "" {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		v.bad(fix("write its name in the tz database, as in \"Europe/Madrid\" or \"UTC\""), "%s is no time zone", quote(s))
	}
	return s
}
