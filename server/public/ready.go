package public

import "net/http"

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
	sendPage(w, r, asked.prefix == "", snap, doc)
	return true
}
