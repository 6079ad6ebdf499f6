package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestWaivers submits what the rules complain of, without reasons and with.
func TestWaivers(t *testing.T) {
	in := install(t)
	robot, ines := in.program(), in.person("ines")
	a := robot.post("/api/v1/incidents", strings.Replace(opening, "in Europe cannot", "of db-prod-03 cannot", 1)).is(http.StatusCreated)
	path := "/api/v1/updates/" + a.text("update.id")
	submit := robot.with("If-Match", `"1"`)
	submit.post(path+"/submit", "").problem(http.StatusUnprocessableEntity, "blocked", "SEC-HOST", "db-prod-03")
	submit.post(path+"/submit", `{"waivers": {"SEC-HOST": 7}}`).problem(http.StatusUnprocessableEntity, "invalid", "#/waivers/SEC-HOST")
	a = submit.post(path+"/submit", `{"waivers": {"SEC-HOST": "it is a product"}}`).is(http.StatusOK)
	if a.text("state") != "in_review" || a.text("waivers.0.rule") != "SEC-HOST" || a.at("waivers.0.signed") != false {
		t.Fatalf("submitted:\n%s", a.body)
	}
	approval := `{"requirement": 0, "languages": ["en"], "digest": "` + a.text("digest") + `", "password": "` + password + `"`
	ines.post(path+"/approvals", approval+"}").problem(http.StatusUnprocessableEntity, "invalid", "#/waivers/SEC-HOST")
	a = ines.post(path+"/approvals", approval+`, "waivers": {"SEC-HOST": "I know it"}}`).is(http.StatusOK)
	if a.text("state") != "published" || !strings.Contains(a.body, `"I know it"`) {
		t.Errorf("signed:\n%s", a.body)
	}

	jargon := strings.NewReplacer(`"major"`, `"data"`, "with a password", "during the failover").Replace(opening)
	a = robot.post("/api/v1/incidents", jargon).is(http.StatusCreated)
	path = "/api/v1/updates/" + a.text("update.id")
	submit.post(path+"/submit", "").problem(http.StatusUnprocessableEntity, "undecided", "JARGON", "failover")
	submit.post(path+"/submit", `{"waivers": {"JARGON": "they say so", "LEN-SENT": "short enough", "NONPLAIN": "fine"}}`).is(http.StatusOK)
}
