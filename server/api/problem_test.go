package api_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/auth"
)

// TestBadInput: each is a problem document that names the place, and changes nothing.
func TestBadInput(t *testing.T) {
	in := install(t)
	robot := in.program()
	incident, update := robot.opened()
	text := func(change string) string {
		return `{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}` + change + `}`
	}
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		kind               string
		says               []string
	}{
		"nothing":              {"POST", "/incidents", " ", 400, "malformed", []string{"body is empty"}},
		"no JSON":              {"POST", "/incidents", "{\n  \"name\": x}", 400, "malformed", []string{"Line 2, column 11"}},
		"half of it":           {"POST", "/incidents", `{"name": "x"`, 400, "malformed", []string{"Line 1, column 12"}},
		"two of them":          {"POST", "/incidents", `{} {}`, 400, "malformed", []string{"Line 1, column 4"}},
		"not UTF-8":            {"POST", "/incidents", "{\"name\": \"ñ\xff\"}", 400, "malformed", []string{"column 12", "UTF-8"}},
		"a list":               {"POST", "/incidents", `[]`, 422, "invalid", []string{"must be a JSON object"}},
		"no members":           {"POST", "/incidents", `{}`, 422, "invalid", []string{"#/name", "#/severity", "#/components", "3 things"}},
		"unknown members":      {"POST", "/incidents", `{"title": "x", "slots": {"en": {}}, "a/b~": 1}`, 422, "invalid", []string{"#/title", "#/a~1b~0", "kind, name, template"}},
		"twice":                {"POST", "/incidents", `{"name": "x", "name": "y"}`, 422, "invalid", []string{"#/name", "twice"}},
		"types":                {"POST", "/incidents", `{"name": 1, "components": "x", "slots": {"en": {"impact": []}}, "started_at": true}`, 422, "invalid", []string{"#/name", "#/components", "#/slots/en/impact", "#/started_at", "string in quotes"}},
		"an unknown component": {"POST", "/incidents", `{"name": "x", "severity": "major", "components": {"nothing": "partial", "sign-in": "bad"}}`, 422, "invalid", []string{"#/components/nothing", "#/components/sign-in", "GET /api/v1/components"}},
		"an unknown kind":      {"POST", "/incidents", `{"kind": "party", "name": "x", "severity": "major", "components": {"sign-in": "partial"}}`, 422, "invalid", []string{"#/kind"}},
		"an unknown template":  {"POST", "/incidents", `{"template": "x", "name": "x", "severity": "major", "components": {"sign-in": "partial"}}`, 422, "invalid", []string{"#/template"}},
		"a bad time":           {"POST", "/incidents", `{"started_at": "yesterday"}`, 422, "invalid", []string{"#/started_at", "2026-11-23T15:00:00Z"}},
		"a slot with a typo":   {"POST", "/incidents", strings.Replace(opening, `"impact"`, `"impakt"`, 1), 422, "invalid", []string{"#/slots/en/impakt", "asks for no", "impact"}},
		"an unknown language":  {"POST", "/incidents", strings.Replace(opening, `"en"`, `"xx"`, 1), 422, "invalid", []string{"#/slots/xx/impact", "no language"}},
		"words for everybody":  {"POST", "/incidents", strings.Replace(opening, `"en"`, `"shared"`, 1), 422, "invalid", []string{"#/slots/shared/impact", "each language"}},
		"a time in Spanish":    {"PUT", "/updates/" + update, text(`, "slots": {"es": {"next_update": "2026-11-22T15:00Z"}}`), 422, "invalid", []string{"#/slots/es/next_update"}},
		"control characters":   {"PUT", "/updates/" + update, text(`, "slots": {"en": {"impact": "a\u0000b"}}`), 422, "invalid", []string{"#/slots/en/impact", "U+0000"}},
		"no template":          {"PUT", "/updates/" + update, `{}`, 422, "invalid", []string{"#/template", "#/severity"}},
		"no phase":             {"POST", "/incidents/" + incident + "/updates", `{}`, 422, "invalid", []string{"#/phase"}},
		"an unknown severity":  {"POST", "/incidents/" + incident + "/updates", `{"phase": "investigating", "severity": "huge"}`, 422, "invalid", []string{"#/severity"}},
		"a step that is none":  {"POST", "/incidents/" + incident + "/updates", `{"phase": "postmortem"}`, 422, "invalid", []string{"#/phase"}},
		"an unknown incident":  {"GET", "/incidents/aaaaaaaaaaaa", "", 404, "not-found", nil},
		"no identifier":        {"GET", "/incidents/1", "", 404, "not-found", []string{"12"}},
		"an unknown update":    {"POST", "/updates/aaaaaaaaaaaa/submit", "", 404, "not-found", nil},
		"an unknown address":   {"GET", "/nothing", "", 404, "not-found", []string{"/api/v1/openapi.json"}},
		"the root":             {"GET", "/", "", 404, "not-found", []string{"/api/v1/openapi.json"}},
		"an unknown problem":   {"GET", "/problems/nothing", "", 404, "not-found", nil},
		"a wrong method":       {"DELETE", "/incidents/" + incident, "", 405, "method-not-allowed", []string{"DELETE", "GET"}},
		"a body on submit":     {"POST", "/updates/" + update + "/submit", `{"now": true}`, 422, "invalid", []string{"#/now"}},
		"parameters":           {"GET", "/incidents?limit=0", "", 422, "invalid", []string{`"parameter": "limit"`, "from 1 to 200"}},
		"a limit above all":    {"GET", "/incidents?limit=201", "", 422, "invalid", []string{`"parameter": "limit"`}},
		"neither":              {"GET", "/incidents?open=maybe", "", 422, "invalid", []string{`"parameter": "open"`}},
		"unknown parameters":   {"GET", "/incidents?opened=true", "", 422, "invalid", []string{`"parameter": "opened"`, "open, limit, before"}},
		"a page that is none":  {"GET", "/incidents?before=aaaaaaaaaaaa", "", 422, "invalid", []string{`"parameter": "before"`}},
		"a damaged query":      {"GET", "/incidents?limit=%zz", "", 400, "malformed", nil},
		"too much":             {"POST", "/incidents", `{"name": "` + strings.Repeat("x", 1<<20) + `"}`, 413, "too-large", []string{"1 MB"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer in.within(t)()
			a := robot.with("If-Match", `"1"`).send(test.method, "/api/v1"+test.path, test.body).problem(test.status, test.kind, test.says...)
			if a.status == http.StatusMethodNotAllowed && !strings.Contains(a.header.Get("Allow"), "GET") {
				t.Errorf("Allow: %q", a.header.Get("Allow"))
			}
		})
	}
	robot.with("Content-Type", "application/x-www-form-urlencoded").post("/api/v1/incidents", opening).problem(415, "media-type", "application/json")
	robot.with("Accept-Language", "es-MX").post("/api/v1/incidents", `{"x": 1, "name": 2}`).problem(422, "invalid", "2 cosas están mal", "Aquí nada se llama", "#/name")
	if a := robot.get("/api/v1/incidents").is(http.StatusOK); len(a.at("incidents").([]any)) != 1 {
		t.Errorf("something was opened:\n%s", a.body)
	}
	if a := robot.get("/api/v1/updates/" + update).is(http.StatusOK); a.at("revision") != 1.0 {
		t.Errorf("something was saved:\n%s", a.body)
	}
}

// TestEveryKindIsExplained follows the addresses that stand under "type".
func TestEveryKindIsExplained(t *testing.T) {
	c := client{install(t), nil}
	for _, kind := range []string{"malformed", "unauthenticated", "forbidden", "not-found", "method-not-allowed", "conflict", "stale",
		"too-large", "media-type", "invalid", "blocked", "revision-required", "limited", "internal", "unavailable"} {
		a := c.get("/api/v1/problems/" + kind).is(http.StatusOK)
		if strings.HasPrefix(a.text("title"), "api.") || strings.HasPrefix(a.text("help"), "api.") {
			t.Errorf("%s is not explained:\n%s", kind, a.body)
		}
	}
}

// TestWhoMayCome: tokens and sessions, and all that is wrong with them.
func TestWhoMayCome(t *testing.T) {
	in := install(t)
	robot := in.program()
	_, update := robot.opened()
	path := "/api/v1/updates/" + update
	with := func(header string) client { return client{in, map[string]string{"Authorization": header}} }
	nobody := client{in, nil}
	for name, try := range map[string]struct {
		c        client
		status   int
		kind     string
		says     string
		asksWith string
	}{
		"nobody":           {nobody, 401, "unauthenticated", "Authorization: Bearer", `Bearer realm="countersign"`},
		"an unknown token": {with("Bearer cs_aaaa"), 401, "unauthenticated", "does not count", `error="invalid_token"`},
		"another scheme":   {with("Basic YTpi"), 401, "unauthenticated", "does not count", `error="invalid_token"`},
		"another scope":    {with(in.token("dana", "metrics", auth.ScopeMetrics, time.Hour)), 403, "forbidden", `\"metrics\"`, ""},
		"a stale cookie":   {client{in, map[string]string{"Cookie": "__Host-countersign=x"}}, 401, "unauthenticated", "", `Bearer`},
	} {
		a := try.c.get(path).problem(try.status, try.kind, try.says)
		if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, try.asksWith) || try.asksWith == "" && got != "" {
			t.Errorf("%s: WWW-Authenticate: %q", name, got)
		}
	}
	// A person reads with their session; what changes something must come from the desk itself.
	dana := in.person("dana")
	dana.get(path).is(http.StatusOK)
	dana.with("Sec-Fetch-Site", "cross-site").post("/api/v1/incidents", opening).problem(403, "forbidden", "does not come from this desk")
	dana.with("Sec-Fetch-Site", "").post("/api/v1/incidents", opening).problem(403, "forbidden", "does not come from this desk")
	dana.post("/api/v1/incidents", opening).is(http.StatusCreated)
	for _, act := range []string{"approvals", "rejections", "withdraw"} {
		robot.post(path+"/"+act, `{"reason": "x"}`).problem(403, "forbidden", "token never signs")
	}
	// A person whose roles do not write is told so.
	client{in, map[string]string{"Cookie": in.session("nora"), "Sec-Fetch-Site": "same-origin"}}.get(path).is(http.StatusOK)

	// Errors are in the language of the person unless the request names another.
	carlos := client{in, map[string]string{"Authorization": in.token("carlos", "robot", auth.ScopeDraft, time.Hour)}}
	carlos.get("/api/v1/updates/aaaaaaaaaaaa").problem(404, "not-found", "Aquí no hay nada")
	carlos.with("Accept-Language", "en").get("/api/v1/updates/aaaaaaaaaaaa").problem(404, "not-found", "There is nothing here")

	in.pass(long)
	robot.get(path).problem(401, "unauthenticated", "has expired")
}

// TestTokensAreLimited: one token that runs wild does not stop another.
func TestTokensAreLimited(t *testing.T) {
	in := install(t)
	robot, other := in.program(), client{in, map[string]string{"Authorization": in.token("sam", "other", auth.ScopeDraft, time.Hour)}}
	for i := range 121 {
		r := robot.get("/api/v1/severities")
		if i < 120 {
			r.is(http.StatusOK)
		} else if r.problem(429, "limited"); r.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After: %q", r.header.Get("Retry-After"))
		}
	}
	other.get("/api/v1/severities").is(http.StatusOK)
	in.pass(time.Second)
	robot.get("/api/v1/severities").is(http.StatusOK)
}

// TestOldTexts: nobody writes over what they have not seen, and nothing is lost.
func TestOldTexts(t *testing.T) {
	in := install(t)
	robot := in.program()
	sam := client{in, map[string]string{"Authorization": in.token("sam", "editor", auth.ScopeDraft, time.Hour)}}
	_, update := robot.opened()
	path := "/api/v1/updates/" + update
	body := func(impact string) string {
		return fmt.Sprintf(`{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}, "started_at": "2026-11-22T15:00:00+01:00", "slots": {"en": {"impact": %q}}}`, impact)
	}
	put := func(c client, tag, impact string) answer {
		if tag != "" {
			c = c.with("If-Match", tag)
		}
		return c.send(http.MethodPut, path, body(impact))
	}
	put(robot, "", "mine").problem(428, "revision-required", `"header": "If-Match"`)
	a := put(sam, `"1"`, "theirs").is(http.StatusOK)
	if a.header.Get("ETag") != `"2"` || a.text("text.started_at") != "2026-11-22T14:00:00Z" || a.text("author") != "sam" {
		t.Errorf("saved:\n%s", a.body)
	}
	for _, tag := range []string{`"1"`, `W/"2"`, `*`, `2`, `nonsense`} {
		a = put(robot, tag, "mine").problem(412, "stale")
		if a.header.Get("ETag") != `"2"` || a.text("mine.slots.en.impact") != "mine" || a.text("theirs.text.slots.en.impact") != "theirs" || a.text("theirs.author") != "sam" {
			t.Errorf("%s: %s\n%s", tag, a.header.Get("ETag"), a.body)
		}
	}
	put(robot, `"1"`, "theirs").is(http.StatusOK) // the same text again changes nothing
	if a = put(robot, `"1", "2"`, "both").is(http.StatusOK); a.header.Get("ETag") != `"3"` {
		t.Errorf("ETag %s", a.header.Get("ETag"))
	}
	robot.post(path+"/submit", "").problem(428, "revision-required")
	robot.with("If-Match", `"2"`).post(path+"/submit", "").problem(412, "stale")
}

// TestRepeating: a request that is sent again begins nothing twice.
func TestRepeating(t *testing.T) {
	in := install(t)
	robot := in.program()
	once := robot.with("Idempotency-Key", "alert 7")
	first := once.post("/api/v1/incidents", opening).is(http.StatusCreated)
	again := once.post("/api/v1/incidents", opening).is(http.StatusCreated)
	if first.text("incident.id") != again.text("incident.id") || first.text("update.id") != again.text("update.id") {
		t.Errorf("the same request opened another incident:\n%s\n%s", first.body, again.body)
	}
	once.post("/api/v1/incidents", strings.Replace(opening, "trouble", "pain", 1)).problem(422, "invalid", `"header": "Idempotency-Key"`)
	robot.with("Idempotency-Key", "alert 8").post("/api/v1/incidents", opening).is(http.StatusCreated)
	client{in, map[string]string{"Authorization": in.token("sam", "robot", auth.ScopeDraft, time.Hour), "Idempotency-Key": "alert 7"}}.
		post("/api/v1/incidents", opening).is(http.StatusCreated)
	if a := robot.get("/api/v1/incidents").is(http.StatusOK); len(a.at("incidents").([]any)) != 3 {
		t.Errorf("incidents:\n%s", a.body)
	}
	updates := "/api/v1/incidents/" + first.text("incident.id") + "/updates"
	next := robot.with("Idempotency-Key", "next")
	a, b := next.post(updates, `{"template": "investigating"}`).is(http.StatusCreated), next.post(updates, `{"template": "investigating"}`).is(http.StatusCreated)
	if a.text("id") != b.text("id") {
		t.Error("the same request began another update")
	}
	robot.with("Idempotency-Key", strings.Repeat("x", 256)).post("/api/v1/incidents", opening).problem(422, "invalid", `"header": "Idempotency-Key"`)
}

// TestBlocked: findings say where their words lie, in the language that was asked for.
func TestBlocked(t *testing.T) {
	in := install(t)
	robot := in.program()
	a := robot.post("/api/v1/incidents", strings.Replace(opening, "with a password.", "because db-prod-03 is down.", 1)).is(http.StatusCreated)
	path := "/api/v1/updates/" + a.text("update.id")
	a = robot.with("If-Match", `"1"`).post(path+"/submit", "{}").problem(422, "blocked", "SEC-HOST", "#/slots/en/impact", "db-prod-03")
	b := robot.with("If-Match", `"1"`).with("Accept-Language", "es").post(path+"/submit", "{}").problem(422, "blocked", "SEC-HOST")
	if a.text("findings.0.reason") == b.text("findings.0.reason") {
		t.Errorf("the reason is not in Spanish: %s", b.text("findings.0.reason"))
	}
	p := robot.get(path + "/preview").is(http.StatusOK)
	if p.at("ready") != false || !strings.Contains(p.body, "SEC-HOST") {
		t.Errorf("preview:\n%s", p.body)
	}
	p = robot.post(path+"/preview", `{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}, "slots": `+slots+`}`).is(http.StatusOK)
	if strings.Contains(p.body, "SEC-HOST") || p.text("forms.en.title") != "Some customers cannot sign in" {
		t.Errorf("preview of what is not saved:\n%s", p.body)
	}
	if got := robot.get(path).is(http.StatusOK); got.at("revision") != 1.0 || got.text("state") != "draft" {
		t.Errorf("a preview changed something:\n%s", got.body)
	}
}

// TestPages walks the list of incidents.
func TestPages(t *testing.T) {
	in := install(t)
	robot := in.program()
	var want []string
	for range 5 {
		id, _ := robot.opened()
		want = append([]string{id}, want...)
		in.pass(time.Minute)
	}
	var got []string
	for next := "/api/v1/incidents?open=true&limit=2"; next != ""; {
		a := robot.get(next).is(http.StatusOK)
		for _, i := range a.at("incidents").([]any) {
			got = append(got, i.(map[string]any)["id"].(string))
		}
		next, _ = a.at("next").(string)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestTheCatalogue: a script learns what it can write.
func TestTheCatalogue(t *testing.T) {
	in := install(t)
	robot := in.program()
	robot.get("/api/v1/components").is(http.StatusOK)
	robot.get("/api/v1/severities").is(http.StatusOK)
	a := robot.get("/api/v1/templates").is(http.StatusOK)
	for _, want := range []string{`"investigating"`, `"next_update"`, `"languages"`, `"data_statement"`, `"options"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the templates lack %s", want)
		}
	}
	robot.post("/api/v1/incidents", `{"kind": "maintenance", "name": "Moving", "severity": "maintenance", "components": {"sign-in": "maintenance"},
		"started_at": "2026-11-26T14:00:00Z", "ended_at": "2026-11-26T16:00:00Z"}`).is(http.StatusCreated)
}

// TestRejections: whoever may sign sends a text back.
func TestRejections(t *testing.T) {
	in := install(t)
	robot, ines := in.program(), in.person("ines")
	_, update := robot.opened()
	path := "/api/v1/updates/" + update
	digest := robot.with("If-Match", `"1"`).post(path+"/submit", "").is(http.StatusOK).text("digest")
	ines.post(path+"/rejections", `{"digest": "`+digest+`", "reason": " "}`).problem(422, "invalid", "#/reason")
	ines.post(path+"/rejections", `{"digest": "x", "reason": "y"}`).problem(422, "invalid", "#/digest")
	in.person("nora").post(path+"/rejections", `{"digest": "`+digest+`", "reason": "y"}`).problem(403, "forbidden")
	a := ines.post(path+"/rejections", `{"digest": "`+digest+`", "reason": "Say who is affected."}`).is(http.StatusOK)
	if a.text("state") != "changes_requested" || a.text("note") != "Say who is affected." {
		t.Errorf("after it:\n%s", a.body)
	}
}

// TestOurMistakes are told without anything of the inside, and logged with it.
func TestOurMistakes(t *testing.T) {
	in := install(t)
	robot := in.program()
	must(t, in.store.Close())
	a := robot.get("/api/v1/incidents").problem(500, "internal", "noted in the log")
	for _, inside := range []string{"sql", "closed", ".go"} {
		if strings.Contains(a.body, inside) {
			t.Errorf("the problem tells %q:\n%s", inside, a.body)
		}
	}
	if !strings.Contains(in.log.String(), "closed") {
		t.Errorf("the log does not say why:\n%s", in.log.String())
	}
	// A handler that panics fails its own request alone.
	broken, err := api.New(api.Config{Auth: in.auth, Languages: in.words, Now: in.clock, Log: slog.New(slog.NewTextHandler(&in.log, nil))})
	must(t, err)
	in.router = broken
	if a := robot.get("/api/v1/incidents").problem(500, "internal"); strings.Contains(a.body, "goroutine") || !strings.Contains(in.log.String(), "goroutine") {
		t.Errorf("a panic:\n%s\n%s", a.body, in.log.String())
	}
}

// TestRolesCount: a token does no more than its person may.
func TestRolesCount(t *testing.T) {
	in := install(t)
	idle := client{in, map[string]string{"Authorization": in.token("petra", "robot", auth.ScopeDraft, time.Hour)}}
	idle.post("/api/v1/incidents", opening).problem(403, "forbidden", "no role that writes")
	idle.get("/api/v1/incidents").is(http.StatusOK)
}

// TestScheduled: what is signed waits for its time.
func TestScheduled(t *testing.T) {
	in := install(t)
	robot := in.program()
	_, update := robot.opened()
	path := "/api/v1/updates/" + update
	body := `{"template": "investigating", "severity": "major", "components": {"sign-in": "partial"}, "started_at": "2026-11-22T14:00:00Z", "publish_at": "2026-11-22T14:10:00Z", "slots": ` +
		strings.Replace(slots, `{"en"`, `{"shared": {"next_update": "2026-11-22T14:35:00Z"}, "en"`, 1) + `}`
	a := robot.with("If-Match", `"1"`).send(http.MethodPut, path, body).is(http.StatusOK)
	if a.text("text.publish_at") != "2026-11-22T14:10:00Z" || a.text("text.slots.shared.next_update") != "2026-11-22T14:35:00Z" {
		t.Errorf("saved:\n%s", a.body)
	}
	a = robot.with("If-Match", `"2"`).post(path+"/submit", "").is(http.StatusOK)
	a = in.person("ines").post(path+"/approvals", `{"requirement": 0, "languages": ["en"], "digest": "`+a.text("digest")+`", "password": "`+password+`"}`).is(http.StatusOK)
	if a.text("state") != "approved" || a.at("publication") != nil {
		t.Errorf("signed:\n%s", a.body)
	}
	robot.with("If-Match", `"2"`).send(http.MethodPut, path, strings.Replace(body, "2026-11-22T14:10", "2026-11-21T14:10", 1)).is(http.StatusOK)
	robot.with("If-Match", `"3"`).post(path+"/submit", "").problem(422, "invalid", "#/publish_at")
}

// TestRepeatingAtOnce: of the same request sent many times at once, one begins something.
func TestRepeatingAtOnce(t *testing.T) {
	in := install(t)
	once := in.program().with("Idempotency-Key", "alert 7")
	document() // which the first of them would make
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { once.post("/api/v1/incidents", opening).is(http.StatusCreated) })
	}
	all.Wait()
	if a := once.get("/api/v1/incidents").is(http.StatusOK); len(a.at("incidents").([]any)) != 1 {
		t.Errorf("incidents:\n%s", a.body)
	}
}
