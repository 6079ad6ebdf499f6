package public

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
	"golang.org/x/time/rate"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/limit"
	"github.com/countersign/countersign/server/page"
)

// site answers requests.
type site struct {
	Config
	asking  *limit.Limits // requests for mail by network
	drawing *rate.Limiter // pictures that are drawn
}

// What a request was found to ask for, kept in its context.
const (
	keyLang   = "language"
	keyPrefix = "prefix" // "/es", or "" for an address without a language
)

// headers are those of every answer. The policy of a page with styles replaces
// the strict one here.
func (s *site) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		protect(c.Response().Header())
		return next(c)
	}
}

func protect(h http.Header) {
	for _, f := range everyAnswer {
		h[f.name] = f.value
	}
}

// everyAnswer is made once: a crowd asks for little else. Nothing adds to
// these values.
var everyAnswer = []struct {
	name  string
	value []string
}{
	{echo.HeaderContentSecurityPolicy, []string{"default-src 'none'; frame-ancestors 'none'"}},
	{echo.HeaderXContentTypeOptions, []string{"nosniff"}},
	{echo.HeaderReferrerPolicy, []string{"no-referrer"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=()"}},
}

func (s *site) shortAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if len(c.Request().RequestURI) > maxAddress {
			return echo.NewHTTPError(http.StatusRequestURITooLong)
		}
		return next(c)
	}
}

// language finds the language of a request, and takes it off the path, so that
// every route is written once.
func (s *site) language(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		asked := s.locate(r)
		if asked.prefix != "" {
			if asked.path == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
				return c.Redirect(http.StatusPermanentRedirect, asked.prefix+"/")
			}
			r.URL.Path, r.URL.RawPath = "/"+strings.TrimPrefix(asked.path, "/"), ""
		}
		c.Set(keyLang, asked.lang)
		c.Set(keyPrefix, asked.prefix)
		return next(c)
	}
}

// located is what the address of a request says.
type located struct {
	lang   comms.Lang // of the address, else what the browser prefers
	prefix string     // "/es", or "" for an address without a language
	path   string     // without the prefix; "" for nothing but a language
}

func (s *site) locate(r *http.Request) located {
	all, source := s.languages()
	first, rest, more := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case !slices.Contains(all, comms.Lang(first)):
		return located{choose(strings.Join(r.Header.Values("Accept-Language"), ","), all, source), "", r.URL.Path}
	case !more:
		return located{comms.Lang(first), "/" + first, ""}
	}
	return located{comms.Lang(first), "/" + first, "/" + rest}
}

func (s *site) languages() ([]comms.Lang, comms.Lang) {
	if snap := s.Pages.Snapshot(); snap != nil {
		return snap.Languages(), snap.Source()
	}
	all := s.Languages.Languages()
	return all, all[0]
}

// choose picks the language that the reader prefers of those there are (RFC
// 9110 section 12.5.4), else the source.
func choose(accept string, all []comms.Lang, source comms.Lang) comms.Lang {
	const most = 400 // a browser's is a tenth of it
	if accept == "" || len(accept) > most {
		return source
	}
	wanted, weights, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return source
	}
	for n, w := range wanted {
		if weights[n] <= 0 {
			continue
		}
		base, _ := w.Base()
		for _, l := range []comms.Lang{comms.Lang(w.String()), comms.Lang(base.String())} {
			if slices.Contains(all, l) {
				return l
			}
		}
	}
	return source
}

// lang is the language of the request.
func lang(c echo.Context) comms.Lang {
	l, _ := c.Get(keyLang).(comms.Lang)
	return l
}

func prefix(c echo.Context) string {
	p, _ := c.Get(keyPrefix).(string)
	return p
}

// encoding picks how the bytes are sent: brotli, else gzip, else as they are,
// by what the client says that it reads (RFC 9110 section 12.5.3).
func encoding(accept string) page.Encoding {
	if len(accept) > 400 {
		return page.Identity
	}
	for _, e := range []page.Encoding{page.Brotli, page.Gzip} {
		if reads(accept, string(e)) {
			return e
		}
	}
	return page.Identity
}

// reads tells whether the header takes a coding, by its name or by "*".
func reads(accept, coding string) bool {
	anything := false
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, coding):
			return !zeroWeight(params)
		case name == "*":
			anything = !zeroWeight(params)
		}
	}
	return anything
}

// zeroWeight tells whether the parameters are "q=0", which means: not this.
func zeroWeight(params string) bool {
	if params == "" {
		return false
	}
	q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
	return ok && strings.Trim(q, "0.") == "" && q != ""
}
