package render

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// forms writes every form in every language that goes out: the source and the
// required languages always. An optional language goes out when the template
// has words in it and either nothing is missing in it or something was typed
// in it. So a language that nobody began is left out, and one that was begun
// goes through with its gaps as {slot}, which the language rules block.
func (f facts) forms() (map[comms.Lang]comms.Forms, error) {
	out := map[comms.Lang]comms.Forms{}
	for _, lang := range f.plan.Catalogue.Languages {
		words, has := f.template.Forms[lang]
		must := lang == f.plan.Catalogue.Source || slices.Contains(f.plan.Required, lang)
		switch {
		case must && !has:
			return nil, comms.Refuse(comms.Invalid, "template", "the template %q has no words in the language %q, which the plan requires; choose another template or add them to the plan", f.template.ID, lang)
		case must || has && f.begun(lang):
			out[lang] = f.write(lang, words)
		}
	}
	return out, nil
}

// begun tells whether an optional language is filled in or was begun.
func (f facts) begun(lang comms.Lang) bool {
	missing := false
	for _, s := range f.template.Slots {
		if !perLanguage(s) {
			continue
		}
		if strings.TrimSpace(f.draft.Slots[lang][s.Name]) != "" {
			return true
		}
		missing = missing || s.Required
	}
	return !missing
}

func (f facts) write(lang comms.Lang, t plan.TemplateForms) comms.Forms {
	fill := f.filler(lang)
	body := fill.blocks(parseBody(t.Body))
	return comms.Forms{
		Title:     oneLine(fill, t.Title),
		Subject:   oneLine(fill, t.Subject),
		HTML:      toHTML(body),
		Text:      toText(body),
		Short:     oneLine(fill, t.Short),
		Support:   plainText(fill, t.Support),
		InProduct: oneLine(fill, t.InProduct),
	}
}

// oneLine fills a form that is a single line: a heading, a mail's subject.
func oneLine(f filler, words string) string {
	return tidy(wordsOf(f.fill(parsePlain(tidy(words, true)))), true)
}

// plainText fills a form of several paragraphs without Markdown. A single line
// break of the template is a space, as in Markdown.
func plainText(f filler, words string) string {
	var blocks []block
	for _, p := range strings.Split(tidy(words, false), "\n\n") {
		blocks = append(blocks, block{kind: paragraph, runs: parsePlain(strings.ReplaceAll(p, "\n", " "))})
	}
	var out []string
	for _, b := range f.blocks(blocks) {
		out = append(out, wordsOf(b.runs))
	}
	return strings.Join(out, "\n\n")
}
