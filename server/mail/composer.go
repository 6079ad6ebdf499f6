package mail

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"strings"
	text "text/template"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/language"
)

// Config says from where mails come and where their links lead. It holds
// addresses and no words.
type Config struct {
	From    string // address that mails come from
	PageURL string // of the public page, without a trailing slash; "" takes the signed one
	DeskURL string // of the desk, without a trailing slash
}

// Composer writes mails. It does not change and is safe for use by several
// goroutines.
type Composer struct {
	config Config
	host   string // right side of identifiers
	words  *language.Catalogue
	tokens Tokens
	html   *template.Template
	text   *text.Template
}

// NewComposer reads mail/*.html and mail/*.txt of the templates.
func NewComposer(config Config, fsys fs.FS, words *language.Catalogue, tokens Tokens) (*Composer, error) {
	if !ValidAddress(config.From) {
		return nil, fmt.Errorf("the address that mails come from is not one: set it as status@example.com")
	}
	if err := checkURL(config.DeskURL); err != nil {
		return nil, fmt.Errorf("the desk's address %w", err)
	}
	if config.PageURL != "" {
		if err := checkURL(config.PageURL); err != nil {
			return nil, fmt.Errorf("the page's address %w", err)
		}
	}
	c := &Composer{config: config, words: words, tokens: tokens}
	c.host = config.From[strings.LastIndexByte(config.From, '@')+1:]
	var err error
	if c.html, err = template.ParseFS(fsys, "mail/*.html"); err != nil {
		return nil, fmt.Errorf("read the mails' templates: %w", err)
	}
	if c.text, err = text.ParseFS(fsys, "mail/*.txt"); err != nil {
		return nil, fmt.Errorf("read the mails' templates: %w", err)
	}
	return c, nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(s, "/") {
		return fmt.Errorf("%q is not one: write it as https://status.example.com, without a slash at its end", s)
	}
	return nil
}

// Recipient is a subscriber as a mail needs to know them.
type Recipient struct {
	Subscriber comms.ID
	Address    string
	Lang       comms.Lang // "" for the language that everything is written in first
}

// update is what the templates update.html and update.txt show.
type update struct {
	Lang, Signed              comms.Lang // of the frame, and of the signed words
	Dir                       string     // of the frame: "ltr" or "rtl"
	Organisation, Title       string
	Untranslated              string // frame sentence; "" when the words are in the reader's language
	Body                      template.HTML
	Text                      string
	Footer                    string
	Link, LinkText            string
	End, EndText, WhyYouGetIt string
	Change, ChangeText        string
}

// Update writes the mail that tells one subscriber of a publication, in their
// language if it was signed in it, else in the source language with a sentence
// that says so. Every word that a person chose is the publication's or the
// catalogue's; the rest is the frame's.
func (c *Composer) Update(p signoff.Publication, catalogue comms.Catalogue, to Recipient) (Mail, error) {
	if p.IsZero() {
		return Mail{}, comms.Refuse(comms.Unsigned, "", "this is no publication, and nothing else is sent")
	}
	m := p.Message()
	if r := p.Redacted(); r != nil {
		return Mail{}, comms.Refuse(comms.Invalid, "", "the words of publication %d were removed by publication %d, so no mail tells of it", p.Number(), r.Number)
	}
	if m.Incident == nil || len(m.Forms) == 0 {
		return Mail{}, comms.Refuse(comms.Invalid, "", "publication %d has no words for customers, so no mail tells of it", p.Number())
	}
	wanted := to.Lang
	if wanted == "" {
		wanted = catalogue.Source
	}
	forms, lang := m.In(wanted, catalogue.Source)
	words := c.words.For(wanted)
	v := update{Lang: words.Lang(), Dir: words.Dir(), Organisation: catalogue.Organisation}
	if lang != wanted {
		v.Untranslated = words.T("mail.untranslated")
	}
	if forms.Text == "" {
		return Mail{}, comms.Refuse(comms.Invalid, "", "publication %d has no words in any language, so no mail tells of it", p.Number())
	}
	page := c.page(catalogue, wanted)
	v.Signed, v.Title, v.Text = lang, forms.Title, forms.Text
	v.Body = template.HTML(forms.HTML) // signed, and rendered from a small subset of Markdown
	v.Footer, _ = catalogue.Texts.Footer.In(wanted, catalogue.Source)
	v.Link, v.LinkText = page+placeOf(*m.Incident), words.T("mail.read")
	v.End, v.EndText = page+"/subscriptions/"+c.tokens.Token(to.Subscriber), words.T("mail.end")
	v.Change, v.ChangeText = v.End, words.T("mail.change")
	v.WhyYouGetIt = words.T("mail.why", "organisation", catalogue.Organisation)

	plain, html, err := c.fill("update", v)
	if err != nil {
		return Mail{}, err
	}
	sender, _ := catalogue.Texts.Sender.In(wanted, catalogue.Source)
	return compose(envelope{
		id:     fmt.Sprintf("p%d.%s@%s", p.Number(), to.Subscriber, c.host),
		thread: fmt.Sprintf("%s.%s@%s", m.Incident.ID, to.Subscriber, c.host),
		sender: sender, from: c.config.From, to: to.Address,
		subject: forms.Subject, at: p.At(), lang: lang,
		more: [][2]string{
			{"List-Id", "<status." + c.host + ">"},                  // RFC 2919
			{"List-Unsubscribe", "<" + v.End + ">"},                 // RFC 2369
			{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}, // RFC 8058
		},
	}, plain, html)
}

func placeOf(i comms.Incident) string {
	if i.Kind == comms.KindMaintenance {
		return "/maintenances/" + string(i.ID)
	}
	return "/incidents/" + string(i.ID)
}

// fill fills both templates of a name.
func (c *Composer) fill(name string, v any) (plain, html string, err error) {
	var t, h bytes.Buffer
	if err := c.text.ExecuteTemplate(&t, name+".txt", v); err != nil {
		return "", "", fmt.Errorf("fill the mail's text: %w", err)
	}
	if err := c.html.ExecuteTemplate(&h, name+".html", v); err != nil {
		return "", "", fmt.Errorf("fill the mail's HTML: %w", err)
	}
	return t.String(), h.String(), nil
}
