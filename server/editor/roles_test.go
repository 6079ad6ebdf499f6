package editor_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/server/auth"
)

// stands prepares an update in one state and returns what a form about it says.
type stands struct {
	name    string
	prepare func(in *installation) (comms.ID, comms.Digest)
	// signable tells whether a lead's signature publishes it.
	signable bool
}

func states() []stands {
	ctx := context.Background()
	ines := desk.Actor{Person: "ines"}
	return []stands{
		{"draft", func(in *installation) (comms.ID, comms.Digest) {
			_, id := in.opened("dana")
			return id, comms.Digest{1}
		}, false},
		{"in review", func(in *installation) (comms.ID, comms.Digest) {
			id, digest := in.submitted("dana")
			_, err := in.desk.Suggest(ctx, ines, desk.Wording{Update: id, Digest: digest, Slots: draft.Slots{"en": {"impact": plainer}}})
			must(in.t, err)
			return id, digest
		}, true},
		{"changes requested", func(in *installation) (comms.ID, comms.Digest) {
			id, digest := in.submitted("dana")
			_, err := in.desk.AskChanges(ctx, ines, id, digest, "say it plainly")
			must(in.t, err)
			return id, digest
		}, false},
		{"withdrawn", func(in *installation) (comms.ID, comms.Digest) {
			id, digest := in.submitted("dana")
			_, err := in.desk.Withdraw(ctx, ines, id, "not needed")
			must(in.t, err)
			return id, digest
		}, false},
		{"approved", func(in *installation) (comms.ID, comms.Digest) { return in.approved(time.Hour) }, false},
		{"parked", func(in *installation) (comms.ID, comms.Digest) {
			id, digest := in.approved(time.Minute)
			in.pass(17 * time.Minute) // longer than a signature lives after its time
			must(in.t, in.desk.Release(ctx))
			if got := in.look(id).Update.State; got != desk.Parked {
				in.t.Fatalf("the update is %s, and should be parked", got)
			}
			return id, digest
		}, false},
		{"published", func(in *installation) (comms.ID, comms.Digest) {
			id, digest := in.submitted("dana")
			ines.Proof = "password"
			_, err := in.desk.Sign(ctx, ines, desk.Signing{Update: id, Digest: digest, Languages: []comms.Lang{"en"}})
			must(in.t, err)
			return id, digest
		}, false},
	}
}

// approved is an update that is signed and goes out later by itself.
func (in *installation) approved(later time.Duration) (comms.ID, comms.Digest) {
	in.t.Helper()
	_, id := in.opened("dana")
	at := in.clock().Add(later).Truncate(time.Minute).Add(time.Minute)
	digest := in.submit("dana", id, func(d *draft.Draft) {
		d.PublishAt = draft.FormatTime(at)
		d.Slots.Set(draft.Shared, "next_update", draft.FormatTime(at.Add(15*time.Minute)))
	})
	u, err := in.desk.Sign(context.Background(), desk.Actor{Person: "ines", Proof: "password"}, desk.Signing{Update: id, Digest: digest, Languages: []comms.Lang{"en"}})
	must(in.t, err)
	if u.State != desk.Approved {
		in.t.Fatalf("the update is %s, and should wait for its time", u.State)
	}
	return id, digest
}

// TestNoRoutePublishesWithoutAWarrant sends every route that the router knows,
// as everybody, for an update in every state, and counts
// publications. Only a lead's own signature may add one.
func TestNoRoutePublishesWithoutAWarrant(t *testing.T) {
	for _, state := range states() {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			in := install(t, "dana", "ines")
			secret, err := in.auth.NewToken(context.Background(), "ines", "robot", auth.ScopeDraft, time.Hour)
			must(t, err)
			roles := map[string]func() (*browser, string){
				"anonymous": func() (*browser, string) { return in.browser(), "" },
				"author":    func() (*browser, string) { return in.as("dana"), "" },
				"lead":      func() (*browser, string) { return in.as("ines"), "" },
				"token":     func() (*browser, string) { return in.browser(), "Bearer " + secret },
			}
			tried := 0
			for role, enter := range roles {
				b, token := enter()
				id, digest := state.prepare(in)
				was, since := in.look(id), in.clock()
				for _, route := range in.router.Routes() {
					for _, method := range methods(route.Method, state.signable) {
						in.pass(30 * time.Second) // attempts to sign are limited
						if stale := state.signable && in.clock().Sub(since) > 5*time.Minute; stale || in.look(id).Update != was.Update {
							id, digest = state.prepare(in)
							was, since = in.look(id), in.clock()
						}
						before := in.publications()
						suggestion := "aaaaaaaaaaaa"
						for _, s := range was.Suggestions {
							suggestion = string(s.ID)
						}
						path := strings.NewReplacer(":id", string(id), ":suggestion", suggestion, ":name", "x", ":version", "2", ":part", "components", "/*", "/x").Replace(route.Path)
						got := b.do(method, path, in.everything(digest).Encode(), map[string]string{
							"Content-Type": "application/x-www-form-urlencoded", "Origin": in.server.URL, "Authorization": token,
						})
						tried++
						legitimate := role == "lead" && state.signable && method == http.MethodPost && route.Path == "/updates/:id/sign"
						switch added := in.publications() - before; {
						case legitimate && added != 1:
							t.Errorf("%s %s as %s: %d, published nothing:\n%s", method, route.Path, role, got.status, words(got.body))
						case !legitimate && added != 0:
							t.Errorf("%s %s as %s published without a warrant", method, route.Path, role)
						}
						if got.status >= 500 {
							t.Errorf("%s %s as %s: %d", method, route.Path, role, got.status)
						}
						if route.Path == "/signout" {
							b, token = enter()
						}
					}
				}
			}
			if tried < 4*12 {
				t.Fatalf("only %d combinations were tried; the router's routes are missing", tried)
			}
		})
	}
}

// methods are those to try on a route: all that change things and, while a
// signature would publish, reading as well.
func methods(own string, signable bool) []string {
	switch {
	case own == http.MethodPost:
		return []string{own}
	case signable:
		return []string{http.MethodGet, http.MethodPost}
	}
	return nil
}

// everything is one form that holds the fields of every form of the desk.
func (in *installation) everything(digest comms.Digest) url.Values {
	form := in.complete(2)
	for k, v := range signature(digest) {
		form[k] = v
	}
	for k, v := range map[string]string{"reason": "because", "phase": "investigating", "publication": "2", "person": "nobody", "name": "A name", "plan": "1", "entry": "group/signing-in", "do": "down"} {
		form.Set(k, v)
	}
	return form
}

func TestWhoMayComeIn(t *testing.T) {
	in := install(t, "dana")
	ctx := context.Background()
	drafts, err := in.auth.NewToken(ctx, "dana", "robot", auth.ScopeDraft, time.Hour)
	must(t, err)
	metrics, err := in.auth.NewToken(ctx, "dana", "prometheus", auth.ScopeMetrics, time.Hour)
	must(t, err)
	for _, test := range []struct {
		path, token string
		status      int
	}{
		{"/", "", 303}, {"/metrics", "", 401}, {"/account", "", 303},
		{"/", drafts, 200}, {"/metrics", drafts, 403}, {"/account", drafts, 403}, {"/mailbox", drafts, 403},
		{"/metrics", metrics, 200}, {"/", metrics, 403}, {"/plan", metrics, 403},
	} {
		token := ""
		if test.token != "" {
			token = "Bearer " + test.token
		}
		got := in.browser().do(http.MethodGet, test.path, "", map[string]string{"Authorization": token})
		if got.status != test.status {
			t.Errorf("%s with %.8q: %d, want %d", test.path, test.token, got.status, test.status)
		}
	}
	must(t, in.auth.Disable(ctx, "dana", true))
	got := in.browser().do(http.MethodGet, "/", "", map[string]string{"Authorization": "Bearer " + drafts})
	if got.status != 401 || !strings.Contains(got.body, "no longer on the roster") {
		t.Errorf("a disabled person's token: %d\n%s", got.status, words(got.body))
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	in := install(t, "dana")
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)"} {
		b := in.browser()
		got := b.post("/signin", url.Values{"person": {"dana"}, "password": {password}, "next": {next}})
		if got.status != 303 || got.where != "/" {
			t.Errorf("next %q leads to %d %q", next, got.status, got.where)
		}
	}
}
