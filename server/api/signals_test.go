package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/server/auth"
)

// monitoring is Alertmanager with its token.
func (in *installation) monitoring() client {
	return client{in, map[string]string{"Authorization": in.token("dana", "alertmanager", auth.ScopeSignal, long)}}
}

// notification is what Alertmanager sends of one alert.
func notification(status, fingerprint, alertname string) string {
	return fmt.Sprintf(`{"receiver": "countersign", "status": %[1]q, "alerts": [{"status": %[1]q, "labels": {"alertname": %[3]q, "instance": "db-7.internal:9100"},
		"annotations": {"summary": "The rate of failed sign-ins is 31 %%"}, "startsAt": "2026-11-22T13:58:11.123Z", "endsAt": "0001-01-01T00:00:00Z",
		"generatorURL": "http://prometheus.internal/graph?g0.expr=x", "fingerprint": %[2]q}], "groupLabels": {"alertname": %[3]q}, "commonLabels": {},
		"commonAnnotations": {}, "externalURL": "http://alertmanager.internal", "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0}`, status, fingerprint, alertname)
}

const hook = "/api/v1/signals/alertmanager"

func TestAnAlertBecomesADraft(t *testing.T) {
	in := install(t)
	am, robot := in.monitoring(), in.program()
	a := am.post(hook, notification("firing", "8f2c", "SignInErrors")).is(http.StatusOK)
	if a.text("alerts.0.outcome") != "started" {
		t.Fatalf("%s", a.body)
	}
	update := robot.get("/api/v1/updates/" + a.text("alerts.0.update")).is(http.StatusOK)
	if update.text("state") != "draft" || update.text("created_by") != "dana" || update.text("text.components.sign-in") != "partial" || strings.Contains(update.body, "db-7") {
		t.Errorf("%s", update.body)
	}
	if again := am.post(hook, notification("firing", "8f2c", "SignInErrors")).is(http.StatusOK); again.text("alerts.0.outcome") != "repeated" || again.text("alerts.0.incident") != a.text("alerts.0.incident") {
		t.Errorf("%s", again.body)
	}
	if other := am.post(hook, notification("firing", "9a11", "DiskFull")).is(http.StatusOK); other.text("alerts.0.outcome") != "unmapped" || other.at("alerts.0.incident") != nil {
		t.Errorf("%s", other.body)
	}
	if list := robot.get("/api/v1/incidents").is(http.StatusOK); len(list.at("incidents").([]any)) != 1 {
		t.Errorf("%s", list.body)
	}
}

func TestTheTokenOfTheMonitoringDoesNothingElse(t *testing.T) {
	in := install(t)
	am := in.monitoring()
	update := am.post(hook, notification("firing", "8f2c", "SignInErrors")).is(http.StatusOK).text("alerts.0.update")
	for _, path := range []string{"/incidents", "/components", "/updates/" + update} {
		am.get("/api/v1"+path).problem(http.StatusForbidden, "forbidden", `\"draft\"`)
	}
	am.with("If-Match", `"1"`).post("/api/v1/updates/"+update+"/submit", "").problem(http.StatusForbidden, "forbidden")
	am.post("/api/v1/updates/"+update+"/approvals", "{}").problem(http.StatusForbidden, "forbidden", "never signs")
	in.program().post(hook, notification("firing", "8f2c", "SignInErrors")).problem(http.StatusForbidden, "forbidden", `\"signal\"`)
	in.person("ines").post(hook, notification("firing", "8f2c", "SignInErrors")).problem(http.StatusUnauthorized, "unauthenticated")
}

func TestNotificationsThatAreNoneChangeNothing(t *testing.T) {
	in := install(t)
	am, good := in.monitoring(), notification("firing", "8f2c", "SignInErrors")
	many := `{"version": "4", "alerts": [` + strings.TrimSuffix(strings.Repeat(`{"status": "firing", "fingerprint": "a"},`, 501), ",") + `]}`
	for name, c := range map[string]struct {
		body   string
		status int
		kind   string
		says   []string
	}{
		"another version":     {strings.Replace(good, `"version": "4"`, `"version": "3"`, 1), 422, "invalid", []string{"#/version", `understands version \"4\"`}},
		"a number as version": {strings.Replace(good, `"version": "4"`, `"version": 4`, 1), 422, "invalid", []string{"#/version"}},
		"no version":          {strings.Replace(good, `"version": "4"`, `"v": "4"`, 1), 422, "invalid", []string{"#/version"}},
		"no alerts":           {`{"version": "4", "alerts": []}`, 422, "invalid", []string{"#/alerts", "holds no alerts"}},
		"too many alerts":     {many, 422, "invalid", []string{"#/alerts", "max_alerts"}},
		"alerts of no kind":   {`{"version": "4", "alerts": {}}`, 422, "invalid", []string{"#/alerts", "something else"}},
		"labels of no kind":   {strings.Replace(good, `"instance": "db-7.internal:9100"`, `"instance": 7`, 1), 422, "invalid", []string{"JSON number"}},
		"no fingerprint":      {strings.Replace(good, `"8f2c"`, `""`, 1), 422, "invalid", []string{"#/alerts/0/fingerprint"}},
		"a wild fingerprint":  {strings.Replace(good, `8f2c`, `8f 2c`, 1), 422, "invalid", []string{"#/alerts/0/fingerprint"}},
		"another status":      {strings.Replace(good, `"status": "firing", "labels"`, `"status": "burning", "labels"`, 1), 422, "invalid", []string{"#/alerts/0/status", "firing or resolved"}},
		"no time":             {strings.Replace(good, `2026-11-22T13:58:11.123Z`, `yesterday`, 1), 422, "invalid", []string{"#/alerts/0/startsAt", "2026-11-23T15:00:00Z"}},
		"half a body":         {good[:200], 400, "malformed", []string{"not JSON"}},
		"no body":             {"", 400, "malformed", []string{"empty"}},
		"too large a body":    {strings.Replace(good, "31 %", strings.Repeat("x", 1<<20), 1), 413, "too-large", nil},
		"one of two is wrong": {`{"version": "4", "alerts": [{"status": "firing", "fingerprint": "a", "labels": {"alertname": "SignInErrors"}}, {"status": "firing"}]}`, 422, "invalid", []string{"#/alerts/1/fingerprint"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer in.within(t)()
			client{in, am.header}.post(hook, c.body).problem(c.status, c.kind, c.says...)
		})
	}
	if list := in.program().get("/api/v1/incidents").is(http.StatusOK); len(list.at("incidents").([]any)) != 0 {
		t.Errorf("something started: %s", list.body)
	}
}

// FuzzNotification sends any bytes as Alertmanager: they are taken or refused,
// never an error of ours.
func FuzzNotification(f *testing.F) {
	for _, seed := range []string{notification("firing", "8f2c", "SignInErrors"), notification("resolved", "8f2c", "SignInErrors"), `{"version": "4", "alerts": [null, {"labels": null}]}`,
		`{"version": "4", "alerts": [{"status": "firing", "fingerprint": "a", "startsAt": "0000-01-01T00:00:00Z", "labels": {"alertname": "SignInErrors\u0000\u202e"}}]}`,
		`{"version": "4", "alerts": [{"status": "firing", "fingerprint": "b", "startsAt": "9999-12-31T23:59:59+14:00", "labels": {"alertname": "Documents"}}]}`, `[`, "\xff"} {
		f.Add(seed)
	}
	in := install(f)
	am := in.monitoring()
	f.Fuzz(func(t *testing.T, body string) {
		defer in.within(t)()
		in.pass(200_000_000) // stays within the token's limit
		if a := am.post(hook, body); a.status >= http.StatusInternalServerError || a.status == http.StatusUnauthorized {
			t.Fatalf("%d\n%s", a.status, a.body)
		}
	})
}
