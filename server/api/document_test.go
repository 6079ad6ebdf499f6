package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/openapitest"
	"github.com/countersign/countersign/templates"
)

// document is openapi.yaml as the interface serves it.
var document = sync.OnceValue(func() *openapitest.Document {
	w := httptest.NewRecorder()
	words, err := language.New(templates.FS)
	if err != nil {
		panic(err)
	}
	router, err := api.New(api.Config{Log: slog.New(slog.DiscardHandler), Languages: words})
	if err != nil {
		panic(err)
	}
	router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, api.Root+"/openapi.json", nil))
	d, err := openapitest.New(w.Body, api.Root)
	if err != nil {
		panic(err)
	}
	return d
})

// hold compares an exchange with the document.
func (c client) hold(r *http.Request, a answer) {
	c.t.Helper()
	document().Hold(c.t, r, openapitest.Answer{Status: a.status, Header: a.header, Body: a.body})
}

// TestTheDocumentIsTheInterface holds routes and document against each other.
func TestTheDocumentIsTheInterface(t *testing.T) {
	document().Sound(t)
	in := install(t)
	var served []string
	parameter := regexp.MustCompile(`:([a-z]+)`)
	for _, r := range in.router.Routes() {
		if r.Method == echo.RouteNotFound {
			continue
		}
		served = append(served, r.Method+" "+parameter.ReplaceAllString(strings.TrimPrefix(r.Path, api.Root), "{$1}"))
	}
	slices.Sort(served)
	if diff := cmp.Diff(served, document().Operations()); diff != "" {
		t.Errorf("routes (-) and document (+):\n%s", diff)
	}
}
