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
		`{"slots": {"shared": {"next_update": "2026-11-22T15:00:00Z"}, "": {"": ""}}}`, `{"name": null, "name": 1e999}`, `[`, "\xff", `"\ud800"`} {
		f.Add(seed)
	}
	in := install(f)
	robot := in.program()
	incident, update := robot.opened()
	f.Fuzz(func(t *testing.T, body string) {
		c := robot.with("If-Match", `"1"`)
		defer in.within(t)()
		for _, path := range []string{"/updates/" + update + "/preview", "/updates/" + update + "/withdraw", "/incidents/" + incident + "/updates", "/incidents"} {
			in.pass(200_000_000) // stays within the token's limit
			a := c.post("/api/v1"+path, body)
			if a.status >= http.StatusInternalServerError {
				t.Fatalf("%s: %d\n%s", path, a.status, a.body)
			}
			if !utf8.ValidString(a.body) {
				t.Fatalf("%s: the answer is not UTF-8", path)
			}
		}
	})
}
