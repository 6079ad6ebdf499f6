package public_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/openapitest"
	"github.com/countersign/countersign/server/page/pagetest"
)

// TestTheDocumentSaysWhatProgramsRead holds every answer for programs to
// openapi.yaml, and looks for those that it does not describe.
func TestTheDocumentSaysWhatProgramsRead(t *testing.T) {
	i := install(t, true)
	for n, phase := range []comms.Phase{comms.PhaseInvestigating, comms.PhaseResolved} {
		i.press.Publish(pagetest.Update{
			Incident: "over", Phase: phase, At: now.Add(time.Duration(n-8) * time.Minute), Title: comms.Words{"en": "Over"}, HTML: comms.Words{"en": "<p>.</p>"},
			Claims: []comms.Claim{{Component: "exports", State: []comms.State{comms.Degraded, comms.Operational}[n]}},
		})
	}
	if err := i.keep.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, err := openapitest.New(i.ask(http.MethodGet, "/openapi.json", nil, "").Body, "")
	if err != nil {
		t.Fatal(err)
	}
	d.Sound(t)
	home := "https://status.northwind.example"
	samples := append(programs(), "/go/sign-in.json", "/go/export.json?lang=es", "/go/unknown.json", "/embed.json", "/embed.json?lang=es",
		"/oembed?url="+url.QueryEscape(home+"/"), "/oembed?url="+url.QueryEscape(home+"/incidents/"+string(pagetest.ID("over"))), "/oembed", "/oembed?format=x&url=x",
		"/incidents/"+string(pagetest.ID("over"))+".json", "/incidents/aaaaaaaaaaaa.json", "/history.json?page=1", "/history.json?page=99", "/feed.json", "/openapi.json")
	for _, path := range append(samples, i.addresses()...) {
		got := i.ask(http.MethodGet, path, nil, "")
		if !strings.Contains(got.Header.Get("Content-Type"), "json") || strings.HasPrefix(path, "/subscriptions/") || strings.HasPrefix(path, "/components/") {
			continue // a person's own data, and the same feed of one component
		}
		d.Hold(t, httptest.NewRequest(http.MethodGet, path, nil), openapitest.Answer{Status: got.StatusCode, Header: got.Header, Body: read(t, got)})
	}
	for _, operation := range d.Operations() {
		method, pattern, _ := strings.Cut(operation, " ")
		before, _, _ := strings.Cut(pattern, "{")
		if method != http.MethodGet || !slices.ContainsFunc(samples, func(path string) bool { return strings.HasPrefix(path, before) }) {
			t.Errorf("nobody asks %s", operation)
		}
	}
}
