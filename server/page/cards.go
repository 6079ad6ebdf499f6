package page

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/card"
)

// CardFile is the last part of the address of a page's picture: of the front
// page ("/card.png"), an incident, planned work, a component or a day.
const CardFile = "/card.png"

// heldCards is how many bytes of pictures are kept, of about 20 KB each.
const heldCards = 1 << 20

// ErrBusy says that too many pictures were asked for that nobody had drawn.
var ErrBusy = errors.New("pictures are drawn a few in a second; try again in a moment")

// Card returns the picture of the page at a path that ends in "/card.png"; nil
// if there is no such page. It is drawn once for what it shows, for whoever asks
// first; may tells whether another one may be drawn now.
func (s *Snapshot) Card(lang comms.Lang, path string, may func() bool) (*Document, error) {
	of, ok := strings.CutSuffix(path, CardFile)
	if !ok || of == "/" || s.facts.catalogue == nil {
		return nil, nil
	}
	lang, of = s.known(lang), cmp.Or(of, "/")
	print, ok := s.shows(of)
	if !ok {
		return nil, nil
	}
	return s.builder.cards.get(fmt.Sprint(lang, of, " ", print), func() (*Document, error) {
		if !may() {
			return nil, ErrBusy
		}
		v := s.frame(lang, of)
		picture := v.card(s, of)
		if err := v.words.Err(); err != nil {
			return nil, err
		}
		text, err := s.builder.artist.PNG(picture)
		if err != nil {
			return nil, fmt.Errorf("draw the picture of %s: %w", of, err)
		}
		return newDocument("image/png", string(lang), text).asItIs(), nil
	})
}

// shows changes with everything that the picture of a page shows; ok is false
// for a path whose page has none.
func (s *Snapshot) shows(path string) (print string, ok bool) {
	f := s.facts
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case path == "/": // not the newest of all: what is approved in advance moves nothing here
		return fmt.Sprint(max(f.plan, f.lastAbout(""))), true
	case kind == "components":
		_, ok := f.names[comms.ComponentID(id)]
		return fmt.Sprint(f.plan, ".", f.lastAbout(comms.ComponentID(id))), ok && id != ""
	case kind == "days":
		start, ok := f.dayOf(id, s.now)
		if !ok {
			return "", false
		}
		last := f.plan
		for _, i := range f.onThe(start) {
			last = max(last, i.head)
		}
		return fmt.Sprint(last) + s.turning(start, "."), true
	}
	i := f.known(comms.ID(id))
	if i == nil || address(i) != path {
		return "", false
	}
	return fmt.Sprint(f.plan, ".", i.head), true
}

// card is what the picture of a page says.
func (v frame) card(s *Snapshot, path string) card.Card {
	f := s.facts
	out := card.Card{Site: v.Site.S, Note: v.host()}
	kind, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	title := ""
	switch {
	case path == "/":
		worst := f.worst()
		title = v.Now.Sentence.S
		out.State, out.Shape = v.labels(worst), card.Shape(class(worst))
	case kind == "components":
		c := f.names[comms.ComponentID(id)]
		title = v.say(c.Name).S
		if at, gone := f.gone[c.ID]; gone {
			out.Note = v.T("public.component_gone", "time", v.year(at).Words)
			break
		}
		state := comms.Worst(f.current()[c.ID])
		out.State, out.Shape = v.labels(state), card.Shape(class(state))
	case kind == "days":
		start, _ := f.dayOf(id, s.now)
		page := v.dayPage(f, start, f.onThe(start))
		title = page.Heading
		out.Shape, out.Note = card.Shape(page.Class), page.Lead
		if page.Worst != "" {
			out.State = v.labels(page.Worst)
		}
	default:
		i := f.known(comms.ID(id))
		title = v.title(i).S
		out.Shape = shapeOf(i)
		out.State = append([]string{v.phase(i.latest().Phase()).S}, v.labels(i.worst())...)
		out.Note = v.T("public.now.last") + " " + v.year(i.latest().At()).Words
	}
	out.Title = []string{title, v.host()}
	return out
}

// shapeOf is the mark of an incident: the worst that it says, and once it is
// over that of what works.
func shapeOf(i *incident) card.Shape {
	switch {
	case i.upcoming():
		return card.Work
	case i.open():
		return card.Shape(class(i.worst()))
	}
	return card.OK
}

// labels are the words for a state in the page's language, in the others, and
// its name for programs, which every font can write.
func (v frame) labels(s comms.State) []string {
	out := []string{v.label(s).S}
	for _, lang := range v.catalogue.Languages {
		out = append(out, v.catalogue.States[s][lang])
	}
	return append(out, string(s))
}

// host is where the page is, as people type it.
func (v frame) host() string {
	at, err := url.Parse(v.catalogue.PageURL)
	if err != nil {
		return ""
	}
	return at.Host
}

// shared is what other places show for a link to the page (Open Graph).
type shared struct {
	URL     string
	Picture string // "" where there is none
}

// share says how a page of a path is shown elsewhere. The picture's address
// changes with what it shows, because such places keep it.
func (s *Snapshot) share(v frame, path string) *shared {
	out := &shared{URL: v.catalogue.PageURL + v.Prefix + path}
	if print, ok := s.shows(path); ok {
		out.Picture = v.catalogue.PageURL + v.Prefix + strings.TrimSuffix(path, "/") + CardFile + "?as=" + print
	}
	return out
}
