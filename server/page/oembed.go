package page

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// EmbedFormat is one of the two forms in which oEmbed answers.
type EmbedFormat string

// The forms of an answer.
const (
	EmbedJSON EmbedFormat = "json"
	EmbedXML  EmbedFormat = "xml"
)

// Embedding is what a program asks for that shows a link to this page in its
// own. Lengths are in pixels; zero is no bound.
type Embedding struct {
	URL                 string
	Lang                comms.Lang // for an address that names no language
	Format              EmbedFormat
	MaxWidth, MaxHeight int
}

// embedding is an answer per oEmbed 1.0, section 2.3.4.
type embedding struct {
	XMLName  xml.Name `json:"-" xml:"oembed"`
	Version  string   `json:"version" xml:"version"`
	Type     string   `json:"type" xml:"type"`
	Title    string   `json:"title" xml:"title"`
	Provider string   `json:"provider_name" xml:"provider_name"`
	Home     string   `json:"provider_url" xml:"provider_url"`
	CacheAge int      `json:"cache_age" xml:"cache_age"` // seconds
	HTML     string   `json:"html" xml:"html"`
	Width    int      `json:"width" xml:"width"`
	Height   int      `json:"height" xml:"height"`
}

// embedView is what the HTML of an answer is made of.
type embedView struct {
	Lang                 comms.Lang
	URL, Title, Provider string
	Picture              string // address of the badge; "" for an incident
	Words, Phase         string
	At                   moment
	Width, Height        int
}

// The size of an incident's words, and for how long an answer may be kept.
const (
	wordsWidth, wordsHeight = 550, 200
	embedAge                = 60
)

// Embed returns what shows an address of this page in another: the front page,
// an incident, planned work or a component. It is nil for any other address,
// and for what was never published.
func (s *Snapshot) Embed(e Embedding) (*Document, error) {
	lang, path, ok := s.locate(e)
	if !ok {
		return nil, nil
	}
	v := s.frame(lang, path)
	view, ok := v.embed(s.facts, path, e)
	if err := v.words.Err(); !ok || err != nil {
		return nil, err
	}
	kind := "words"
	if view.Picture != "" {
		kind = "badge"
	}
	var html bytes.Buffer
	if err := s.builder.oembed.ExecuteTemplate(&html, kind, view); err != nil {
		return nil, fmt.Errorf("write what other pages show: %w", err)
	}
	out := embedding{
		Version: "1.0", Type: "rich", Title: view.Title, Provider: view.Provider, Home: s.facts.catalogue.PageURL + "/", CacheAge: embedAge,
		HTML: html.String(), Width: view.Width, Height: view.Height,
	}
	if e.Format == EmbedXML {
		text, err := xml.Marshal(out)
		if err != nil {
			return nil, fmt.Errorf("encode what other pages show: %w", err)
		}
		return newDocument("text/xml; charset=utf-8", string(lang), append([]byte(xml.Header), text...)).asItIs(), nil
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode what other pages show: %w", err)
	}
	return newDocument("application/json; charset=utf-8", string(lang), text).asItIs(), nil
}

// locate finds the language and the path of an address of this page.
func (s *Snapshot) locate(e Embedding) (comms.Lang, string, bool) {
	if s.facts.catalogue == nil {
		return "", "", false
	}
	at, err := url.Parse(e.URL)
	home, failed := url.Parse(s.facts.catalogue.PageURL)
	if err != nil || failed != nil || !strings.EqualFold(at.Host, home.Host) || at.Scheme != "http" && at.Scheme != "https" {
		return "", "", false
	}
	path, ok := strings.CutPrefix(at.Path, home.Path)
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if slices.Contains(s.languages, comms.Lang(first)) {
		return comms.Lang(first), "/" + rest, ok
	}
	return s.known(e.Lang), "/" + strings.TrimPrefix(path, "/"), ok
}

func (v frame) embed(f *facts, path string, e Embedding) (embedView, bool) {
	out := embedView{Lang: v.want, URL: v.catalogue.PageURL + v.Prefix + path, Provider: v.Site.S}
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	c, listed := v.catalogue.Component(comms.ComponentID(id))
	i := f.known(comms.ID(id))
	switch {
	case path == "/":
		out.Title, out.Picture = v.Site.S, badgeFile
		out.Width = badge(v, v.Site.S, v.overall(f), f.worst()).Width
	case kind == "components" && listed && path == componentPath(c.ID):
		state := comms.Worst(f.current()[c.ID])
		out.Title, out.Picture = v.say(c.Name).S, path+badgeFile
		out.Width = badge(v, out.Title, v.say(v.catalogue.States[state]).S, state).Width
	case i != nil && (path == address(i) || kind == "incidents" && path == "/incidents/"+string(i.id)):
		out.Title, out.Words, out.Phase = v.title(i).S, v.short(i.latest()).S, v.phase(i.latest().Phase()).S
		out.At, out.Lang = v.year(i.latest().At()), v.Lang
		out.Width, out.Height = wordsWidth, wordsHeight
		if e.MaxWidth > 0 {
			out.Width = min(out.Width, e.MaxWidth)
		}
		if e.MaxHeight > 0 {
			out.Height = min(out.Height, e.MaxHeight)
		}
		return out, true
	default:
		return out, false
	}
	out.Picture, out.Height = v.catalogue.PageURL+v.Prefix+out.Picture, badgeHeight
	if e.MaxWidth > 0 && out.Width > e.MaxWidth {
		out.Width, out.Height = e.MaxWidth, max(1, badgeHeight*e.MaxWidth/out.Width)
	}
	if e.MaxHeight > 0 && out.Height > e.MaxHeight {
		out.Width, out.Height = max(1, out.Width*e.MaxHeight/out.Height), e.MaxHeight
	}
	return out, true
}

// embeddable tells whether a page of this path can be shown in others.
func embeddable(path string) bool {
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path == "/" || id != "" && slices.Contains([]string{"incidents", "maintenances", "components"}, kind)
}
