package page

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/countersign/countersign/comms"
)

// badgeFile is the last part of a badge's address: of everything
// ("/badge.svg"), or of a component of the plan ("/components/ID/badge.svg").
const badgeFile = "/badge.svg"

// badgeHeight is the height of every badge in pixels, as in its template.
const badgeHeight = 28

// badgeView is a label and a state side by side, on grounds of their own, so
// that they are read on a light page and on a dark one. Lengths are in pixels.
type badgeView struct {
	Lang                      comms.Lang
	Label, Value, Alt         string
	Icon, Colour              string
	Split, Rest, Width, Inner int // where the state's ground begins, and how wide all is
	LabelWidth, ValueWidth    int
	IconX, ValueX             int
}

// badgeColours are the grounds: white words on each have a contrast of more
// than 4.5 to 1.
var badgeColours = map[string]string{"ok": "#1c7a4a", "degraded": "#8a6100", "partial": "#b04a00", "major": "#b3261e", "work": "#3455a4"}

// badge makes the badge at a path; nil when there is none.
func (s *Snapshot) badge(lang comms.Lang, path string) (*Document, error) {
	of, ok := strings.CutSuffix(path, badgeFile)
	if !ok {
		return nil, nil
	}
	if of == "" {
		return s.drawn(lang, path, func(v frame) badgeView {
			worst := s.facts.worst()
			return badge(v, v.Site.S, v.overall(s.facts), worst)
		})
	}
	id, _ := strings.CutPrefix(of, "/components/")
	c, known := s.facts.catalogue.Component(comms.ComponentID(id))
	if !known || of != componentPath(c.ID) {
		return nil, nil
	}
	return s.drawn(lang, path, func(v frame) badgeView {
		state := comms.Worst(s.facts.current()[c.ID])
		return badge(v, v.say(c.Name).S, v.say(s.facts.catalogue.States[state]).S, state)
	})
}

// BadgeMissing returns the badge for what the plan does not list: it says so,
// and how everything stands.
func (s *Snapshot) BadgeMissing(lang comms.Lang) (*Document, error) {
	if s.facts.catalogue == nil {
		return s.Trouble(lang, 404)
	}
	lang = s.known(lang)
	return s.drawn(lang, "missing"+badgeFile, func(v frame) badgeView {
		return badge(v, v.T("public.badge.missing"), v.Site.S+": "+v.overall(s.facts), s.facts.worst())
	})
}

// overall is a word for everything: the sentence while no component is
// affected, else the label of the worst state.
func (v frame) overall(f *facts) string {
	worst := f.worst()
	if worst == comms.Operational {
		return v.Now.Sentence.S
	}
	return v.say(f.catalogue.States[worst]).S
}

func (s *Snapshot) drawn(lang comms.Lang, name string, view func(frame) badgeView) (*Document, error) {
	return s.remember(lang, name, func() (*Document, error) {
		var out bytes.Buffer
		if err := s.builder.badge.Execute(&out, view(s.frame(lang, "/"))); err != nil {
			return nil, fmt.Errorf("draw a badge: %w", err)
		}
		return newDocument("image/svg+xml", string(lang), out.Bytes()), nil
	})
}

func badge(v frame, label, value string, state comms.State) badgeView {
	const edge, icon = 10, 16
	b := badgeView{
		Lang: v.want, Label: label, Value: value, Alt: label + ": " + value, Icon: class(state), Colour: badgeColours[class(state)],
		LabelWidth: width(label), ValueWidth: width(value) * 21 / 20, // bold
	}
	b.Split = edge + b.LabelWidth + edge
	b.IconX = b.Split + edge - 2
	b.ValueX = b.IconX + icon + 6
	b.Width = b.ValueX + b.ValueWidth + edge
	b.Rest, b.Inner = b.Width-b.Split, b.Width-1
	return b
}

// width is about how wide a text is in the fonts of badges; the picture gives
// the text just this room, whatever font there is.
func width(s string) int {
	tenths := 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		var cells int
		cluster, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
		switch {
		case strings.Contains("iIjl.,:;'|!()[] ", cluster):
			tenths += 40
		case strings.Contains("frt-", cluster):
			tenths += 50
		case strings.Contains("mwMW@%", cluster):
			tenths += 112
		case cluster >= "A" && cluster <= "Z":
			tenths += 86
		default:
			tenths += 73 * max(1, cells)
		}
	}
	return (tenths + 9) / 10
}
