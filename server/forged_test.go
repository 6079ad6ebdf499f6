package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/countersign/countersign/server/store/storetest"
)

// TestAForgedPublicationStopsTheDeskAndNotThePage starts on a database in
// which somebody has written a plan that nobody signed.
func TestAForgedPublicationStopsTheDeskAndNotThePage(t *testing.T) {
	defer goleak.VerifyNone(t, libraries)
	s := installed(t)
	in, err := Open(t.Context(), s.Stored, Options{})
	if err != nil {
		t.Fatal(err)
	}
	storetest.ForgePlan(t, in.Store)
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	started, ended := make(chan [2]string, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Settings: s, Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}, Started: func(public, desk net.Addr) {
			started <- [2]string{"http://" + public.String(), "http://" + desk.String()}
		}})
	}()
	var at [2]string
	select {
	case at = <-started:
	case err := <-ended:
		t.Fatalf("a forged row keeps the service from starting: %v", err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range []struct {
		url    string
		status int
		holds  string
	}{
		{at[0] + "/", 200, "Northwind"},
		{at[0] + "/readyz", 200, "ready"}, // or a load balancer would take the page away
		{at[1] + "/healthz", 200, "alive"},
		{at[1] + "/readyz", 503, "the page stays at publication 1, because what follows it cannot be verified or shown; the log says why, and `countersign audit verify`"},
		{at[1] + "/signin", 500, "This did not work"},
	} {
		res, err := client.Get(c.url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || !strings.Contains(string(body), c.holds) {
			t.Errorf("%s: %d, want %d with %q:\n%.500s", c.url, res.StatusCode, c.status, c.holds, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	for _, want := range []string{"the plan in force cannot be trusted", "the page shows less than the database holds", "countersign audit verify", "publication 2 cannot be trusted"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}
