package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/auth"
)

const timed = `{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}, "started_at": "2026-11-22T14:00:00Z", `

// everything is what is sent to each route that changes something.
func everything(digest string) map[string]string {
	signature := `{"requirement": 0, "languages": ["en"], "digest": "` + digest + `", "password": "` + password + `"}`
	return map[string]string{
		"/incidents":             opening,
		"/incidents/:id/updates": `{"phase": "resolved"}`,
		"/updates/:id":           timed + `"slots": ` + slots + `}`,
		"/updates/:id/preview":   timed + `"slots": ` + slots + `}`,
		"/updates/:id/submit":    "",
		"/updates/:id/withdraw":  `{"reason": "not needed"}`,
		"/updates/:id/approvals": signature, "/updates/:id/rejections": `{"digest": "` + digest + `", "reason": "say it plainly"}`,
		"/updates/:id/cause":                          `{"digest": "` + digest + `"}`,
		"/updates/:id/suggestions":                    `{"digest": "` + digest + `", "slots": {"en": {"impact": "Customers in Europe get no further than the sign-in page."}}}`,
		"/updates/:id/suggestions/:suggestion/answer": `{"answer": "accepted"}`,
		"/signals/alertmanager":                       `{"version": "4", "alerts": [{"status": "firing", "fingerprint": "a", "startsAt": "2026-11-22T13:58:00Z", "labels": {"alertname": "SignInErrors"}}]}`,
	}
}

// standing are the states of an update, each with what brings a submitted one
// there; at is when the update is to go out.
func standing(in *installation) map[desk.UpdateState]struct {
	at    time.Duration
	reach func(ines client, path, digest string)
} {
	sign := func(ines client, path, digest string) {
		ines.post(path+"/approvals", everything(digest)["/updates/:id/approvals"]).is(http.StatusOK)
	}
	type standing = struct {
		at    time.Duration
		reach func(ines client, path, digest string)
	}
	return map[desk.UpdateState]standing{
		desk.Draft:    {},
		desk.InReview: {reach: func(client, string, string) {}},
		desk.ChangesRequested: {reach: func(ines client, path, digest string) {
			ines.post(path+"/rejections", everything(digest)["/updates/:id/rejections"]).is(http.StatusOK)
		}},
		desk.Approved: {time.Hour, sign},
		desk.Parked: {time.Minute, func(ines client, path, digest string) {
			sign(ines, path, digest)
			in.pass(17 * time.Minute) // longer than a signature lives after its time
			must(in.t, in.desk.Release(context.Background()))
		}},
		desk.Withdrawn: {reach: func(ines client, path, _ string) {
			ines.post(path+"/withdraw", `{"reason": "not needed"}`).is(http.StatusOK)
		}},
		desk.Published: {reach: sign},
	}
}

// TestNoRoutePublishesWithoutAWarrant sends every route that the router knows,
// as everybody, for an update in every state, and counts publications. Only a
// signature of a person who may give it adds one.
func TestNoRoutePublishesWithoutAWarrant(t *testing.T) {
	in := install(t)
	author, lead := in.person("dana"), in.person("ines")
	bearer := func(who, scope string) client {
		return client{in, map[string]string{"Authorization": in.token(plan.PersonID(who), who, scope, 90*24*time.Hour)}}
	}
	robot := bearer("dana", auth.ScopeDraft)
	everybody := map[string]client{
		"nobody": {in, nil}, "the author": author, "the lead": lead,
		"the author's token": robot, "the lead's token": bearer("ines", auth.ScopeDraft), "the monitoring": bearer("ines", auth.ScopeSignal),
	}
	for state, way := range standing(in) {
		prepare := func() (incident, id, digest string) {
			incident, id = robot.opened()
			path, at := "/api/v1/updates/"+id, in.clock().Add(way.at).Truncate(time.Minute)
			if way.reach == nil {
				return incident, id, strings.Repeat("0", 64)
			}
			text, revision := timed, `"1"`
			if way.at > 0 {
				text += `"publish_at": "` + at.Format(time.RFC3339) + `", `
			}
			next := `{"shared": {"next_update": "` + at.Add(15*time.Minute).Format(time.RFC3339) + `"}, "en"`
			robot.with("If-Match", revision).send(http.MethodPut, path, text+`"slots": `+strings.Replace(slots, `{"en"`, next, 1)+`}`).is(http.StatusOK)
			digest = robot.with("If-Match", `"2"`).post(path+"/submit", "").is(http.StatusOK).text("digest")
			way.reach(lead, path, digest)
			return incident, id, digest
		}
		incident, id, digest := prepare()
		since, spent := in.clock(), false // spent: something was done with it
		if got := in.update(id).State; got != state {
			t.Fatalf("the update is %s, and should be %s", got, state)
		}
		for who, c := range everybody {
			if (who == "nobody" || who == "the monitoring") && state != desk.InReview {
				continue // they get no further than the door, which knows no states
			}
			for _, route := range in.router.Routes() {
				if route.Method == http.MethodGet || route.Method == echo.RouteNotFound {
					continue
				}
				if spent || state == desk.InReview && in.clock().Sub(since) > 5*time.Minute {
					incident, id, digest = prepare()
					since = in.clock()
				}
				path := strings.TrimPrefix(route.Path, api.Root)
				body, known := everything(digest)[path]
				if !known {
					t.Fatalf("nobody sends anything to %s", path)
				}
				about := id
				if strings.HasPrefix(path, "/incidents") {
					about = incident
				}
				before := in.published()
				suggestion := "aaaaaaaaaaaa"
				if look, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, comms.ID(id)); err == nil && len(look.Suggestions) > 0 {
					suggestion = string(look.Suggestions[0].ID)
				}
				got := c.with("If-Match", `"2"`).send(route.Method, strings.NewReplacer(":id", about, ":suggestion", suggestion).Replace(route.Path), body)
				spent = got.status < 400
				legitimate := who == "the lead" && state == desk.InReview && path == "/updates/:id/approvals"
				switch added := in.published() - before; {
				case legitimate && added != 1:
					t.Errorf("%s %s as %s: %d, published nothing:\n%s", route.Method, path, who, got.status, got.body)
				case !legitimate && added != 0:
					t.Errorf("%s %s as %s, while it is %s, published without a warrant", route.Method, path, who, state)
				}
				if got.status >= 500 {
					t.Errorf("%s %s as %s: %d", route.Method, path, who, got.status)
				}
				in.pass(30 * time.Second) // attempts to sign are limited
			}
		}
	}
}

func (in *installation) update(id string) desk.Update {
	in.t.Helper()
	v, err := in.desk.Look(context.Background(), desk.Actor{Person: "dana"}, comms.ID(id))
	must(in.t, err)
	return v.Update
}

func (in *installation) published() int64 {
	in.t.Helper()
	head, err := in.desk.Head(context.Background())
	must(in.t, err)
	return head.Number
}
