// Package language speaks the words that ship with the program (the frame) in
// each language: catalogue texts of every face, dates and plurals. What a
// company says is never here: that is signed, and stands in publications.
package language

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/countersign/countersign/comms"
)

// Fallback is the language of the frame where it lacks the one asked for.
const Fallback comms.Lang = "en"

// Catalogue is all messages of all faces. It does not change once it is read.
type Catalogue struct {
	printers  map[comms.Lang]Printer
	languages []comms.Lang
	digest    comms.Digest
}

// New reads messages/FACE.LANG.json (go-i18n's JSON, one flat object a file),
// or messages/LANG.json, which holds all faces of a language and, under the key
// "refusals", what the domain refuses with. Every identifier must exist in
// every language of its face and begin with the face's name, and every face
// must speak the same languages. The refusals of a language that is divided by
// faces are in messages/refusals/LANG.json.
func New(fsys fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(fsys, "messages/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the message catalogues: %w", err)
	}
	bundle := i18n.NewBundle(language.English)  // of nothing but the question whether it takes them all
	ids := map[string]map[comms.Lang][]string{} // face → language → identifiers
	whole := map[comms.Lang]map[string]string{} // languages of one file → their refusals
	sum := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read a message catalogue: %w", err)
		}
		file, err := parse(name, text)
		if err != nil {
			return nil, err
		}
		if err := bundle.AddMessages(file.Tag, file.Messages...); err != nil {
			return nil, fmt.Errorf("%s is not a message catalogue: %w", name, err)
		}
		if file.face == "" {
			whole[file.lang] = file.refusals
		}
		for _, m := range file.Messages {
			of := file.of(m)
			if ids[of] == nil {
				ids[of] = map[comms.Lang][]string{}
			}
			ids[of][file.lang] = append(ids[of][file.lang], m.ID)
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	c := &Catalogue{printers: map[comms.Lang]Printer{}}
	if c.languages, err = complete(ids, whole); err != nil {
		return nil, err
	}
	bundles := map[string]func() *i18n.Bundle{}
	for face := range ids {
		bundles[face] = sync.OnceValue(func() *i18n.Bundle { return bundleOf(fsys, face, names) })
	}
	for _, lang := range c.languages {
		phrases, isWhole := whole[lang]
		if !isWhole {
			if phrases, err = readPhrases(fsys, lang, sum); err != nil {
				return nil, err
			}
		}
		c.printers[lang] = newPrinter(bundles, lang, phrases)
	}
	sum.Sum(c.digest[:0])
	return c, nil
}

// For returns the printer of a language, else of its base ("es" for "es-MX"),
// else of Fallback.
func (c *Catalogue) For(lang comms.Lang) Printer {
	base, _, _ := strings.Cut(string(lang), "-")
	for _, l := range []comms.Lang{lang, comms.Lang(base)} {
		if p, ok := c.printers[l]; ok {
			return p
		}
	}
	return c.printers[Fallback]
}

// Languages lists the languages of the frame, Fallback first.
func (c *Catalogue) Languages() []comms.Lang { return slices.Clone(c.languages) }

// Digest names the exact words of all catalogues, as publications record them.
func (c *Catalogue) Digest() comms.Digest { return c.digest }

// file is one that messages stand in.
type file struct {
	*i18n.MessageFile
	face     string // "" for all
	lang     comms.Lang
	refusals map[string]string // of one for all faces
}

// of is the face that says a message.
func (f file) of(m *i18n.Message) string {
	if f.face != "" {
		return f.face
	}
	face, _, _ := strings.Cut(m.ID, ".")
	return face
}

func parse(name string, text []byte) (f file, err error) {
	var ok bool
	if f.face, f.lang, ok = faceOf(name); !ok {
		return f, fmt.Errorf("%s: a message catalogue is named FACE.LANG.json, as desk.es.json, or LANG.json", name)
	}
	if f.face == "" {
		text, f.refusals, err = divide(text)
	}
	if err == nil {
		f.MessageFile, err = i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"json": json.Unmarshal})
	}
	if err != nil {
		return f, fmt.Errorf("%s is not a message catalogue: %w", name, err)
	}
	return f, nil
}

// bundleOf reads the messages of one face once more, when it first speaks: most
// are the desk's, and a service that nobody writes at needs none of those. They
// were read before, so that what is wrong with them is known.
func bundleOf(fsys fs.FS, face string, names []string) *i18n.Bundle {
	bundle := i18n.NewBundle(language.English)
	for _, name := range names {
		if of, _, _ := faceOf(name); of != face && of != "" {
			continue
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			continue
		}
		f, err := parse(name, text)
		if err != nil {
			continue
		}
		_ = bundle.AddMessages(f.Tag, slices.DeleteFunc(f.Messages, func(m *i18n.Message) bool { return f.of(m) != face })...)
	}
	return bundle
}

func faceOf(name string) (face string, lang comms.Lang, ok bool) {
	switch parts := strings.Split(path.Base(name), "."); len(parts) {
	case 2:
		// "desk.json" is a face that lacks its language; no language's name is that long.
		return "", comms.Lang(parts[0]), !slices.Contains(faces, parts[0])
	case 3:
		return parts[0], comms.Lang(parts[1]), true
	}
	return "", "", false
}

// faces are the names that a catalogue of one face begins with.
var faces = []string{"api", "desk", "language", "mail", "public"}

// divide takes the refusals out of a catalogue of all faces.
func divide(text []byte) (messages []byte, refusals map[string]string, err error) {
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, nil, err
	}
	if r, ok := all["refusals"]; ok {
		if err := json.Unmarshal(r, &refusals); err != nil {
			return nil, nil, fmt.Errorf("refusals: %w", err)
		}
		delete(all, "refusals")
	}
	messages, err = json.Marshal(all)
	return messages, refusals, err
}

// complete tells what a catalogue lacks, all of it at once, and lists the languages.
func complete(ids map[string]map[comms.Lang][]string, whole map[comms.Lang]map[string]string) ([]comms.Lang, error) {
	languages := []comms.Lang{Fallback}
	for _, face := range ids {
		for lang := range face {
			if !slices.Contains(languages, lang) {
				languages = append(languages, lang)
			}
		}
	}
	slices.Sort(languages[1:])
	var lacking []string
	for face, byLang := range ids {
		all := map[string]bool{}
		for _, list := range byLang {
			for _, id := range list {
				all[id] = true
				if !strings.HasPrefix(id, face+".") {
					lacking = append(lacking, fmt.Sprintf("%s: the identifier %q must begin with %q", face, id, face+"."))
				}
			}
		}
		for id := range all {
			for _, lang := range languages {
				if !slices.Contains(byLang[lang], id) {
					name := face + "." + string(lang)
					if _, ok := whole[lang]; ok {
						name = string(lang)
					}
					lacking = append(lacking, fmt.Sprintf("messages/%s.json lacks %q; add it", name, id))
				}
			}
		}
	}
	if len(lacking) > 0 {
		slices.Sort(lacking)
		return nil, fmt.Errorf("the message catalogues are not complete:\n%s", strings.Join(slices.Compact(lacking), "\n"))
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("there is no message catalogue under messages/")
	}
	return languages, nil
}
