package export

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/page"
)

// tree knows what a copy holds.
type tree struct {
	files  map[string]string // address on the live page → file
	live   string            // address of the live page
	source comms.Lang
}

func newTree(s *page.Snapshot) tree {
	t := tree{files: map[string]string{}, live: s.PageURL(), source: s.Source()}
	for _, name := range icons {
		t.files["/"+name] = name
	}
	if logo := s.LogoPath(); logo != "" {
		t.files[logo] = fileOf(logo)
	}
	for _, lang := range s.Languages() {
		for _, prefix := range t.prefixes(lang) {
			for _, p := range s.Paths() {
				t.files[prefix+p] = fileOf(prefix + p)
			}
		}
	}
	return t
}

// prefixes are the folders in which a language stands. That of the source
// stands at the top as well: addresses without a language lead there.
func (t tree) prefixes(lang comms.Lang) []string {
	if lang == t.source {
		return []string{"", "/" + string(lang)}
	}
	return []string{"/" + string(lang)}
}

// relink makes a page's links lead to the files of the copy, from wherever it
// lies. What is not in the copy leads to the live page; forms, which only the
// service can answer, are left out.
func (t tree) relink(text []byte, file string) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(text))
	inForm := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := bytes.Clone(z.Raw()) // reading the token changes it
		if kind == html.TextToken || kind == html.CommentToken || kind == html.DoctypeToken {
			if !inForm {
				out.Write(raw)
			}
			continue
		}
		token := z.Token()
		if token.Data == "form" {
			inForm = kind == html.StartTagToken
			continue
		}
		if inForm {
			continue
		}
		if t.change(&token, file) {
			out.WriteString(token.String())
		} else {
			out.Write(raw)
		}
	}
}

// change turns the links of one element, and tells whether there were any.
func (t tree) change(token *html.Token, file string) bool {
	changed := false
	for n, a := range token.Attr {
		if (a.Key == "href" || a.Key == "src") && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
			token.Attr[n].Val = t.link(a.Val, file)
			changed = true
		}
	}
	return changed
}

func (t tree) link(href, from string) string {
	u, err := url.Parse(href)
	if err != nil {
		return t.live + href
	}
	to, ok := t.files[u.Path]
	if !ok {
		return t.live + href
	}
	up := strings.Repeat("../", strings.Count(from, "/"))
	if path.Dir(from) == path.Dir(to) {
		up, to = "", path.Base(to)
	}
	if u.Fragment != "" {
		to += "#" + u.EscapedFragment()
	}
	return up + to
}
