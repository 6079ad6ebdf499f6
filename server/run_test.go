package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/auth"
)

// libraries leaves out what the session library starts for a store in memory
// that is never used, and offers no safe way to stop.
var libraries = goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup")

// installed makes an installation with the built-in plan in force.
func installed(t *testing.T) Settings {
	t.Helper()
	return installedAt(t, Options{})
}

func installedAt(t *testing.T, o Options) Settings {
	t.Helper()
	f := Folder(t.TempDir() + "/status")
	if err := f.Prepare([]byte("# a test\n")); err != nil {
		t.Fatal(err)
	}
	if err := f.MakeKeys(false); err != nil {
		t.Fatal(err)
	}
	s := good()
	s.Stored = Stored{Database: "sqlite:" + DatabaseFile, SealKey: SealKeyFile, SealPub: SealPubFile, SecretKey: SecretFile}.In(f)
	s.Public, s.Desk, s.Drain = "127.0.0.1:0", "127.0.0.1:0", 5*time.Second
	s.SMTP, s.SMTPSecurity = "127.0.0.1:9", "none"
	in, err := Open(t.Context(), s.Stored, o)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.Desk.Found(t.Context(), plan.Builtin()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRun(t *testing.T) {
	defer goleak.VerifyNone(t, libraries)
	s := installed(t)
	ctx, stop := context.WithCancel(t.Context())
	started, ended := make(chan [2]string, 1), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Settings: s, Started: func(public, desk net.Addr) {
			started <- [2]string{"http://" + public.String(), "http://" + desk.String()}
		}})
	}()
	var at [2]string
	select {
	case at = <-started:
	case err := <-ended:
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, c := range []struct {
		url    string
		status int
		holds  string
	}{
		{at[0] + "/", 200, "Northwind"},
		{at[0] + "/es/history?" + strings.Repeat("x", 100<<10), 414, "Todo funciona"},
		{at[0] + "/go/export", 200, "We know of no trouble with Exports right now"},
		{at[0] + "/healthz", 200, ""},
		{at[0] + "/readyz", 200, ""},
		{at[0] + "/metrics", 404, ""},
		{at[1] + "/healthz", 200, "alive"},
		{at[1] + "/readyz", 200, "ready"},
		{at[1] + "/metrics", 401, "not signed in"},
	} {
		res, err := client.Get(c.url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || !strings.Contains(string(body), c.holds) {
			t.Errorf("%.80s: %d, want %d with %q:\n%.500s", c.url, res.StatusCode, c.status, c.holds, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := client.Get(at[0] + "/healthz"); err == nil {
		t.Error("the listener is still open")
	}
	in, err := Open(t.Context(), s.Stored, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	counted, err := in.Store.LinkVisits(t.Context(), time.Now())
	if err != nil || len(counted) != 1 || counted[0].Key != "export" || counted[0].Hour.Visits != 1 {
		t.Errorf("after the end %+v is counted, want one visit (%v)", counted, err)
	}
}

// TestOneProcessServesAFile holds that nobody takes up the deliveries of a
// service that runs, and that its end lets the next one in.
func TestOneProcessServesAFile(t *testing.T) {
	s := installed(t)
	for range 2 {
		ctx, stop := context.WithCancel(t.Context())
		started, ended := make(chan struct{}), make(chan error, 1)
		go func() {
			ended <- Run(ctx, Config{Settings: s, Started: func(net.Addr, net.Addr) { close(started) }})
		}()
		select {
		case <-started:
		case err := <-ended:
			t.Fatal(err)
		}
		err := Run(ctx, Config{Settings: s})
		if comms.CodeOf(err) != comms.Conflict || !strings.Contains(err.Error(), "another process serves") {
			t.Errorf("a second service beside it: %v", err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// TestMetrics reads the metrics with a token, as Prometheus does.
func TestMetrics(t *testing.T) {
	s := installed(t)
	in, err := Open(t.Context(), s.Stored, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := in.Auth.SetPassword(t.Context(), "ada", auth.NewPassword()); err != nil {
		t.Fatal(err)
	}
	secret, err := in.Auth.NewToken(t.Context(), "ada", "prometheus", auth.ScopeMetrics, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, started := make(chan error, 1), make(chan string, 1)
	go func() {
		ended <- Run(ctx, Config{Settings: s, Started: func(_, desk net.Addr) { started <- desk.String() }})
	}()
	req := &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: <-started, Path: "/metrics"}, Header: http.Header{"Authorization": {"Bearer " + secret}}}
	for range 2 { // the first is what the second counts
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "go_goroutines") {
			t.Fatalf("%d\n%.500s", res.StatusCode, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestRunNamesEverythingAndLeavesNothingOpen breaks three things at once.
func TestRunNamesEverythingAndLeavesNothingOpen(t *testing.T) {
	defer goleak.VerifyNone(t, libraries)
	s := installed(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Public, s.Desk = taken.Addr().String(), free.Addr().String()
	free.Close()
	s.MailFrom, s.Database = "nobody", "sqlite:/does/not/exist/x.db"
	err = Run(t.Context(), Config{Settings: s})
	for _, want := range []string{"mail_from: ", "another program listens there", "/does/not/exist"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error should hold %q:\n%v", want, err)
		}
	}
	again, err := net.Listen("tcp", s.Desk)
	if err != nil {
		t.Fatalf("the desk's address was left open: %v", err)
	}
	again.Close()
}
