package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestSuggestions words what is in review otherwise, and answers.
func TestSuggestions(t *testing.T) {
	in := install(t)
	robot, dana, ines := in.program(), in.person("dana"), in.person("ines")
	a := robot.post("/api/v1/incidents", opening).is(http.StatusCreated)
	path := "/api/v1/updates/" + a.text("update.id")
	a = robot.with("If-Match", `"1"`).post(path+"/submit", "").is(http.StatusOK)
	wording := func(words string) string {
		return `{"digest": "` + a.text("digest") + `", "slots": {"en": {"impact": "` + words + `"}}}`
	}
	robot.post(path+"/suggestions", wording("Nobody gets in.")).problem(http.StatusForbidden, "forbidden")
	dana.post(path+"/suggestions", wording("Nobody gets in.")).problem(http.StatusForbidden, "forbidden", "change it yourself")
	ines.post(path+"/suggestions", wording(strings.Repeat("word ", 100))).problem(http.StatusUnprocessableEntity, "invalid", "#/slots/en/impact")
	ines.post(path+"/suggestions", wording("Customers in Europe get no further.")).is(http.StatusOK)
	b := ines.post(path+"/suggestions", wording("Nobody in Europe gets in.")).is(http.StatusOK)
	if b.text("state") != "in_review" || b.text("digest") != a.text("digest") || b.at("suggestions.0.fits") != true {
		t.Fatalf("suggested:\n%s", b.body)
	}
	answers := func(i string) string { return path + "/suggestions/" + b.text("suggestions."+i+".id") + "/answer" }
	author := dana.with("If-Match", `"1"`)
	author.post(answers("0"), `{"answer": "maybe"}`).problem(http.StatusUnprocessableEntity, "invalid", "#/answer")
	author.post(answers("0"), `{"answer": "declined"}`).problem(http.StatusUnprocessableEntity, "invalid", "Say why")
	author.post(answers("0"), `{"answer": "declined", "word": "they do get further"}`).is(http.StatusOK)
	ines.with("If-Match", `"1"`).post(answers("1"), `{"answer": "accepted"}`).problem(http.StatusForbidden, "forbidden")
	b = author.post(answers("1"), `{"answer": "accepted"}`).is(http.StatusOK)
	if b.text("state") != "draft" || b.text("author") != "dana" || b.text("suggestions.1.answer") == b.text("suggestions.0.answer") {
		t.Errorf("accepted:\n%s", b.body)
	}
	author.post(answers("1"), `{"answer": "accepted"}`).problem(http.StatusConflict, "conflict", "answered already")
}
