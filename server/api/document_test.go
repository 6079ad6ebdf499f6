//go:build !fuzz

package api_test

import (
	"encoding/json"
	"io"
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
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// hold compares an exchange with the document: the answer always, the request
// if it was accepted.
func (c client) hold(r *http.Request, a answer) {
	c.t.Helper()
	v := document()
	response := &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}
	if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
		if a.header.Get("Content-Type") != "application/problem+json" {
			c.t.Errorf("%s %s: %d is no problem document:\n%s", r.Method, r.URL, a.status, a.body)
		}
		if ok, _ := v.ValidateHttpRequest(r); !ok {
			return // a route that is not there has no answer in the document
		}
	}
	if ok, wrong := v.ValidateHttpResponse(r, response); !ok {
		for _, w := range wrong {
			c.t.Errorf("%s %s: the answer %d is not as openapi.yaml says: %s: %s", r.Method, r.URL, a.status, w.Message, w.Reason)
			for _, s := range w.SchemaValidationErrors {
				c.t.Errorf("    %s: %s", s.KeywordLocation, s.Reason)
			}
		}
		c.t.Errorf("the answer was:\n%s", a.body)
	}
	if a.status >= 300 {
		return
	}
	if ok, wrong := v.ValidateHttpRequest(r); !ok {
		for _, w := range wrong {
			c.t.Errorf("%s %s was accepted, and openapi.yaml says that it should not be: %s: %s", r.Method, r.URL, w.Message, w.Reason)
		}
	}
}

var document = sync.OnceValue(func() validator.Validator {
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
	d, err := libopenapi.NewDocument(w.Body.Bytes())
	if err != nil {
		panic(err)
	}
	v, errs := validator.NewValidator(d)
	if len(errs) > 0 {
		panic(errs[0])
	}
	return v
})

// TestTheDocumentIsTheInterface holds routes and document against each other.
func TestTheDocumentIsTheInterface(t *testing.T) {
	if ok, wrong := document().ValidateDocument(); !ok {
		t.Fatalf("openapi.yaml is not OpenAPI 3.1: %v", wrong)
	}
	in := install(t)
	var d struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	a := client{in, nil}.get(api.Root + "/openapi.json").is(http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		t.Fatal(err)
	}
	var said, served []string
	for path, operations := range d.Paths {
		for method := range operations {
			if method != "parameters" {
				said = append(said, strings.ToUpper(method)+" "+path)
			}
		}
	}
	parameter := regexp.MustCompile(`:([a-z]+)`)
	for _, r := range in.router.Routes() {
		if r.Method == echo.RouteNotFound {
			continue
		}
		served = append(served, r.Method+" "+parameter.ReplaceAllString(strings.TrimPrefix(r.Path, api.Root), "{$1}"))
	}
	slices.Sort(said)
	slices.Sort(served)
	if diff := cmp.Diff(served, said); diff != "" {
		t.Errorf("routes (-) and document (+):\n%s", diff)
	}
}
