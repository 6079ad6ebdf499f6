package plan

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// The most characters that channels carry.
const (
	titleLimit     = 120
	subjectLimit   = 200
	shortLimit     = 280
	inProductLimit = 160
)

// lengths looks for forms that cannot fit even with the least that their slots
// may hold.
func (k *checker) lengths(t Template) {
	for lang, f := range t.Forms {
		for _, form := range []struct {
			key, text string
			limit     int
		}{{"title", f.Title, titleLimit}, {"subject", f.Subject, subjectLimit}, {"short", f.Short, shortLimit}, {"in_product", f.InProduct, inProductLimit}} {
			at, ok := k.places[formPlace(t.ID, lang, form.key)]
			if n := least(t, form.text); ok && n > form.limit {
				at.as(MistakeLength).bad(fix("shorten its words by %d characters", n-form.limit),
					"this form has at least %d characters, and may have %d", n, form.limit)
			}
		}
	}
}

func least(t Template, text string) int {
	n := len([]rune(slotUse.ReplaceAllString(text, "")))
	for _, m := range slotUse.FindAllStringSubmatch(text, -1) {
		if s, ok := t.Slot(m[1]); ok && s.Required {
			n += s.Min
		}
	}
	return n
}

// own is a text that the plan sends out, and where it stands.
type own struct {
	at   value
	lang comms.Lang
	text string
	of   Template // whose slots it may use
}

// own lists the words of templates, and what links say while nothing is known.
func (k *checker) own() []own {
	var out []own
	for _, lang := range k.plan.Catalogue.Languages {
		for _, t := range k.plan.Templates {
			f := t.Forms[lang]
			for _, form := range []struct{ key, text string }{
				{"title", f.Title}, {"subject", f.Subject}, {"body", f.Body}, {"short", f.Short}, {"support", f.Support}, {"in_product", f.InProduct},
			} {
				if at, ok := k.places[formPlace(t.ID, lang, form.key)]; ok { // a subject may be the title
					out = append(out, own{at, lang, form.text, t})
				}
			}
		}
		for _, l := range k.plan.Catalogue.Links {
			if title := l.Title[lang]; title != "" {
				at := k.places[linkPlace(l.Key)]
				out = append(out, own{k.places[at.path+".title."+string(lang)], lang, title, Template{}})
			}
			for n, step := range l.Try {
				if step[lang] != "" {
					at := k.places[tryPlace(l.Key, n)]
					out = append(out, own{k.places[at.path+"."+string(lang)], lang, step[lang], Template{}})
				}
			}
		}
	}
	return out
}

// words lets a judge see what the plan says of its own.
func (k *checker) words(judge Judge) {
	for _, o := range k.own() {
		for _, c := range judge(k.plan, o.lang, k.example(o)) {
			at := o.at
			if i := strings.Index(o.text, c.Span); c.Span != "" && i >= 0 {
				at = at.within(o.text, i)
			}
			p := at.as(MistakeWords).problem(fix("%s", strings.TrimSuffix(c.Fix, ".")), "%s", []any{strings.TrimSuffix(c.Text, ".")})
			p.Level = c.Level
			k.asked = append(k.asked, p)
		}
	}
}

// example fills a text's slots with what people could have meant.
func (k *checker) example(o own) string {
	return slotUse.ReplaceAllStringFunc(o.text, func(use string) string {
		s, _ := o.of.Slot(strings.Trim(use, "{}?"))
		switch s.Type {
		case SlotTime, SlotNextUpdate:
			return "15:00 UTC"
		case SlotDate:
			return "28 November 2026"
		case SlotURL:
			return k.plan.Catalogue.PageURL
		case SlotDuration:
			return "40 min"
		case SlotComponents:
			if all := k.plan.Catalogue.Components(); len(all) > 0 {
				return all[0].Name[o.lang]
			}
		case SlotChoice, SlotData:
			for _, option := range slices.Concat(s.Options, k.plan.DataSentences) {
				return option.Text[o.lang]
			}
		}
		return "…"
	})
}

var webAddress = regexp.MustCompile(`https?://[^\s()<>\[\]{}"'“”«»]+`)

// links looks for addresses in the plan's own words that lead nowhere: to hosts
// that are not the company's, or to what its page does not have.
func (k *checker) links() {
	for _, o := range k.own() {
		for _, place := range webAddress.FindAllStringIndex(o.text, -1) {
			written := strings.TrimRight(o.text[place[0]:place[1]], ".,;:!?")
			at := o.at.within(o.text, place[0]).as(MistakeLink)
			switch u, err := url.Parse(written); {
			case err != nil || u.Hostname() == "":
				at.bad(fix("write the whole address"), "%s is no address", quote(written))
			case !k.plan.owns(u):
				at.bad(fix("use a host of your own, or add it to organisation.domains"), "%s is not one of the plan's domains", quote(u.Hostname()))
			default:
				k.target(at, u)
			}
		}
	}
}

// target looks at an address of the page that names a key or a component.
func (k *checker) target(at value, u *url.URL) {
	page, err := url.Parse(k.plan.Catalogue.PageURL)
	if err != nil || u.Host != page.Host {
		return
	}
	path := strings.Split(strings.Trim(strings.TrimPrefix(u.Path, page.Path), "/"), "/")
	if len(path) > 1 && slices.Contains(k.plan.Catalogue.Languages, comms.Lang(path[0])) {
		path = path[1:]
	}
	if len(path) < 2 {
		return
	}
	var known []string
	switch path[0] {
	case "go":
		for _, l := range k.plan.Catalogue.Links {
			known = append(known, l.Key)
		}
	case "components":
		for _, c := range k.plan.Catalogue.Components() {
			known = append(known, string(c.ID))
		}
	default:
		return
	}
	if !slices.Contains(known, path[1]) {
		at.bad(didYouMean(path[1], known), "%s leads nowhere: the plan has no %s", quote(u.String()), quote(path[1]))
	}
}
