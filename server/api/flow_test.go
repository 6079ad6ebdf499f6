package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestFromAlertToSignature is the way of an update: a program drafts and
// submits, a person signs, customers are told.
func TestFromAlertToSignature(t *testing.T) {
	in := install(t)
	robot, ines := in.program(), in.person("ines")

	a := robot.post("/api/v1/incidents", opening).is(http.StatusCreated)
	incident, update := a.text("incident.id"), a.text("update.id")
	if got := a.header.Get("Location"); got != "/api/v1/incidents/"+incident {
		t.Errorf("Location %q", got)
	}
	if got := a.text("update.url"); got != "https://desk.northwind.example/updates/"+update {
		t.Errorf("url %q", got)
	}
	path := "/api/v1/updates/" + update
	a = robot.get(path).is(http.StatusOK)
	if a.header.Get("ETag") != `"1"` || a.text("text.slots.en.impact") != "Customers in Europe cannot sign in with a password." {
		t.Errorf("%s\n%s", a.header.Get("ETag"), a.body)
	}
	if p := robot.get(path + "/preview").is(http.StatusOK); p.at("ready") != true || p.text("digest") != a.text("digest") || !strings.Contains(p.text("forms.en.html"), "stay signed in") {
		t.Errorf("preview:\n%s", p.body)
	}
	a = robot.with("If-Match", a.header.Get("ETag")).post(path+"/submit", "").is(http.StatusOK)
	if a.text("state") != "in_review" {
		t.Fatalf("state %s", a.body)
	}
	approval := `{"requirement": 0, "languages": ["en"], "digest": "` + a.text("digest") + `", "password": "` + password + `"}`
	robot.post(path+"/approvals", approval).problem(http.StatusForbidden, "forbidden", "token never signs")
	in.person("dana").post(path+"/approvals", approval).problem(http.StatusForbidden, "forbidden", "#/requirement", "nobody signs what they wrote")
	ines.post(path+"/approvals", strings.Replace(approval, "four", "five", 1)).problem(http.StatusForbidden, "forbidden", "#/password")
	ines.post(path+"/approvals", strings.Replace(approval, a.text("digest"), strings.Repeat("0", 64), 1)).problem(http.StatusConflict, "conflict", "#/digest")
	if got := robot.get("/api/v1/incidents/" + incident).is(http.StatusOK); got.at("phase") != nil || len(got.at("publications").([]any)) != 0 {
		t.Errorf("published already:\n%s", got.body)
	}
	a = ines.post(path+"/approvals", approval).is(http.StatusOK)
	if a.text("state") != "published" || a.text("signatures.0.given.person") != "ines" {
		t.Errorf("after the signature:\n%s", a.body)
	}
	if got := robot.get("/api/v1/incidents/" + incident).is(http.StatusOK); got.text("phase") != "investigating" || got.text("publications.0.title") != "Some customers cannot sign in" {
		t.Errorf("after the signature:\n%s", got.body)
	}
	if got := robot.get("/api/v1/components").is(http.StatusOK); !strings.Contains(got.body, `"state": "partial"`) {
		t.Errorf("components:\n%s", got.body)
	}
	robot.with("If-Match", `"1"`).send(http.MethodPut, path, `{"template": "investigating", "severity": "major"}`).problem(http.StatusConflict, "conflict", "never edited")

	a = robot.post("/api/v1/incidents/"+incident+"/updates", `{"phase": "resolved"}`).is(http.StatusCreated)
	if a.header.Get("Location") != "/api/v1/updates/"+a.text("id") || a.text("text.components.sign-in") != "operational" {
		t.Errorf("the next update:\n%s", a.body)
	}
	ines.post("/api/v1/updates/"+a.text("id")+"/withdraw", `{"reason": "too early"}`).is(http.StatusOK)
}
