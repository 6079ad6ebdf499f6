package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/card"
	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/shelf"
	"github.com/countersign/countersign/server/statuspage"
)

// Builder turns publications into snapshots. It keeps what it rendered lately,
// so that a publication costs the pages that it changes and no others. It is
// safe for use by several goroutines.
type Builder struct {
	cat    *language.Catalogue
	pages  *template.Template // by the names of their files
	css    string             // of every page
	js     string
	script template.HTML
	// feedStyle is the style sheet of feeds, embed the script of the banner.
	feedStyle, embed *Document
	badge, oembed    *template.Template
	memory           *memory
	artist           *card.Artist
	cards            *memory
}

// heldBytes is how much is kept of rendered documents besides the front page:
// some fifty pages of the largest.
const heldBytes = 1 << 20

// NewBuilder reads the templates (package templates) and the style sheets and
// script (package static), so that what is missing is known at the start.
func NewBuilder(cat *language.Catalogue, templates, static fs.FS) (*Builder, error) {
	b := &Builder{cat: cat, memory: newMemory(heldBytes), cards: newMemory(heldCards)}
	var err error
	if b.css, err = styles(static, "tokens.css", "public.css"); err != nil {
		return nil, err
	}
	feedCSS, err := styles(static, "tokens.css", "feed.css")
	if err != nil {
		return nil, err
	}
	b.feedStyle = newDocument("text/css; charset=utf-8", "", []byte(feedCSS))
	if b.js, err = script(static, "public.js"); err != nil {
		return nil, err
	}
	if b.artist, err = card.NewArtist(); err != nil {
		return nil, err
	}
	if err := b.readEmbeds(templates, static); err != nil {
		return nil, err
	}
	b.script = template.HTML("<script>" + b.js + "</script>")
	b.pages = template.New("")
	for _, name := range []string{"layout", "front", "incident", "day", "history", "month", "component", "link", "notice", "subscribe"} {
		text, err := fs.ReadFile(templates, "public/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("read the template of the %s page: %w", name, err)
		}
		if _, err := b.pages.Parse(unindent(string(text), "")); err != nil {
			return nil, fmt.Errorf("the template public/%s.html: %w", name, err)
		}
	}
	return b, nil
}

// Build makes the snapshot of all publications, oldest first, as of now. It
// refuses what is no publication and a row with one missing. Nothing is shown
// of words that one of them redacts.
func (b *Builder) Build(pubs []signoff.Publication, now time.Time) (*Snapshot, error) {
	var none *facts
	f, err := none.grow(pubs)
	if err != nil {
		return nil, err
	}
	s, err := b.build(f, shelf.Of(pubs), now)
	if err != nil {
		return nil, err
	}
	s.warm()
	return s, nil
}

// build makes the snapshot of facts, with words from the shelf. Its front page
// is rendered; customers wait for it when something is published.
func (b *Builder) build(f *facts, words *shelf.Shelf, now time.Time) (*Snapshot, error) {
	b.memory.forget(f.redactions)
	b.cards.forget(f.redactions)
	now = now.UTC()
	s := &Snapshot{
		builder: b, facts: f, shelf: words, now: now,
		Number: f.head(), Expires: f.nextChange(now),
		languages: b.cat.Languages(), source: language.Fallback,
		months: sync.OnceValue(func() []month { return f.months(now) }), records: map[comms.Lang]func() (*feed.Record, error){},
		programs: sync.OnceValues(func() (*statuspage.Record, error) { return statuspage.Read(f.outlines, f.told, words) }),
		views:    map[comms.Lang]func() (*statuspage.View, error){}, lists: map[key]func() (*Document, error){}, stands: map[comms.Lang]func() current{},
	}
	s.brand()
	if f.catalogue != nil {
		s.source = f.catalogue.Source
		s.languages = f.catalogue.Languages
		if len(s.languages) == 0 {
			s.languages = []comms.Lang{s.source}
		}
	}
	for _, lang := range s.languages {
		s.records[lang] = sync.OnceValues(func() (*feed.Record, error) { return feed.Read(f.outlines, words, lang, b.cat.For(lang)) })
		s.stands[lang] = sync.OnceValue(func() current { return s.speaker(lang).stand(f) })
		s.prepare(lang)
	}
	docs, err := s.makeAll([]string{"/"})
	if err != nil {
		return nil, err
	}
	s.docs = &rendered{front: docs}
	return s, nil
}

// warm compresses the front page, and renders the other pages that people come
// to after a publication, so that few have to wait for one. What cannot be
// rendered is told to whoever asks for it.
func (s *Snapshot) warm() {
	compress(s.docs.front)
	if s.facts.catalogue == nil {
		return
	}
	paths := []string{"/history"}
	for _, i := range s.facts.incidents {
		if i.open() || i.latest().At().After(s.now.Add(-day)) {
			paths = append(paths, address(i))
		}
	}
	docs, err := s.makeAll(paths)
	if err != nil {
		return
	}
	compress(docs)
	s.docs.others.Store(&docs)
}

// compress makes every coding of documents, so that no request has to wait for
// one; first the one that is quick to make.
func compress(docs map[key]*Document) {
	var hands errgroup.Group
	hands.SetLimit(runtime.GOMAXPROCS(0))
	for _, e := range []Encoding{Gzip, Brotli} {
		for _, doc := range docs {
			hands.Go(func() error { doc.In(e); return nil })
		}
	}
	_ = hands.Wait() // compressing does not fail
}

// makeAll renders documents in every language, on all processors.
func (s *Snapshot) makeAll(paths []string) (map[key]*Document, error) {
	docs := make(map[key]*Document, len(paths)*len(s.languages))
	var made sync.Mutex
	var hands errgroup.Group
	hands.SetLimit(runtime.GOMAXPROCS(0))
	for _, path := range paths {
		for _, lang := range s.languages {
			hands.Go(func() error {
				doc, err := s.make(lang, path)
				if err != nil {
					return fmt.Errorf("render %s in %q: %w", path, lang, err)
				}
				made.Lock()
				defer made.Unlock()
				docs[key{lang, path}] = doc
				return nil
			})
		}
	}
	return docs, hands.Wait()
}

// styles reads style sheets and puts them after one another.
func styles(static fs.FS, names ...string) (string, error) {
	css := ""
	for _, name := range names {
		text, err := fs.ReadFile(static, name)
		if err != nil {
			return "", fmt.Errorf("read the page's style: %w", err)
		}
		css += squeezeCSS(string(text))
	}
	return css, nil
}

// script reads a script, without what browsers do not need.
func script(static fs.FS, name string) (string, error) {
	text, err := fs.ReadFile(static, name)
	if err != nil {
		return "", fmt.Errorf("read the page's script: %w", err)
	}
	var short bytes.Buffer
	small := js.Minifier{Version: 2019} // no younger syntax than the script itself
	if err := small.Minify(minify.New(), &short, bytes.NewReader(text), nil); err != nil {
		return "", fmt.Errorf("the script static/%s: %w", name, err)
	}
	return short.String(), nil
}

// sheets are written on again: growing to a page leaves as much to the collector
// as the page is long.
var sheets = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// execute renders a page, unless words that stand on it could not be had.
func (b *Builder) execute(name string, v frame, view any) (*Document, error) {
	if err := v.words.Err(); err != nil {
		return nil, err
	}
	out := sheets.Get().(*bytes.Buffer)
	defer sheets.Put(out)
	out.Reset()
	if err := b.pages.ExecuteTemplate(out, name, view); err != nil {
		return nil, fmt.Errorf("render the %s page: %w", name, err)
	}
	return newDocument("text/html; charset=utf-8", string(v.Lang), bytes.Clone(out.Bytes())), nil
}

// speaker is what words of a snapshot are put with, in a language.
func (s *Snapshot) speaker(lang comms.Lang) frame {
	p, f := s.builder.cat.For(lang), s.facts
	return frame{
		p: p, want: lang, source: s.source, names: f.names, place: f.place, catalogue: f.catalogue, now: s.now, words: s.shelf.Reading(),
		Lang: p.Lang(), Prefix: "/" + string(lang), Feeds: "/" + string(lang), Style: s.style, Script: s.builder.script,
	}
}

// frame is what all pages of a snapshot have in common, in a language.
func (s *Snapshot) frame(lang comms.Lang, path string) frame {
	v := s.speaker(lang)
	base := ""
	if c := s.facts.catalogue; c != nil {
		base = c.PageURL
		v.Logo = s.mark
		v.Published, v.Site, v.Footer = true, v.say(c.Texts.Title), v.say(c.Texts.Footer)
		v.SupportURL, v.SupportEmail = c.SupportURL, c.SupportEmail
		v.Now, v.Renews = s.stands[lang](), !s.copied
	} else {
		v.Site = text{S: v.T("public.front")}
	}
	v.Bare = base + path
	if v.Published {
		v.Canonical = base + v.Prefix + path
		v.Share = s.share(v, path)
	}
	if v.Published && embeddable(path) {
		v.OEmbed = base + "/oembed?url=" + url.QueryEscape(base+v.Prefix+path)
	}
	if s.copied {
		v.Copied, v.Live = s.copiedView(v, path), base
	}
	for _, l := range s.languages {
		c := choice{Lang: l, Name: s.builder.nameOf(l), Href: "/" + string(l) + path}
		if l != lang {
			v.Others = append(v.Others, c)
		}
		c.Href = base + c.Href
		v.Alternates = append(v.Alternates, c)
	}
	return v
}

// nameOf is what a language calls itself.
func (b *Builder) nameOf(lang comms.Lang) string {
	p := b.cat.For(lang)
	if base, _, _ := strings.Cut(string(lang), "-"); p.Lang() != lang && p.Lang() != comms.Lang(base) {
		return string(lang)
	}
	return p.T("language.name")
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	around  = regexp.MustCompile(`\s*([{}:;,>])\s*`)
	blanks  = regexp.MustCompile(`\s+`)
)

// squeezeCSS takes out what browsers do not need. Space before a colon stays:
// it stands between a selector and its pseudo-class.
func squeezeCSS(css string) string {
	css = blanks.ReplaceAllString(comment.ReplaceAllString(css, ""), " ")
	css = around.ReplaceAllStringFunc(css, func(m string) string {
		mark := strings.TrimSpace(m)
		if mark == ":" && strings.HasPrefix(m, " ") {
			return " :"
		}
		return mark
	})
	return strings.ReplaceAll(strings.TrimSpace(css), ";}", "}")
}

// unindent joins lines without their indentation. Templates are written so
// that no line ends where a space is needed.
func unindent(text, between string) string {
	lines := strings.Split(text, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, between)
}

// policyOf lets in one style sheet, one script and what lies beside the page.
func policyOf(css, js string) string {
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", hash(css), hash(js))
}

// hash is a source expression of CSP Level 3 section 2.3.1.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
