package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"

	"github.com/countersign/countersign/comms"
)

// embedded is /embed.json: what the banner in other pages says.
type embedded struct {
	Language comms.Lang  `json:"language"` // of the words that follow
	Status   comms.State `json:"status"`   // the worst that is said of a component
	Calm     bool        `json:"calm"`     // nothing is open and every component works
	Sentence string      `json:"sentence"` // how everything stands, as at the top of the page
	More     string      `json:"more"`     // the words of a link to the page
	URL      string      `json:"url"`      // of the page
}

// EmbedData returns what the banner says; nil before the first publication.
func (s *Snapshot) EmbedData(lang comms.Lang) (*Document, error) {
	if s.facts.catalogue == nil {
		return nil, nil
	}
	lang = s.known(lang)
	return s.remember(lang, "/embed.json", func() (*Document, error) {
		v := s.frame(lang, "/")
		now := v.stated(s.facts)
		text, err := json.Marshal(embedded{
			Language: v.Lang, Status: now.Status, Calm: v.Now.Calm && now.Status == comms.Operational,
			Sentence: now.Sentence, More: v.T("public.embed.more"), URL: now.URL,
		})
		if err != nil {
			return nil, fmt.Errorf("encode what the banner says: %w", err)
		}
		return newDocument("application/json; charset=utf-8", string(v.Lang), append(text, '\n')), nil
	})
}

// readEmbeds reads what stands in other pages: the banner's script and the
// templates of badges and of oEmbed.
func (b *Builder) readEmbeds(templates, static fs.FS) error {
	banner, err := script(static, "embed.js")
	if err != nil {
		return err
	}
	b.embed = newDocument("text/javascript; charset=utf-8", "", []byte(banner))
	svg, err := fs.ReadFile(templates, "public/badge.svg")
	if err != nil {
		return fmt.Errorf("read the template of badges: %w", err)
	}
	if b.badge, err = template.New("badge").Parse(unindent(string(svg), "")); err != nil {
		return fmt.Errorf("the template public/badge.svg: %w", err)
	}
	words, err := fs.ReadFile(templates, "public/oembed.html")
	if err != nil {
		return fmt.Errorf("read the template of oEmbed: %w", err)
	}
	if b.oembed, err = template.New("oembed").Parse(string(words)); err != nil {
		return fmt.Errorf("the template public/oembed.html: %w", err)
	}
	return nil
}

// EmbedScript is the script of the banner.
func (s *Snapshot) EmbedScript() *Document { return s.builder.embed }
