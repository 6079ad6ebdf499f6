package mail

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/countersign/countersign/comms"
)

// Address puts what somebody typed as a mail address in the form in which it
// is kept: without blanks around it, and with its domain as mail servers know
// it (RFC 5891). A *comms.Refusal says what is wrong with one that is none.
func Address(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	at := strings.LastIndexByte(typed, '@')
	if at <= 0 || at == len(typed)-1 {
		return "", comms.Refuse(comms.Invalid, "address", "this is not a whole mail address; write it as name@example.com")
	}
	domain, err := idna.Lookup.ToASCII(typed[at+1:])
	address := typed[:at+1] + strings.ToLower(domain)
	if err != nil || !utf8.ValidString(typed) || !ValidAddress(address) || !strings.Contains(domain, ".") && domain != "localhost" {
		return "", comms.Refuse(comms.Invalid, "address", "mail cannot go to this address; write it as name@example.com")
	}
	return address, nil
}

// signup is what the templates signup.html and signup.txt show.
type signup struct {
	Lang                 comms.Lang
	Dir                  string // "ltr" or "rtl"
	Subject, Lead        string
	Asked                string
	What                 []string
	Confirm, ConfirmText string // "" when there is nothing to confirm
	Until                string
	Change, ChangeText   string // for who gets mail already
	Ignore, Organisation string
	Footer               string
}

// Signup writes the mail that asks the owner of an address whether the request
// was theirs. Whoever gets mail already is told so, with the link to change it,
// and confirms what the request would add. Titles are those of open incidents.
// No word of it is of whoever typed the address in.
func (c *Composer) Signup(s comms.Signup, known comms.Subscriber, titles map[comms.ID]comms.Words, catalogue comms.Catalogue) (Mail, error) {
	wanted := s.Lang
	if wanted == "" {
		wanted = catalogue.Source
	}
	words := c.words.For(wanted)
	page := c.page(catalogue, wanted)
	v := signup{Lang: words.Lang(), Dir: words.Dir(), Organisation: catalogue.Organisation}
	v.Footer, _ = catalogue.Texts.Footer.In(wanted, catalogue.Source)
	v.Subject = words.T("mail.signup.subject", "organisation", catalogue.Organisation)
	v.Lead = words.T("mail.signup.lead", "organisation", catalogue.Organisation)
	v.Asked = words.T("mail.signup.asked")
	v.Ignore = words.T("mail.signup.ignore")
	if known.ID != "" {
		v.Subject = words.T("mail.signup.known.subject", "organisation", catalogue.Organisation)
		v.Lead = words.T("mail.signup.known.lead", "organisation", catalogue.Organisation)
		v.Asked = words.T("mail.signup.known.asked")
		v.Ignore = words.T("mail.signup.known.ignore")
		v.Change, v.ChangeText = page+"/subscriptions/"+c.tokens.Token(known.ID), words.T("mail.change")
	}
	if known.ID == "" || !known.Choice.With(s.Choice).Equal(known.Choice) {
		v.What = words.Choice(s.Choice, catalogue, titles, wanted)
		v.Confirm, v.ConfirmText = page+"/subscriptions/confirm/"+c.tokens.SignupToken(s.ID), words.T("mail.signup.confirm")
		v.Until = words.T("mail.signup.until", "time", words.DateTime(s.AskedAt.Add(comms.SignupLife)))
	}
	plain, html, err := c.fill("signup", v)
	if err != nil {
		return Mail{}, err
	}
	sender, _ := catalogue.Texts.Sender.In(wanted, catalogue.Source)
	return compose(envelope{
		id: fmt.Sprintf("s%s@%s", s.ID, c.host), sender: sender, from: c.config.From, to: s.Address,
		subject: v.Subject, at: s.AskedAt, lang: words.Lang(),
	}, plain, html)
}

// page is the public page's address in a language, without a trailing slash.
func (c *Composer) page(catalogue comms.Catalogue, lang comms.Lang) string {
	page := c.config.PageURL
	if page == "" {
		page = catalogue.PageURL
	}
	if lang != catalogue.Source {
		page += "/" + url.PathEscape(string(lang))
	}
	return page
}
