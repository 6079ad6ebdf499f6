package links

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Mention is one address of the page in a text.
type Mention struct {
	Line   int    `json:"line"`    // from 1
	Column int    `json:"column"`  // in characters, from 1
	Text   string `json:"address"` // as it stands there
	Path   string `json:"path"`    // without query and language: "/go/sign-in"; at least "/"
	// Key is what the path /go/KEY names; "" for another path.
	Key string `json:"key,omitempty"`
	// Open says that the address is put together while the program runs, so
	// that nobody can know here where it leads.
	Open bool `json:"open,omitempty"`
}

// Scanner finds the addresses of one page.
type Scanner struct {
	// Page is the address of the page; only its host and path count.
	Page *url.URL
	// Languages are those that an address may begin with, as in /es/go/sign-in.
	Languages []string
	// Bare also takes addresses without a host for the page's, where /go/
	// stands right behind a quotation mark or the end of an expression.
	Bare bool
}

var (
	// opened is where an address stops being text: a placeholder of a template
	// or of a format.
	opened = regexp.MustCompile(`\$\{|\{|\$[A-Za-z(]|%[a-zA-Z](?:[^0-9A-Fa-f]|$)|<%|#\{`)
	// joined is code that goes on behind the end of a text.
	joined  = regexp.MustCompile("^[\"'`]?\\s*(?:\\+|\\.\\.|\\.\\s*\\$|<>)\\s*[A-Za-z_$(]")
	barePat = regexp.MustCompile("[\"'`})]/(?:[a-z]{2,3}(?:-[A-Za-z0-9]+)*/)?go/[a-z0-9$%{-]")
)

// ends are the characters that no address in running text goes on behind.
const ends = " \t\r\n\"'`<>()[]|\\^"

// Scan lists the addresses of the page in a text, in their order.
func (s Scanner) Scan(text string) []Mention {
	var out []Mention
	number := 0
	for line := range strings.Lines(text) {
		number++
		out = append(out, s.line(number, strings.TrimRight(line, "\r\n"))...)
	}
	return out
}

func (s Scanner) line(number int, line string) []Mention {
	var out []Mention
	host := strings.ToLower(s.Page.Host)
	lower := strings.ToLower(line)
	if len(lower) != len(line) { // letters that change their length
		lower = line
	}
	for at := 0; ; {
		i := strings.Index(lower[at:], "//"+host)
		if i < 0 {
			break
		}
		begin, path := at+i, at+i+2+len(host)
		at = path
		if m, ok := s.mention(line, begin, path); ok {
			m.Line, m.Column = number, column(line, scheme(line, begin))
			m.Text = line[scheme(line, begin) : path+len(m.Text)]
			out = append(out, m)
		}
	}
	if !s.Bare {
		return out
	}
	for _, found := range barePat.FindAllStringIndex(line, -1) {
		if m, ok := s.path(line, found[0]+1, ""); ok {
			m.Line, m.Column = number, column(line, found[0]+1)
			out = append(out, m)
		}
	}
	return out
}

// mention reads an address whose host ends at path.
func (s Scanner) mention(line string, begin, path int) (Mention, bool) {
	if path < len(line) && !strings.ContainsRune("/?#"+ends+"}.,;:!*", rune(line[path])) && line[path] < utf8.RuneSelf {
		return Mention{}, false // another host that begins alike
	}
	if rest := line[path:]; len(rest) > 1 && (rest[0] == ':' || rest[0] == '.') && isWord(rest[1]) {
		return Mention{}, false // another port or another host
	}
	return s.path(line, path, strings.TrimSuffix(s.Page.Path, "/"))
}

// path reads what stands behind the host, or a bare path. The Text of the
// mention is the path as it stands there.
func (s Scanner) path(line string, at int, base string) (Mention, bool) {
	said := line[at:]
	if i := strings.IndexAny(said, ends); i >= 0 {
		said = said[:i]
	}
	m := Mention{Text: strings.TrimRight(said, ".,;:!?*_}")}
	known := m.Text
	if i := opened.FindStringIndex(said); i != nil {
		known, m.Text, m.Open = said[:i[0]], said, true
	} else if m.Text == said && strings.HasSuffix(said, "/") && joined.MatchString(line[at+len(said):]) {
		m.Open = true
	}
	if known != "" && known[0] != '/' && known[0] != '?' && known[0] != '#' {
		return Mention{}, false
	}
	known, _, _ = strings.Cut(known, "#")
	known, query, _ := strings.Cut(known, "?")
	if m.Open && query != "" { // where it leads is known; only the query is not
		m.Open = false
	}
	rest, below := strings.CutPrefix(known, base)
	if !below || rest != "" && rest[0] != '/' {
		return Mention{}, false
	}
	m.Path = s.plain(rest)
	if key, ok := strings.CutPrefix(m.Path, "/go/"); ok {
		m.Key = strings.TrimSuffix(key, ".json")
	}
	return m, true
}

// plain is a path without its language and without a slash at its end.
func (s Scanner) plain(path string) string {
	for _, lang := range s.Languages {
		if rest, ok := strings.CutPrefix(path, "/"+lang); ok && (rest == "" || rest[0] == '/') {
			path = rest
			break
		}
	}
	return "/" + strings.Trim(path, "/")
}

// scheme is where the address begins whose "//" stands at i.
func scheme(line string, i int) int {
	for _, s := range []string{"https:", "http:"} {
		if strings.HasSuffix(strings.ToLower(line[:i]), s) {
			return i - len(s)
		}
	}
	return i
}

func column(line string, at int) int { return utf8.RuneCountInString(line[:at]) + 1 }

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
