package feed

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	element "golang.org/x/net/html/atom"
)

// Style is the path of the style sheet that shows a feed to people.
const Style = "/feed.css"

// readable is the feed once more, as a page: browsers are about to lose XSLT,
// and a style sheet alone can neither show HTML that stands in a feed as text
// nor write a date. Feed readers pass over an element of another namespace;
// the style sheet shows this one and hides all others.
type readable struct {
	XMLName  xml.Name  `xml:"http://www.w3.org/1999/xhtml main"`
	Lang     string    `xml:"lang,attr"`
	Dir      string    `xml:"dir,attr"`
	Title    string    `xml:"title"` // of the window
	Viewport meta      `xml:"meta"`
	Heading  string    `xml:"header>h1"`
	Notice   paragraph `xml:"header>p"`
	Address  string    `xml:"header>div>code"`
	Back     anchor    `xml:"header>nav>a"`
	Articles []article `xml:"article"`
	Nothing  string    `xml:"p,omitempty"`
}

type meta struct {
	Name    string `xml:"name,attr"`
	Content string `xml:"content,attr"`
}

type paragraph struct {
	Lang string `xml:"lang,attr,omitempty"`
	Text string `xml:",chardata"`
}

type anchor struct {
	Lang string `xml:"lang,attr,omitempty"`
	Href string `xml:"href,attr"`
	Text string `xml:",chardata"`
}

type article struct {
	Lang  string `xml:"lang,attr,omitempty"`
	Title anchor `xml:"h2>a"`
	Time  moment `xml:"p>time"`
	Body  markup `xml:"div"`
}

type moment struct {
	Lang    string `xml:"lang,attr,omitempty"`
	Machine string `xml:"datetime,attr"`
	Words   string `xml:",chardata"`
}

type markup struct {
	XML string `xml:",innerxml"`
}

func (f *Feed) readable(self string) (readable, error) {
	other := "" // the language of the frame's words, where it is not the feed's
	if f.language != f.lang {
		other = f.language
	}
	out := readable{
		Lang: f.lang, Dir: f.direction, Title: f.list.Title, Viewport: meta{"viewport", "width=device-width,initial-scale=1"},
		Heading: f.list.Title, Notice: paragraph{other, f.notice}, Address: self, Back: anchor{other, f.list.Link.Href, f.back},
	}
	for n, item := range f.list.Items {
		body, err := xhtml(item.Content)
		if err != nil {
			return out, fmt.Errorf("write the entry %q for people: %w", item.Id, err)
		}
		out.Articles = append(out.Articles, article{
			Title: anchor{f.langs[n], item.Link.Href, item.Title},
			Time:  moment{other, item.Created.Format("2006-01-02T15:04Z"), f.times[n]}, Body: markup{body},
		})
	}
	if len(out.Articles) == 0 {
		out.Nothing = f.nothing
	}
	return out, nil
}

// kept are the elements that signed texts are made of. Of any other element
// the words stay, but for those that hold no words.
var kept = []element.Atom{
	element.A, element.B, element.Blockquote, element.Br, element.Code, element.Div, element.Em, element.Hr, element.I,
	element.Li, element.Ol, element.P, element.Pre, element.Strong, element.Ul,
}

// xhtml writes a text's HTML so that it is well-formed XML. No word changes.
func xhtml(signed string) (string, error) {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: element.Div}
	nodes, err := html.ParseFragment(strings.NewReader(signed), context)
	if err != nil {
		return "", fmt.Errorf("read HTML: %w", err)
	}
	var out strings.Builder
	for _, n := range nodes {
		if err := write(&out, n); err != nil {
			return "", err
		}
	}
	return clean(out.String()), nil
}

func write(out *strings.Builder, n *html.Node) error {
	switch {
	case n.Type == html.TextNode:
		if err := xml.EscapeText(out, []byte(n.Data)); err != nil {
			return fmt.Errorf("escape text: %w", err)
		}
		return nil
	case n.Type != html.ElementNode || slices.Contains([]element.Atom{element.Script, element.Style, element.Template}, n.DataAtom):
		return nil
	}
	inside := n.Namespace == "" && slices.Contains(kept, n.DataAtom)
	if inside {
		out.WriteString("<" + n.Data)
		seen := map[string]bool{}
		for _, a := range n.Attr {
			if (a.Key == "href" || a.Key == "lang") && a.Namespace == "" && !seen[a.Key] {
				seen[a.Key] = true
				out.WriteString(" " + a.Key + `="`)
				if err := xml.EscapeText(out, []byte(a.Val)); err != nil {
					return fmt.Errorf("escape an attribute: %w", err)
				}
				out.WriteString(`"`)
			}
		}
		out.WriteString(">")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := write(out, c); err != nil {
			return err
		}
	}
	if inside {
		out.WriteString("</" + n.Data + ">")
	}
	return nil
}
