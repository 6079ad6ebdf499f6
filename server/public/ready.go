package public

import (
	"net/http"

	"github.com/countersign/countersign/server/page"
)

// ready answers a request for a page that the snapshot holds rendered, and
// tells whether it did. A crowd asks for nothing else: the router, its
// middleware and its context would cost more than all that is done here.
func (s *site) ready(w http.ResponseWriter, r *http.Request) bool {
	snap := s.Pages.Snapshot()
	if snap == nil || r.Method != http.MethodGet || len(r.RequestURI) > maxAddress {
		return false
	}
	asked := s.locate(r)
	doc := snap.Ready(asked.lang, asked.path)
	if doc == nil {
		return false
	}
	if form := doc.In(encoding(r.Header.Get("Accept-Encoding"))); has(r.Header, form) {
		stillThat(w, asked, form)
		return true
	}
	protect(w.Header())
	sendPage(w, r, asked.prefix == "", snap, doc)
	return true
}

// stillThat answers whoever has the page already with what a cache needs to
// know, and no more (RFC 9110 section 15.4.5): it keeps the headers that came
// with the page.
func stillThat(w http.ResponseWriter, asked located, form page.Form) {
	h := w.Header()
	h["Etag"] = form.Header["Etag"]
	h.Set("Cache-Control", cachePage)
	if asked.prefix == "" {
		h.Add("Vary", "Accept-Language")
	}
	h.Add("Vary", "Accept-Encoding")
	w.WriteHeader(http.StatusNotModified)
}
