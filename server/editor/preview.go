package editor

import (
	"html"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
)

// previewView is exactly what would go out: every form in every language.
type previewView struct {
	Forms     []choice // page, mail, short, support, product
	Languages []choice
	Texts     []previewText // by language, then form
	Marked    string        // what the marks mean, "" for no marks
	Failed    string        // why there is nothing to show
}

// choice is one of the forms or languages to look at.
type choice struct {
	Key, Label string
	Lang       comms.Lang // the label's own language, "" for the desk's
	Class      string
	Chosen     bool
}

// previewText is one form in one language.
type previewText struct {
	Lang    comms.Lang
	Class   string // "l-0 f-page": which choices show it
	Heading string // "Mail, English", for those who hear the page
	Title   template.HTML
	Body    template.HTML
	Plain   bool   // the body's line breaks count
	Size    string // "212/280"
	Over    bool
}

// maxShort is the most characters of the short form.
const maxShort = 280

// part picks one text out of the words of a language, as HTML.
type part func(comms.Forms) string

// dress turns a part of what would go out into what the page shows: marked,
// compared or as it is.
type dress func(lang comms.Lang, now comms.Forms, p part) template.HTML

func (e *Editor) preview(v *visit, p desk.Preview, put dress) previewView {
	var view previewView
	if p.Err != nil {
		for _, one := range v.problemsOf(p.Err) {
			view.Failed = strings.TrimSpace(view.Failed + " " + one.Text)
		}
		return view
	}
	if r := p.Message.Redaction; r != nil {
		return e.removals(v, r.Reason, p.Message, put)
	}
	form, lang := v.QueryParam("form"), comms.Lang(v.QueryParam("lang"))
	for i, key := range []string{"page", "mail", "short", "support", "product"} {
		view.Forms = append(view.Forms, choice{Key: key, Label: v.T("desk.form." + key), Class: "f-" + key, Chosen: form == key || i == 0})
	}
	chooseOne(view.Forms)
	langs := languagesOf(p.Message, v.plan.Catalogue)
	for i, l := range langs {
		view.Languages = append(view.Languages, choice{Key: string(l), Label: languageName(l), Lang: l, Class: "l-" + digit(i), Chosen: l == lang || i == 0})
		view.Texts = append(view.Texts, v.texts(l, digit(i), p.Message.Forms[l], put)...)
	}
	chooseOne(view.Languages)
	return view
}

// chooseOne leaves the last of the chosen ones: the first is only the default.
func chooseOne(list []choice) {
	for i := len(list) - 1; i > 0; i-- {
		if list[i].Chosen {
			list[0].Chosen = false
			return
		}
	}
}

func digit(i int) string { return string(rune('0' + i%8)) }

// languagesOf lists the languages of a message in the order of the plan.
func languagesOf(m comms.Message, c comms.Catalogue) []comms.Lang {
	var out []comms.Lang
	for _, l := range c.Languages {
		if slices.Contains(m.Languages(), l) {
			out = append(out, l)
		}
	}
	for _, l := range m.Languages() {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func (v *visit) texts(lang comms.Lang, index string, f comms.Forms, put dress) []previewText {
	text := func(form string, title, body part, plain bool) previewText {
		t := previewText{
			Lang: lang, Class: "l-" + index + " f-" + form, Plain: plain,
			Heading: v.T("desk.form."+form) + ", " + languageName(lang), Body: put(lang, f, body),
		}
		if title != nil {
			t.Title = put(lang, f, title)
		}
		return t
	}
	escaped := func(pick func(comms.Forms) string) part {
		return func(f comms.Forms) string { return html.EscapeString(pick(f)) }
	}
	short := text("short", nil, escaped(func(f comms.Forms) string { return f.Short }), true)
	n := utf8.RuneCountInString(f.Short)
	short.Size, short.Over = v.T("desk.size", "size", n, "most", maxShort), n > maxShort
	return []previewText{
		text("page", escaped(func(f comms.Forms) string { return f.Title }), func(f comms.Forms) string { return f.HTML }, false),
		text("mail", escaped(func(f comms.Forms) string { return f.Subject }), escaped(func(f comms.Forms) string { return f.Text }), true),
		short,
		text("support", nil, escaped(func(f comms.Forms) string { return f.Support }), true),
		text("product", nil, escaped(func(f comms.Forms) string { return f.InProduct }), true),
	}
}

// withMarks marks the words that the language rules complain of.
func withMarks(r lint.Report) dress {
	return func(lang comms.Lang, now comms.Forms, p part) template.HTML {
		var about []lint.Finding
		for _, f := range r.Findings() {
			if f.Lang == lang || f.Lang == "" {
				about = append(about, f)
			}
		}
		return mark(p(now), about)
	}
}

// withChanges marks what is different from the message that went before.
func withChanges(previous *comms.Message) dress {
	return func(lang comms.Lang, now comms.Forms, p part) template.HTML {
		if previous == nil || previous.Forms[lang] == (comms.Forms{}) {
			return template.HTML(p(now)) // escaped, or written by the renderer
		}
		return difference(p(previous.Forms[lang]), p(now))
	}
}
