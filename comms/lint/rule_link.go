package lint

import (
	"net/url"
	"strings"
)

// links finds addresses that are not on the plan's list, and links whose words
// do not say where they lead.
func links(j *judge, t *text) []hit {
	var out []hit
	for _, p := range t.pieces {
		if host, s := hostOf(p); host != "" && !j.allowsHost(host) && !t.owned(s) {
			out = append(out, hit{span: s, args: []string{"host", host}})
		}
	}
	for _, m := range t.found[signHere] {
		out = append(out, hit{span: t.span(m.first, m.n), reason: "LINK.here", mild: true})
	}
	for i := range t.words {
		if w := t.words[i]; here[w.low] && strings.HasPrefix(t.s[w.end:], "](") && w.start > 0 && t.s[w.start-1] == '[' {
			out = append(out, hit{span: w.span, reason: "LINK.here", mild: true})
		}
	}
	return out
}

// signHere is a link that names nothing but itself.
const signHere Rule = "here"

var clickHere = phrases{
	"en": `click here
		click this link
		click the link
		tap here
		press here`,
	"es": `haga clic aquí
		haz clic aquí
		pulse aquí
		pulsa aquí
		pinche aquí
		pincha aquí
		clic aquí
		en el siguiente enlace`,
}

var here = wordSet("here this link aquí enlace")

// hostOf reads the host of an address in a piece; Markdown may stand around it.
func hostOf(p piece) (string, span) {
	if !p.url {
		return "", span{}
	}
	at := strings.Index(p.s, "http")
	if at < 0 {
		if at = strings.Index(p.s, "www."); at < 0 {
			return "", span{}
		}
	}
	s := p.s[at:]
	where := span{p.start + at, p.end}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return s, where // an address that cannot be read leads nowhere good
	}
	return strings.ToLower(u.Hostname()), where
}
