package api_test

import (
	"net/http"
	"testing"
	"unicode/utf8"
)

// FuzzBody sends any bytes as the text of an update, the opening of an
// incident and the start of an update: each is carried out or a problem
// document, never an error of ours.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{opening, `{"phase": "resolved"}`, `{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}, "slots": ` + slots + `}`,
		`{"slots": {"shared": {"next_update": "2026-11-22T15:00:00Z"}, "": {"": ""}}}`, `{"name": null, "name": 1e999}`, `[`, "\xff", `{"reason": "not needed"}`, `"\ud800"`} {
		f.Add(seed)
	}
	in := install(f)
	robot := in.program()
	incident, update := robot.opened()
	_, ended := robot.opened()
	f.Fuzz(func(t *testing.T, body string) {
		c := robot.with("If-Match", `"1"`)
		defer in.within(t)()
		if robot.get("/api/v1/updates/"+ended).is(http.StatusOK).text("state") == "withdrawn" {
			_, ended = robot.opened()
		}
		for _, to := range [][2]string{
			{http.MethodPut, "/updates/" + update}, {http.MethodPost, "/updates/" + update + "/preview"}, {http.MethodPost, "/updates/" + ended + "/withdraw"},
			{http.MethodPost, "/incidents/" + incident + "/updates"}, {http.MethodPost, "/incidents"},
		} {
			in.pass(200_000_000) // stays within the token's limit
			a := c.send(to[0], "/api/v1"+to[1], body)
			if a.status >= http.StatusInternalServerError || a.status == http.StatusUnauthorized {
				t.Fatalf("%s: %d\n%s", to[1], a.status, a.body)
			}
			if !utf8.ValidString(a.body) {
				t.Fatalf("%s: the answer is not UTF-8", to[1])
			}
		}
	})
}
