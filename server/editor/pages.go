package editor

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
)

// declared are the pages of the desk. Every other template file is a part
// that pages share, and its name begins with an underscore.
var declared = []string{
	"signin", "goon", "now", "incidents", "incident", "open", "write", "review",
	"plan", "planversions", "planchanges", "planedit", "planwrite", "redact", "statement", "holding", "hold", "offer", "handover", "links", "link", "subscribers", "audit", "account", "mailbox", "mail", "error",
}

// pages are the templates by name. Each is parsed when somebody first asks for
// it: the desk has many, and few people.
type pages map[string]func() (*template.Template, error)

// readPages reads editor/*.html and refuses what is missing or undeclared.
func readPages(fsys fs.FS) (pages, error) {
	files, err := fs.Glob(fsys, "editor/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the desk's templates: %w", err)
	}
	var parts []string
	found := map[string]bool{}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".html")
		if strings.HasPrefix(name, "_") {
			parts = append(parts, f)
			continue
		}
		if !slices.Contains(declared, name) {
			return nil, fmt.Errorf("%s is a template that no page of the desk declares; declare it or remove it", f)
		}
		found[name] = true
	}
	shared, err := template.New("").Option("missingkey=error").ParseFS(fsys, parts...)
	if err != nil {
		return nil, fmt.Errorf("parse the desk's shared templates: %w", err)
	}
	out := pages{}
	for _, name := range declared {
		if !found[name] {
			return nil, fmt.Errorf("the template editor/%s.html is missing", name)
		}
		out[name] = sync.OnceValues(func() (*template.Template, error) {
			page, err := shared.Clone()
			if err != nil {
				return nil, fmt.Errorf("copy the desk's shared templates: %w", err)
			}
			return page.ParseFS(fsys, "editor/"+name+".html")
		})
	}
	return out, nil
}

// page is what every page shows around its own content.
type page struct {
	language.Printer
	Title    string
	Section  string // of the navigation
	Org      string
	Me       plan.Person // zero before sign-in
	Roles    string
	Said     string    // a sentence about what was just done
	Paused   string    // a warning that mails wait, "" if they do not
	Problems []problem // what keeps a form from being accepted
	Assets   assets
	Mailbox  bool
	Public   string // address of the public page
	At       time.Time
}

// problem is one entry of the summary of errors, linked to its field.
type problem struct {
	Field string // name of the field; "" for the whole
	Text  string
}

// ID is the identifier of the field on the page.
func (p problem) ID() string { return fieldID(p.Field) }

func fieldID(name string) string { return "f-" + name }

// Problem returns what is wrong with a field, "" for nothing.
func (p page) Problem(field string) string {
	for _, one := range p.Problems {
		if one.Field == field {
			return one.Text
		}
	}
	return ""
}

// said are the sentences that a redirect may ask for.
var said = []string{"saved", "submitted", "signed", "published", "parked", "changes", "suggested", "reworded", "resubmitted", "confirmed", "kept", "withdrawn", "started", "prepared", "moved", "rebased", "offered", "accepted", "declined", "assumed", "held", "ended", "seen", "practised", "mapped", "password", "codes_on", "codes_off", "signed_out"}

func (e *Editor) page(v *visit, title, section string) page {
	p := page{
		Printer: v.Printer, Title: title, Section: section, Me: v.person, Assets: e.assets,
		Mailbox: e.c.Mailbox != nil, Public: e.c.PublicURL, At: e.c.Now(),
	}
	if v.plan != nil {
		p.Org = v.plan.Catalogue.Organisation
		p.Roles = roleNames(v.plan, v.Printer, v.plan.RolesOf(v.person.ID))
	}
	if e.c.Paused != nil {
		// Who cannot be told of a pause can still work.
		if since, paused, err := e.c.Paused(v.Request().Context()); err != nil {
			e.c.Log.WarnContext(v.Request().Context(), "whether mails are paused could not be read", "error", err)
		} else if paused {
			p.Paused = v.T("desk.paused", "ago", v.ago(since, e.c.Now()))
		}
	}
	if s := v.QueryParam("said"); slices.Contains(said, s) {
		p.Said = v.T("desk.said." + s)
	}
	return p
}

// render writes a page.
func (e *Editor) render(c echo.Context, status int, name string, view any) error {
	return e.renderPart(c, status, name, "layout", view)
}

// renderPart writes a part of a page. It is rendered whole first, so that an
// error never follows half of it.
func (e *Editor) renderPart(c echo.Context, status int, name, part string, view any) error {
	parsed, ok := e.pages[name]
	if !ok {
		return errors.New("no template has the name " + name)
	}
	t, err := parsed()
	if err != nil {
		return fmt.Errorf("parse a page of the desk: %w", err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, view); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(status)
	}
	return c.HTMLBlob(status, b.Bytes())
}
