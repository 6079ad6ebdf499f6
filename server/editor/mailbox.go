package editor

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
)

// mailboxView lists the mails of a demonstration.
type mailboxView struct {
	page
	Mails []mailRow
}

type mailRow struct{ Path, Subject, To, When string }

// mailView is one mail as it arrived.
type mailView struct {
	page
	Mail Mail
	When string
	HTML string // address of the HTML part, "" if there is none
}

func (e *Editor) mailbox(v *visit) error {
	mails, err := e.c.Mailbox.Mails(v.Request().Context())
	if err != nil {
		return err
	}
	view := mailboxView{page: e.page(v, v.T("desk.mailbox.title"), "mailbox")}
	for _, m := range mails {
		view.Mails = append(view.Mails, mailRow{"/mailbox/" + m.ID, m.Subject, m.To, v.DateTime(m.At)})
	}
	return e.render(v, http.StatusOK, "mailbox", view)
}

func (e *Editor) mail(v *visit) error {
	m, err := e.c.Mailbox.Mail(v.Request().Context(), v.Param("id"))
	if err != nil {
		return err
	}
	view := mailView{page: e.page(v, m.Subject, "mailbox"), Mail: m, When: v.DateTime(m.At)}
	if m.HTML != "" {
		view.HTML = "/mailbox/" + m.ID + "/html"
		v.Response().Header().Set("Content-Security-Policy", policy+"; frame-src 'self'")
	}
	return e.render(v, http.StatusOK, "mail", view)
}

// styles finds the style sheets of a mail.
var styles = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// letter serves the HTML part of a mail as it arrived, as a page that may do
// nothing but show itself. Its own style sheets count, by their digest.
func (e *Editor) letter(v *visit) error {
	m, err := e.c.Mailbox.Mail(v.Request().Context(), v.Param("id"))
	if err != nil {
		return err
	}
	sources := []string{"'none'"}
	if found := styles.FindAllStringSubmatch(m.HTML, -1); len(found) > 0 {
		sources = nil
		for _, one := range found {
			sum := sha256.Sum256([]byte(one[1]))
			sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
	}
	v.Response().Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups; style-src "+strings.Join(sources, " "))
	return v.HTML(http.StatusOK, m.HTML)
}
